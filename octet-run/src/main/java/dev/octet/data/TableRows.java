package dev.octet.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.octet.diagnostic.OctetException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows of a CSV or JSON-lines file, read from front to back.
final class TableRows implements Iterator<TableRow>, AutoCloseable {
  /// Takes NaN and infinity, as Python writes them: calibration refuses them with their place.
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final Path file;
  private final BufferedReader reader;
  private final Parser parser;
  private @Nullable TableRow pending;
  private boolean ended;

  private interface Parser {
    /// The next row; empty at the end.
    Optional<TableRow> next() throws IOException;
  }

  private TableRows(Path file) throws IOException {
    this.file = file;
    this.reader = Files.newBufferedReader(file);
    try {
      reader.mark(1);
      if (reader.read() != '\uFEFF') {
        reader.reset();
      }
      this.parser = isCsv(file.toString()) ? csv(new CsvRows(reader)) : jsonLines();
    } catch (IOException | RuntimeException cause) {
      reader.close();
      throw cause;
    }
  }

  /// @throws OctetException `BAD_INPUT` when the file cannot be read
  static TableRows open(Path file) {
    try {
      return new TableRows(file);
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
  }

  static boolean isTable(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return isCsv(lower) || lower.endsWith(".jsonl") || lower.endsWith(".ndjson");
  }

  @Override
  public boolean hasNext() {
    if (pending == null && !ended) {
      try {
        pending = parser.next().orElse(null);
        ended = pending == null;
      } catch (IOException cause) {
        throw unreadable(file, cause);
      }
    }
    return pending != null;
  }

  @Override
  public TableRow next() {
    if (!hasNext() || pending == null) {
      throw new NoSuchElementException();
    }
    TableRow row = pending;
    pending = null;
    return row;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException cause) {
      throw unreadable(file, cause);
    }
  }

  private Parser csv(CsvRows rows) throws IOException {
    List<String> names =
        rows.next().orElseThrow(() -> bad(file, 1, "has no line of column names", ""));
    return () -> {
      Optional<List<String>> values = rows.next();
      if (values.isEmpty()) {
        return Optional.empty();
      }
      List<String> row = values.get();
      if (row.size() != names.size()) {
        throw bad(
            file,
            rows.line(),
            "has " + row.size() + " fields where there are " + names.size() + " columns",
            "quote fields that hold commas");
      }
      List<TableRow.Field> fields = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        fields.add(new TableRow.Field(names.get(i), List.of(), List.of(row.get(i))));
      }
      return Optional.of(new TableRow(rows.line(), fields));
    };
  }

  private Parser jsonLines() {
    long[] line = {0};
    return () -> {
      String text = reader.readLine();
      for (line[0]++; text != null && text.isBlank(); line[0]++) {
        text = reader.readLine();
      }
      if (text == null) {
        return Optional.empty();
      }
      JsonNode node;
      try {
        node = JSON.readTree(text);
      } catch (JsonProcessingException cause) {
        throw bad(file, line[0], "is no JSON: " + cause.getOriginalMessage(), "");
      }
      if (!node.isObject()) {
        throw bad(file, line[0], "is no JSON object", "expected {\"input\": [...], ...}");
      }
      List<TableRow.Field> fields = new ArrayList<>();
      for (var each : node.properties()) {
        List<String> numbers = new ArrayList<>();
        List<Long> dims = dims(each.getValue());
        collect(each.getValue(), dims, 0, numbers, line[0], each.getKey());
        fields.add(new TableRow.Field(each.getKey(), dims, numbers));
      }
      return Optional.of(new TableRow(line[0], fields));
    };
  }

  /// Shape of nested arrays, judged by the first of each.
  private static List<Long> dims(JsonNode node) {
    List<Long> dims = new ArrayList<>();
    for (JsonNode inner = node; inner.isArray(); inner = inner.path(0)) {
      dims.add((long) inner.size());
    }
    return dims;
  }

  private void collect(
      JsonNode node, List<Long> dims, int depth, List<String> into, long line, String column) {
    if (depth == dims.size()) {
      if (node.isContainerNode()) {
        throw bad(file, line, "column '" + column + "' holds arrays of unlike depth", "");
      }
      into.add(node.asText());
      return;
    }
    if (!node.isArray() || node.size() != dims.get(depth)) {
      throw bad(file, line, "column '" + column + "' holds arrays of unlike length", "");
    }
    node.forEach(each -> collect(each, dims, depth + 1, into, line, column));
  }

  private static boolean isCsv(String name) {
    return name.toLowerCase(Locale.ROOT).endsWith(".csv");
  }

  static OctetException bad(Path file, long line, String message, String hint) {
    return OctetException.badInput("row-bad", file + ", line " + line, message, hint);
  }

  private static OctetException unreadable(Path file, IOException cause) {
    return OctetException.badInput(
        "not-readable",
        file.toString(),
        "cannot be read: " + cause.getMessage(),
        "expected UTF-8 text",
        cause);
  }
}
