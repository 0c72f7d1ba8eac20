package dev.octet.report;

/// A layout for reports. Computes nothing: what it shows is in the report.
public interface Renderer {
  String render(Report report);
}
