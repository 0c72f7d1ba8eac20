package dev.octet.report;

import java.util.ArrayList;
import java.util.List;

/// Plain text for a terminal: aligned columns, no colours.
public final class TextRenderer implements Renderer {
  private static final String GAP = "  ";

  @Override
  public String render(Report report) {
    StringBuilder text = new StringBuilder();
    if (!report.title().isEmpty()) {
      text.append(report.title()).append('\n');
    }
    for (Section section : report.sections()) {
      if (!text.isEmpty()) {
        text.append('\n');
      }
      if (!section.heading().isEmpty()) {
        text.append(section.heading()).append('\n');
      }
      switch (section) {
        case Section.Paragraph paragraph ->
            paragraph.lines().forEach(line -> text.append(line).append('\n'));
        case Section.Table table -> append(table, text);
        case Section.Bars bars -> append(bars, text);
      }
    }
    return text.toString();
  }

  private static void append(Section.Bars bars, StringBuilder text) {
    List<List<String>> rows =
        bars.bars().stream().map(bar -> List.of(bar.label(), bar.text())).toList();
    append(new Section.Table("", List.of("", bars.unit()), rows), text);
  }

  private static void append(Section.Table table, StringBuilder text) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(table.columns());
    lines.addAll(table.rows());
    int[] widths = new int[table.columns().size()];
    for (List<String> line : lines) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], width(line.get(column)));
      }
    }
    for (int row = 0; row < lines.size(); row++) {
      if (row == 1) {
        for (int column = 0; column < widths.length; column++) {
          text.append("-".repeat(widths[column])).append(column == widths.length - 1 ? "" : GAP);
        }
        text.append('\n');
      }
      text.append(line(lines.get(row), widths)).append('\n');
    }
    table.notes().forEach(note -> text.append(note).append('\n'));
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String padding = " ".repeat(widths[column] - width(cells.get(column)));
      line.append(column == 0 ? "" : GAP);
      line.append(column == 0 ? cells.get(column) + padding : padding + cells.get(column));
    }
    return line.toString().stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
