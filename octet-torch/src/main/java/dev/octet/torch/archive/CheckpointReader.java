package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads weights without a program: what `torch.save` wrote, as a zip (since 1.6) or in the older
/// form, and safetensors. Nothing in a pickle is executed. Data is mapped, not copied.
public final class CheckpointReader {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int ZIP_SIGNATURE = 0x04034b50;

  private CheckpointReader() {}

  /// The checkpoint in a file, which must not be changed in place while its tensors are used.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the file is missing, damaged or none of these
  public static Checkpoint read(Path file) {
    return parse(file.toString(), map(file));
  }

  /// The checkpoint in a file held in memory, which must not change afterwards.
  ///
  /// @param place what to call it in messages
  /// @throws OctetException as [#read] does
  public static Checkpoint parse(String place, MemorySegment bytes) {
    if (bytes.byteSize() >= 4 && bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 0) == ZIP_SIGNATURE) {
      return zip(place, ZipDirectory.read(place, bytes));
    }
    if (Safetensors.looksLike(bytes)) {
      return Safetensors.read(place, bytes);
    }
    if (startsLikePickle(bytes)) {
      return older(place, bytes);
    }
    throw OctetException.badInput(
        "checkpoint-unknown",
        place,
        "is neither a file of torch.save nor safetensors",
        "save the state dict with torch.save or safetensors");
  }

  /// Whether the file looks like a checkpoint or another pickle, by its first bytes or its entries.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the file cannot be read
  public static boolean recognizes(Path file) {
    MemorySegment bytes = map(file);
    if (bytes.byteSize() >= 4 && bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 0) == ZIP_SIGNATURE) {
      ZipDirectory zip = ZipDirectory.read(file.toString(), bytes);
      return zip.contains(zip.rootFolder() + "data.pkl")
          && !zip.contains(zip.rootFolder() + "archive_format");
    }
    return Safetensors.looksLike(bytes) || startsLikePickle(bytes);
  }

  /// The refusal of a file with nothing but weights where a program is needed; of what else such a
  /// file may be, if it is no checkpoint.
  public static OctetException withoutProgram(Path file) {
    return withoutProgram(file.toString(), read(file));
  }

  static OctetException withoutProgram(String place, Checkpoint checkpoint) {
    return OctetException.badInput(
        "pt2-not-exported",
        place,
        "holds weights without a program: "
            + (checkpoint.tensors().size() == 1
                ? "one tensor"
                : checkpoint.tensors().size() + " tensors"),
        "save the network with torch.export.save; --weights of `octet export` puts these weights"
            + " into it");
  }

  static MemorySegment map(Path file) {
    if (Files.isDirectory(file)) {
      throw OctetException.badInput("unreadable", file.toString(), "is a folder, not a file", "");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      // Tensors outlive any scope this method could close; the collector unmaps after the last one.
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    } catch (NoSuchFileException e) {
      throw OctetException.badInput(
          "missing", file.toString(), "there is no such file", "check the path", e);
    } catch (IOException e) {
      throw OctetException.badInput(
          "unreadable", file.toString(), "cannot be read: " + e.getMessage(), "", e);
    }
  }

  /// `torch.save` since 1.6: a pickle and its storages, an entry each.
  static Checkpoint zip(String place, ZipDirectory zip) {
    String root = zip.rootFolder();
    if (!zip.contains(root + "data.pkl")) {
      throw OctetException.badInput(
          "checkpoint-unknown", place, "is a zip, but not one that torch.save wrote", "");
    }
    if (zip.contains(root + "constants.pkl")) {
      throw OctetException.badInput(
          "checkpoint-torchscript",
          place,
          "is a TorchScript module, not a state dict",
          "save module.state_dict() with torch.save, or export with torch.export");
    }
    String order = root + "byteorder";
    if (zip.contains(order) && !zip.text(order).strip().equals("little")) {
      throw OctetException.badInput(
          "pt2-byte-order", place, "its tensors are not little-endian", "");
    }
    Pickle value = Unpickler.read(place + ": data.pkl", zip.content(root + "data.pkl"), 0).value();
    Map<String, MemorySegment> read = new HashMap<>();
    return collect(
        place, value, key -> read.computeIfAbsent(key, name -> zip.content(root + "data/" + name)));
  }

  private static Checkpoint collect(String place, Pickle value, PickledTensors.Storages storages) {
    Checkpoint checkpoint = PickledTensors.collect(place, value, storages);
    if (checkpoint.tensors().isEmpty() && value.dictionary().isEmpty()) {
      Optional<Pickle.Global> type = typeOf(value);
      if (type.isPresent()) {
        throw OctetException.badInput(
            "checkpoint-object",
            place,
            "is a whole pickled " + type.get() + ", which only its own Python code can build",
            Pt2Hints.SAVE_ANEW);
      }
    }
    return checkpoint;
  }

  /// The class a pickle would build an object of. The older form keeps it outside of the pickle,
  /// with its source.
  private static Optional<Pickle.Global> typeOf(Pickle value) {
    return switch (value) {
      case Pickle.Call call when call.target() instanceof Pickle.Global type -> {
        // `copyreg` builds the object of the class it is given.
        boolean given =
            type.module().equals("copyreg")
                && call.arguments().stream()
                    .findFirst()
                    .filter(Pickle.Global.class::isInstance)
                    .isPresent();
        yield given ? typeOf(call.arguments().getFirst()) : Optional.of(type);
      }
      case Pickle.Call call -> typeOf(call.target());
      case Pickle.Global type -> Optional.of(type);
      case Pickle.Persistent(Pickle.Tuple(List<Pickle> id)) when id.size() > 1 -> typeOf(id.get(1));
      default -> Optional.empty();
    };
  }

  // Before 1.6: five pickles (a magic number, a protocol, the system, the object, the keys of its
  // storages), then the storages, each after its length in elements.
  private static Checkpoint older(String place, MemorySegment bytes) {
    Unpickler.Read magic = Unpickler.read(place, bytes, 0);
    if (!(magic.value() instanceof Pickle.Bytes)) {
      throw OctetException.badInput(
          "checkpoint-unknown",
          place,
          "is a bare pickle (of: " + magic.value().brief() + "), not a file of torch.save",
          Pt2Hints.SAVE_ANEW);
    }
    Unpickler.Read protocol = Unpickler.read(place, bytes, magic.end());
    Unpickler.Read system = Unpickler.read(place, bytes, protocol.end());
    Unpickler.Read object = Unpickler.read(place, bytes, system.end());
    Unpickler.Read keys = Unpickler.read(place, bytes, object.end());
    Map<String, Long> sizes = new HashMap<>();
    StorageSizes.collect(object.value(), sizes);
    Map<String, MemorySegment> storages = new HashMap<>();
    long at = keys.end();
    for (Pickle key : keys.value().sequence().orElse(List.of())) {
      String name = key instanceof Pickle.Text(String text) ? text : "";
      Long elementSize = sizes.get(name);
      if (elementSize == null || at + 8 > bytes.byteSize()) {
        throw broken(place, "its storage " + name + " is missing");
      }
      long count = bytes.get(LONG, at);
      at += 8;
      if (count < 0 || count > (bytes.byteSize() - at) / elementSize) {
        throw broken(place, "its storage " + name + " is cut off");
      }
      storages.put(name, bytes.asSlice(at, count * elementSize));
      at += count * elementSize;
    }
    return collect(
        place,
        object.value(),
        key -> {
          MemorySegment storage = storages.get(key);
          if (storage == null) {
            throw broken(place, "its storage " + key + " is missing");
          }
          return storage;
        });
  }

  /// A pickle of protocol 2 or later; older ones are text.
  private static boolean startsLikePickle(MemorySegment bytes) {
    return bytes.byteSize() > 4
        && bytes.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
        && bytes.get(ValueLayout.JAVA_BYTE, 1) >= 2
        && bytes.get(ValueLayout.JAVA_BYTE, 1) <= Unpickler.HIGHEST_PROTOCOL;
  }

  private static OctetException broken(String place, String message) {
    return OctetException.badInput("checkpoint-broken", place, message, Pt2Hints.FETCH_AGAIN);
  }
}
