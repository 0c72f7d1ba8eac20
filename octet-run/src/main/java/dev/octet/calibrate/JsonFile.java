package dev.octet.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// JSON to and from files.
final class JsonFile {
  private JsonFile() {}

  /// @throws OctetException `FAILURE` when the file cannot be written
  static void write(JsonNode root, Path file) {
    WholeFile.write(root.toPrettyString() + "\n", file);
  }

  /// @throws OctetException `BAD_INPUT` when the file is missing or no JSON
  static JsonNode read(Path file, ObjectMapper json) {
    try {
      return json.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException cause) {
      throw bad(file, "does not exist");
    } catch (JsonProcessingException cause) {
      throw bad(file, "is no JSON: " + cause.getOriginalMessage());
    } catch (NumberFormatException cause) {
      // Read exactly, as tables are, a number may have more digits of exponent than Java can hold.
      throw bad(file, "holds a number that is none: " + cause.getMessage());
    } catch (IOException cause) {
      throw bad(file, "cannot be read: " + cause.getMessage());
    }
  }

  private static OctetException bad(Path file, String message) {
    return OctetException.badInput(
        "calibration-bad", file.toString(), message, "expected a table written by calibration");
  }
}
