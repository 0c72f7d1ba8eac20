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
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tensor data kept in files beside the model. A model from elsewhere must not read what it likes:
/// only regular files inside the model's own folder count, wherever links may point. A model named
/// by a link is looked for in the link's folder first, then in the one it leads to.
final class ExternalFiles {
  private final Source source;
  private final List<Path> folders;
  private final Arena arena;
  private final Map<String, MemorySegment> mapped = new HashMap<>();

  private ExternalFiles(Source source, List<Path> folders, Arena arena) {
    this.source = source;
    this.folders = folders;
    this.arena = arena;
  }

  /// Files beside a model.
  ///
  /// @param model file of the model
  /// @param arena owner of the mappings
  static ExternalFiles beside(Path model, Source source, Arena arena) {
    List<Path> folders = new ArrayList<>();
    folders.add(model.toAbsolutePath().getParent());
    if (Files.isSymbolicLink(model)) {
      try {
        folders.add(AtomicFile.behindLinks(model).getParent());
      } catch (IOException e) {
        // A link that leads nowhere: reading the model itself will say so.
      }
    }
    return new ExternalFiles(source, folders, arena);
  }

  /// None: the model came from memory.
  static ExternalFiles none(Source source) {
    return new ExternalFiles(source, List.of(), Arena.ofAuto());
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

  /// Sizes of the files that were asked for so far, by the names the model gives them.
  Map<String, Long> sizes() {
    Map<String, Long> sizes = new HashMap<>();
    mapped.forEach((location, file) -> sizes.put(location, file.byteSize()));
    return sizes;
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
    if (folders.isEmpty()) {
      throw source.badPart(
          "external-data-unreachable",
          part,
          "its data is in file '" + location + "', but the model was not read from a file",
          "read the model from its file");
    }
    Path file = resolve(folderOf(location, part), location, part);
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw missing(location, part);
    }
  }

  /// The first folder that has such a file, or else the first.
  private Path folderOf(String location, String part) {
    Path relative = path(location, part);
    return folders.stream()
        .filter(each -> Files.exists(each.resolve(relative), LinkOption.NOFOLLOW_LINKS))
        .findFirst()
        .orElse(folders.getFirst());
  }

  private Path path(String location, String part) {
    try {
      return Path.of(location);
    } catch (InvalidPathException e) {
      throw outside(location, part);
    }
  }

  private Path resolve(Path base, String location, String part) {
    Path relative = path(location, part);
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
