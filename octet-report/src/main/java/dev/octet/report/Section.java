package dev.octet.report;

import java.util.List;

/// One part of a report.
public sealed interface Section {

  /// What the part is about; empty for none.
  String heading();

  /// Sentences, one a line.
  record Paragraph(String heading, List<String> lines) implements Section {
    public Paragraph {
      lines = List.copyOf(lines);
    }
  }

  /// A grid of cells under column titles.
  ///
  /// @param columns titles; the first column holds row titles and is aligned left, others right
  /// @param rows each as many cells as there are columns
  /// @param notes lines that belong under the table
  record Table(String heading, List<String> columns, List<List<String>> rows, List<String> notes)
      implements Section {
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      notes = List.copyOf(notes);
      for (List<String> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "row " + row + " has " + row.size() + " cells, not " + columns.size());
        }
      }
    }

    public Table(String heading, List<String> columns, List<List<String>> rows) {
      this(heading, columns, rows, List.of());
    }
  }

  /// Bars for comparing one figure between things. Pictures only in HTML.
  ///
  /// @param unit of every value, such as `%`
  record Bars(String heading, String unit, List<Bar> bars) implements Section {
    public Bars {
      bars = List.copyOf(bars);
    }
  }

  /// @param label what is measured
  /// @param text the figure as it should be read
  /// @param percentOfLongest length of the bar, 0 to 100
  record Bar(String label, String text, double percentOfLongest) {}
}
