package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Lists of class names, one a line, in the order of a model's outputs.
public final class Labels {
  /// Under which key of a model's metadata its class names are, one a line.
  public static final String METADATA_KEY = "labels";

  private static final long MAX_BYTES = 16L << 20;

  private Labels() {}

  /// Reads a file of names, one a line; empty lines at the end do not count.
  ///
  /// @throws OctetException `BAD_INPUT` when it is missing or empty, or names a class twice
  public static List<String> read(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
        throw bad(file.toString(), "is larger than any list of class names");
      }
      return parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException cause) {
      throw bad(file.toString(), "is not UTF-8 text");
    } catch (IOException cause) {
      throw OctetException.badInput(
          "labels-missing",
          file.toString(),
          Files.exists(file) ? "cannot be read: " + cause.getMessage() : "does not exist",
          "expected a text file with one class name a line",
          cause);
    }
  }

  /// The names a model carries; empty when it carries none.
  ///
  /// @param metadata the model's `metadata_props`
  /// @param place for messages
  /// @throws OctetException `BAD_INPUT` when a class is named twice
  public static List<String> fromMetadata(Map<String, String> metadata, String place) {
    String text = metadata.getOrDefault(METADATA_KEY, "");
    return text.isBlank() ? List.of() : parse(text, place + ", metadata '" + METADATA_KEY + "'");
  }

  /// What [#fromMetadata] reads.
  public static String toMetadata(List<String> labels) {
    return String.join("\n", labels);
  }

  private static List<String> parse(String text, String place) {
    List<String> names = text.stripTrailing().lines().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isEmpty()) {
        throw bad(place, "has an empty line among the class names");
      }
      if (!seen.add(name)) {
        throw bad(place, "names class '" + name + "' twice");
      }
    }
    if (names.isEmpty()) {
      throw bad(place, "names no classes");
    }
    return names;
  }

  private static OctetException bad(String place, String message) {
    return OctetException.badInput("labels-bad", place, message, "one class name a line");
  }
}
