package dev.octet.ir.io;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Attribute;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.TensorMemory;
import dev.octet.ir.Value;
import dev.octet.ir.check.ModelCheck;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.OperatorSetIdProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes ONNX files: the same model always gives the same bytes.
///
/// What was read and has not been changed is written as it was: a tensor in the field it came from,
/// raw data otherwise. Types of values that nodes compute are written as `value_info`. The format
/// version is the model's own, raised to 4 when an
/// initializer is no graph input, which earlier versions forbid.
public final class ModelWriter {
  private static final long FIRST_IR_WITH_CONSTANTS = 4;

  /// Of a tensor, handed to the system at once.
  private static final long PART = 1 << 26;

  /// Protobuf's own limit is 2^31 - 1 bytes; the rest is room for everything but tensor data.
  private static final long MOST_INSIDE = Integer.MAX_VALUE - (64L << 20);

  private ModelWriter() {}

  /// Writes a model with its tensors inside, unless they are too large for that. The file is
  /// replaced only once all of it is written.
  ///
  /// @throws OctetException of kind `FAILURE` when the model is not sound or the file cannot be
  ///     written
  public static void write(Model model, Path file) {
    write(model, file, TensorPlacement.IN_MODEL);
  }

  /// Writes a model, and beside it a file of tensor data where `placement` asks for one. Each is
  /// replaced only once all of it is written, the data first.
  ///
  /// @throws OctetException as [#write(Model, Path)] does
  public static void write(Model model, Path file, TensorPlacement placement) {
    boolean aside = placement == TensorPlacement.BESIDE_MODEL || tensorBytes(model) > MOST_INSIDE;
    write(
        model,
        file,
        aside
            ? TensorSink.beside(
                new ExternalData(file.getFileName() + ".data", ExternalData.DEFAULT_THRESHOLD))
            : TensorSink.intoModel());
  }

  /// Writes a model and beside it files of tensor data, named and filled as asked for. Where `file`
  /// is a link, all are written to where it leads.
  ///
  /// @throws OctetException as [#write(Model, Path)] does, and of kind `USAGE` when the data would
  ///     overwrite the model
  public static void write(Model model, Path file, ExternalData external) {
    write(model, file, TensorSink.beside(external));
  }

  private static void write(Model model, Path file, TensorSink tensors) {
    requireSound(model, file.toString());
    requireWritable(file);
    WeightReturn encoded = lifted(model, tensors);
    requireRoom(tensorBytes(model) - tensors.bytesAside(), file.toString());
    try {
      // A model and its data are found together, so the data goes to where a link leads.
      Path real = AtomicFile.behindLinks(file);
      requireOwnNames(real, tensors.asides());
      if (tensors.asides().isEmpty()) {
        try (AtomicFile target = AtomicFile.open(real)) {
          encoded.writeTo(target.channel());
          target.commit();
        }
      } else {
        writeBoth(encoded, real, tensors.asides());
      }
    } catch (IOException e) {
      throw OctetException.failure(
          "file-not-written",
          file.toString(),
          "cannot be written: " + e,
          "check the folder's permissions and free space",
          e);
    }
  }

  /// The bytes that [#write(Model, Path)] would write, with all tensors inside.
  ///
  /// @throws OctetException of kind `FAILURE` when the model is not sound or larger than a protobuf
  ///     message can be
  public static byte[] encode(Model model) {
    requireSound(model, "model");
    requireRoom(tensorBytes(model), "model");
    return lifted(model, TensorSink.intoModel()).toByteArray();
  }

  /// Bytes that [#write(Model, Path)] would write, the data beside the model included. Nothing is
  /// encoded that holds tensor data, so this is cheap for any model.
  public static long size(Model model) {
    TensorSink tensors =
        tensorBytes(model) > MOST_INSIDE
            ? TensorSink.beside(new ExternalData("data", ExternalData.DEFAULT_THRESHOLD))
            : TensorSink.intoModel();
    return lifted(model, tensors).size() + tensors.bytesOfFiles();
  }

  private static WeightReturn lifted(Model model, TensorSink tensors) {
    return new WeightReturn(encode(model, tensors).toByteArray(), tensors.lifted());
  }

  /// The message for a model, sound or not.
  static ModelProto encode(Model model, TensorSink tensors) {
    ModelInfo info = model.info();
    ModelProto.Builder builder =
        GraphWriter.decode(
                model.extraFields(), ModelProto.parser(), ModelProto.getDefaultInstance())
            .toBuilder()
            .setIrVersion(irVersion(model));
    if (!info.producerName().isEmpty()) {
      builder.setProducerName(info.producerName());
    }
    if (!info.producerVersion().isEmpty()) {
      builder.setProducerVersion(info.producerVersion());
    }
    if (!info.domain().isEmpty()) {
      builder.setDomain(info.domain());
    }
    if (info.modelVersion() != 0) {
      builder.setModelVersion(info.modelVersion());
    }
    importOpsets(model.opsets(), builder);
    var odd = builder.getMetadataPropsList();
    builder.clearMetadataProps();
    model
        .metadata()
        .forEach((key, value) -> builder.addMetadataPropsBuilder().setKey(key).setValue(value));
    builder.addAllMetadataProps(odd);
    return builder.setGraph(new GraphWriter(tensors).encode(model.graph())).build();
  }

