package dev.octet.data;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Rows of comma-separated values (RFC 4180): fields may be quoted, quotes in them doubled, and a
/// quoted field may hold commas and line ends. Empty lines are skipped.
final class CsvRows {
  private static final int MAX_ROW = 1 << 26;

  private final Reader reader;
  private long line = 1;
  private long rowLine = 1;

  /// @param reader buffered
  CsvRows(Reader reader) {
    this.reader = reader;
  }

  /// Line the last row began on, from 1.
  long line() {
    return rowLine;
  }

  /// The fields of the next row; empty at the end.
  ///
  /// @throws IOException when the file cannot be read, or a quote is never closed
  Optional<List<String>> next() throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    int size = 0;
    rowLine = line;
    for (int c = reader.read(); ; c = reader.read()) {
      if (++size > MAX_ROW) {
        throw new IOException("the row is longer than any row of numbers");
      }
      if (quoted) {
        if (c < 0) {
          throw new IOException("a quote is never closed");
        }
        line += c == '\n' ? 1 : 0;
        if (c != '"') {
          field.append((char) c);
        } else {
          reader.mark(1);
          if (reader.read() == '"') {
            field.append('"');
          } else {
            reader.reset();
            quoted = false;
          }
        }
      } else if (c == '"' && field.isEmpty()) {
        quoted = true;
        wasQuoted = true;
      } else if (c == ',') {
        fields.add(field.toString().strip());
        field.setLength(0);
      } else if (c == '\n' || c < 0) {
        boolean blank = fields.isEmpty() && field.toString().isBlank() && !wasQuoted;
        line += c == '\n' ? 1 : 0;
        if (!blank) {
          fields.add(field.toString().strip());
          return Optional.of(fields);
        }
        if (c < 0) {
          return Optional.empty();
        }
        field.setLength(0);
        rowLine = line;
      } else {
        field.append((char) c);
      }
    }
  }
}
