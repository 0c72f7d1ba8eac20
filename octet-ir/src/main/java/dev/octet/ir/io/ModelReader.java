package dev.octet.ir.io;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.OpaqueFields;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.OperatorSetIdProto;
import dev.octet.ir.io.proto.StringStringEntryProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads ONNX files. Weights stay where they are: a tensor's data is a view of the mapped file.
public final class ModelReader {
  private ModelReader() {}

  /// The model in a file, mapped for as long as any of its tensors is reachable. External data is
  /// looked for beside the file and may not lie elsewhere.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the file is missing, truncated, no ONNX model,
  ///     or contradicts itself; the message names file, node and tensor
  public static Model read(Path file) {
    return read(file, Arena.ofAuto());
  }

  /// As [#read(Path)], mapped until `arena` closes; the model's tensors must not be used after
  /// that.
  ///
  /// @throws OctetException as [#read(Path)] does
  public static Model read(Path file, Arena arena) {
    return readFiles(file, arena).model();
  }

  /// As [#read(Path)], with the files that were read.
  ///
  /// @throws OctetException as [#read(Path)] does
  public static FileModel readFiles(Path file) {
    return readFiles(file, Arena.ofAuto());
  }

  private static FileModel readFiles(Path file, Arena arena) {
    Source source = new Source(file.toString());
    MemorySegment bytes = map(file, source, arena);
    ExternalFiles external = ExternalFiles.beside(file, source, arena);
    return new FileModel(decode(bytes, source, external), bytes.byteSize(), external.sizes());
  }

  /// The model in an array of bytes, which must not change afterwards.
  ///
  /// @throws OctetException as [#parse(MemorySegment)] does
  public static Model parse(byte[] bytes) {
    return parse(MemorySegment.ofArray(bytes));
  }

  /// The model in a piece of memory, which must not change afterwards. External data cannot be
  /// found and is refused.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the bytes are truncated, no ONNX model, or
  ///     contradict themselves
  public static Model parse(MemorySegment bytes) {
    Source source = new Source("model in memory");
    return decode(bytes, source, ExternalFiles.none(source));
  }

  /// The model that a parsed message holds.
  static Model decode(ModelProto proto, Source source, TensorReader tensors) {
    if (!proto.hasGraph()) {
      throw source.bad(
          "model-without-graph",
          "holds no graph, so it is no ONNX model",
          "export the model again");
    }
    ModelInfo info =
        new ModelInfo(
            proto.getIrVersion(),
            proto.getProducerName(),
            proto.getProducerVersion(),
            proto.getDomain(),
            proto.getModelVersion());
    Model model = Model.create(info, 1, proto.getGraph().getName());
    model.edit(
        editor -> {
          editor.removeOpset("");
          ModelProto.Builder rest = proto.toBuilder();
          readOpsets(rest, editor, source);
          readMetadata(rest, editor);
          editor.setExtraFields(leftover(rest));
          new GraphReader(source, editor, tensors).readMain(proto.getGraph(), model.graph());
        });
    return model;
  }

  private static Model decode(MemorySegment bytes, Source source, ExternalFiles external) {
    ForeignFiles.refuse(bytes, source);
    WeightLift.Lifted lifted = WeightLift.lift(bytes, source);
    ModelProto proto;
    try {
      proto = ModelProto.parseFrom(lifted.structure());
    } catch (InvalidProtocolBufferException e) {
      throw source.bad(
          "model-not-readable",
          "not an ONNX model, or a damaged one: " + e.getMessage(),
          "copy or export the file again",
          e);
    }
    return decode(
        proto,
        source,
        new TensorReader(TensorReader.Origin.FILE, source, lifted::weight, external));
  }

  static MemorySegment map(Path file, Source source, Arena arena) {
    if (!Files.exists(file)) {
      throw source.bad("file-missing", "no such file", "check the path");
    }
    if (!Files.isRegularFile(file)) {
      throw source.bad("file-not-regular", "is not a file", "name the .onnx file itself");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw source.bad(
          "file-unreadable", "cannot be read: " + e.getMessage(), "check its permissions", e);
    }
  }

  private static void readOpsets(ModelProto.Builder rest, GraphEditor editor, Source source) {
    for (OperatorSetIdProto opset : rest.getOpsetImportList()) {
      String domain = opset.getDomain().equals("ai.onnx") ? "" : opset.getDomain();
      long version = opset.getVersion();
      Integer known = editor.model().opsets().get(domain);
      if (version < 0 || version > Integer.MAX_VALUE || (known != null && known != version)) {
        throw source.bad(
            "opset-import",
            "imports operators of domain '"
                + domain
                + "' in version "
                + version
                + (known == null ? "" : " and in version " + known),
            "export the model again");
      }
      editor.setOpset(domain, (int) version);
    }
  }

  /// Reads entries into the editor and leaves those in `rest` that a map cannot hold.
  private static void readMetadata(ModelProto.Builder rest, GraphEditor editor) {
    List<StringStringEntryProto> odd = new ArrayList<>();
    for (StringStringEntryProto entry : rest.getMetadataPropsList()) {
      if (editor.model().metadata().containsKey(entry.getKey())) {
        odd.add(entry);
      } else {
        editor.setMetadata(entry.getKey(), entry.getValue());
      }
    }
    rest.clearMetadataProps().addAllMetadataProps(odd);
  }

  /// What is said, though it says nothing (an empty name, version 0), is kept as it is, and so are
  /// the imports, which may name ONNX's own domain in more ways than one.
  private static OpaqueFields leftover(ModelProto.Builder rest) {
    if (!rest.getProducerName().isEmpty()) {
      rest.clearProducerName();
    }
    if (!rest.getProducerVersion().isEmpty()) {
      rest.clearProducerVersion();
    }
    if (!rest.getDomain().isEmpty()) {
      rest.clearDomain();
    }
    if (rest.getModelVersion() != 0) {
      rest.clearModelVersion();
    }
    return OpaqueFields.of(rest.clearGraph().clearIrVersion().build().toByteArray());
  }
}
