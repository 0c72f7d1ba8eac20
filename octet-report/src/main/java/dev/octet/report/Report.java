package dev.octet.report;

import java.util.List;

/// Something to be read by a person.
///
/// @param title one line
/// @param sections in reading order
public record Report(String title, List<Section> sections) {
  public Report {
    sections = List.copyOf(sections);
  }
}
