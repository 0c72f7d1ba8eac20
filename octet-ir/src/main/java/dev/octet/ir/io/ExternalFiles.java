package dev.octet.ir.io;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.proto.StringStringEntryProto;
import dev.octet.ir.io.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tensor data kept in files beside the model. A model from elsewhere must not read what it likes:
/// only regular files inside the model's own folder count, wherever links may point.
final class ExternalFiles {
  private final Source source;
  private final @Nullable Path folder;
  private final Arena arena;
  private final Map<String, MemorySegment> mapped = new HashMap<>();

  /// @param folder folder of the model; `null` when the model came from memory
  /// @param arena owner of the mappings
  ExternalFiles(Source source, @Nullable Path folder, Arena arena) {
    this.source = source;
    this.folder = folder;
    this.arena = arena;
  }

  /// The bytes of one tensor.
  ///
  /// @param tensor whose data is external
  /// @param expected bytes that type and dimensions ask for
  /// @param part the tensor's name for messages
  MemorySegment data(TensorProto tensor, long expected, String part) {
    String location = "";
    long offset = 0;
    long length = expected;
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      switch (entry.getKey()) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(entry, part);
        case "length" -> length = number(entry, part);
        default -> {} // A checksum, or a producer's own note.
      }
    }
    MemorySegment file = mapped.get(location);
    if (file == null) {
      file = map(location, part);
      mapped.put(location, file);
    }
    if (length != expected) {
      throw source.badPart(
          "external-data-length",
          part,
          "external data of " + length + " bytes where type and dimensions ask for " + expected,
          "");
    }
    if (offset > file.byteSize() || length > file.byteSize() - offset) {
      throw source.badPart(
          "external-data-short",
          part,
          "external data ends at byte "
              + Math.addExact(offset, length)
              + ", but '"
              + location
              + "' has only "
              + file.byteSize(),
          "copy the data file again");
    }
    return file.asSlice(offset, length);
  }

  private long number(StringStringEntryProto entry, String part) {
    try {
      long number = Long.parseLong(entry.getValue());
      if (number >= 0 && number <= Long.MAX_VALUE / 2) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the complaint.
    }
    throw source.badPart(
        "external-data-number",
        part,
        "external data " + entry.getKey() + " is '" + entry.getValue() + "', not a byte count",
        "");
  }

  private MemorySegment map(String location, String part) {
    if (folder == null) {
      throw source.badPart(
          "external-data-unreachable",
          part,
          "its data is in file '" + location + "', but the model was not read from a file",
          "read the model from its file");
    }
    Path file = resolve(folder, location, part);
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw missing(location, part);
    }
  }

  private Path resolve(Path base, String location, String part) {
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw outside(location, part);
    }
    if (location.isEmpty() || relative.isAbsolute() || relative.getRoot() != null) {
      throw outside(location, part);
    }
    for (Path step : relative) {
      if (step.toString().equals("..")) {
        throw outside(location, part);
      }
    }
    Path real;
    Path realBase;
    try {
      realBase = base.toRealPath();
      real = base.resolve(relative).toRealPath();
    } catch (IOException e) {
      throw missing(location, part);
    }
    if (!real.startsWith(realBase)) {
      throw outside(location, part);
    }
    if (!Files.isRegularFile(real)) {
      throw missing(location, part);
    }
    return real;
  }

  private OctetException missing(String location, String part) {
    return source.badPart(
        "external-data-missing",
        part,
        "its data should be in file '" + location + "' beside the model, which cannot be read",
        "put the data file into the model's folder");
  }

  private OctetException outside(String location, String part) {
    return source.badPart(
        "external-data-outside",
        part,
        "its data should be at '" + location + "', which is not inside the model's folder",
        "put the data file itself, not a link, into the model's folder and export with a plain"
            + " name");
  }
}
