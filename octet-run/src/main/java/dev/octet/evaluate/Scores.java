package dev.octet.evaluate;

import java.util.List;

/// Models side by side on the same samples.
///
/// @param rows in the order the models were given; all comparisons are with the first
public record Scores(List<ModelScore> rows) {
  public Scores {
    rows = List.copyOf(rows);
  }
}