  /// An import stays as it was read while it still holds.
  private static void importOpsets(Map<String, Integer> opsets, ModelProto.Builder builder) {
    List<OperatorSetIdProto> read = builder.getOpsetImportList();
    builder.clearOpsetImport();
    Set<String> done = new HashSet<>();
    for (OperatorSetIdProto each : read) {
      String domain = each.getDomain().equals("ai.onnx") ? "" : each.getDomain();
      Integer version = opsets.get(domain);
      if (version != null && (version == each.getVersion() || done.add(domain))) {
        builder.addOpsetImport(each.toBuilder().setVersion(version));
        done.add(domain);
      }
    }
    opsets.forEach(
        (domain, version) -> {
          if (done.add(domain)) {
            builder.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version));
          }
        });
  }

  private static long irVersion(Model model) {
    boolean hasConstants = model.graph().initializers().stream().anyMatch(Value::isConstant);
    return hasConstants
        ? Math.max(model.info().irVersion(), FIRST_IR_WITH_CONSTANTS)
        : model.info().irVersion();
  }

  /// All are complete before any is seen, so that a full disk spoils none.
  private static void writeBoth(WeightReturn encoded, Path file, List<TensorSink.Aside> asides)
      throws IOException {
    Map<String, List<TensorSink.Aside>> byFile =
        asides.stream()
            .collect(
                Collectors.groupingBy(
                    TensorSink.Aside::file, LinkedHashMap::new, Collectors.toList()));
    List<AtomicFile> written = new ArrayList<>();
    try {
      for (Map.Entry<String, List<TensorSink.Aside>> each : byFile.entrySet()) {
        AtomicFile data = AtomicFile.replacing(file.resolveSibling(each.getKey()));
        written.add(data);
        writeData(each.getValue(), data.channel());
        data.finish();
      }
      // Last, so that no model ever points to what is not there.
      AtomicFile model = AtomicFile.open(file);
      written.add(model);
      encoded.writeTo(model.channel());
      model.finish();
      for (AtomicFile each : written) {
        each.commit();
      }
    } finally {
      for (AtomicFile each : written) {
        each.close();
      }
    }
  }

  private static void writeData(List<TensorSink.Aside> asides, FileChannel channel)
      throws IOException {
    for (TensorSink.Aside aside : asides) {
      channel.position(aside.offset());
      long size = aside.tensor().byteSize();
      for (long done = 0; done < size; done += PART) {
        MemorySegment part = aside.tensor().data().asSlice(done, Math.min(size - done, PART));
        ByteBuffer bytes = part.asByteBuffer();
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        TensorMemory.release(part);
      }
    }
  }

  /// @param bytes tensor data that goes into the model itself
  private static void requireRoom(long bytes, String place) {
    if (bytes > MOST_INSIDE) {
      throw OctetException.failure(
          "model-too-large",
          place,
          "holds " + bytes + " bytes of tensors, more than one message may hold",
          "write it to a file, which puts large initializers beside it; constants in attributes"
              + " become initializers by `octet prepare`",
          null);
    }
  }

  private static long tensorBytes(Model model) {
    return tensorBytes(model.graph());
  }

  private static long tensorBytes(Graph graph) {
    long bytes = 0;
    for (Value value : graph.initializers()) {
      bytes += value.initializer().map(Tensor::byteSize).orElse(0L);
    }
    for (Node node : graph.nodes()) {
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.OfTensor(Tensor tensor)) {
          bytes += tensor.byteSize();
        }
      }
      for (Graph subgraph : node.subgraphs()) {
        bytes += tensorBytes(subgraph);
      }
    }
    return bytes;
  }

  private static void requireSound(Model model, String place) {
    List<Diagnostic> findings = ModelCheck.check(model);
    if (!findings.isEmpty()) {
      throw new OctetException(
          OctetException.Kind.FAILURE,
          findings.stream()
              .map(
                  found ->
                      new Diagnostic(
                          found.code(),
                          place + ": " + found.place(),
                          found.message(),
                          found.hint()))
              .toList(),
          null);
    }
  }

  private static void requireOwnNames(Path file, List<TensorSink.Aside> asides) {
    for (TensorSink.Aside aside : asides) {
      if (file.endsWith(aside.file())) {
        throw OctetException.usage(
            "data-over-model",
            aside.file(),
            "is the model's own name",
            "name another file for the tensor data");
      }
    }
  }

  private static void requireWritable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw OctetException.usage(
          "file-is-folder", file.toString(), "is a folder, not a file", "name a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw OctetException.usage(
          "folder-missing", file.toString(), "folder " + folder + " does not exist", "create it");
    }
  }
}
