package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchLayout;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the tensors a payload config lists, as views of the archive. Tensors that name the same
/// payload share one storage.
final class Payloads {
  private final ZipDirectory zip;
  private final String folder;
  private final Map<String, MemorySegment> storages = new HashMap<>();

  private Payloads(ZipDirectory zip, String folder) {
    this.zip = zip;
    this.folder = folder;
  }

  /// @param zip the archive
  /// @param folder where the payloads lie, with a final slash
  /// @param config what lies there
  /// @param read names of those that the program reads: pickled ones that it does not are left out
  static Map<String, TorchTensor> read(
      ZipDirectory zip, String folder, Json config, Set<String> read) {
    Payloads payloads = new Payloads(zip, folder);
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    config
        .field("config")
        .map(json -> json)
        .forEach(
            (fqn, json) -> {
              if (!isPickled(json)) {
                tensors.put(fqn, payloads.tensor(json));
              } else if (read.contains(fqn)) {
                throw OctetException.badInput(
                    "pt2-pickled",
                    json.file(),
                    fqn
                        + ", which the program reads, is stored as a pickled Python object, which"
                        + " Octet does not run",
                    "turn tensor subclasses and scripted objects into plain tensors before"
                        + " exporting");
              }
            });
    return tensors;
  }

  private static boolean isPickled(Json json) {
    String path = json.field("path_name").text();
    return json.optional("use_pickle").map(Json::bool).orElse(false)
        || path.startsWith("custom_obj_")
        || path.startsWith("opaque_obj_");
  }

  private TorchTensor tensor(Json json) {
    String path = json.field("path_name").text();
    TensorMeta meta = GraphParser.tensorMeta(json.field("tensor_meta"));
    if (meta.layout() != TorchLayout.STRIDED) {
      throw json.broken("has layout " + meta.layout() + "; only strided tensors can be read");
    }
    MemorySegment storage = storages.computeIfAbsent(path, name -> zip.content(folder + name));
    List<Long> sizes = meta.sizes().stream().map(size -> fixed(json, size)).toList();
    if (storage.byteSize() == 0 && sizes.stream().noneMatch(size -> size == 0)) {
      throw json.broken("has no data: the program was saved without its weights");
    }
    try {
      return new TorchTensor(
          meta.dtype(),
          sizes,
          meta.strides().stream().map(stride -> fixed(json, stride)).toList(),
          fixed(json, meta.storageOffset()),
          meta.requiresGrad(),
          storage);
    } catch (IllegalArgumentException e) {
      throw json.broken("does not fit its data: " + e.getMessage());
    }
  }

  private static long fixed(Json json, SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> value;
      case SymInt.Expression expression ->
          throw json.broken("has the size " + expression.text() + " instead of a number");
    };
  }
}
