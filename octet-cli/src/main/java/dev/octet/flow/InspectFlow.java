package dev.octet.flow;

import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.ModelContents;
import dev.octet.inspect.ModelInspector;
import dev.octet.inspect.TensorDetail;
import dev.octet.ir.io.FileModel;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.torch.archive.Checkpoint;
import dev.octet.torch.archive.CheckpointReader;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A model in, what is in it out.
public final class InspectFlow {
  private InspectFlow() {}

  /// Whether a long list is wanted.
  public enum Listing {
    NONE,
    ALL
  }

  /// @param model .onnx or .pt2 file, or a checkpoint
  /// @param tensors names of tensors to show closely
  public record Request(Path model, List<String> tensors, Listing nodes, Listing constants) {}

  /// @param json what `octet inspect --json` prints
  /// @param report the same for people
  public record Result(Object json, Report report) {}

  /// A tensor as JSON.
  ///
  /// @param realValues dequantized where it holds codes; `null` when it is no constant
  public record TensorJson(
      String name,
      String source,
      String type,
      Optional<TensorDetail.Quantization> quantization,
      Optional<TensorDetail.Statistics> statistics,
      List<String> readers,
      Optional<float[]> realValues) {}

  /// An ONNX model as JSON.
  ///
  /// @param sizeBytes of the model's own file
  /// @param dataFiles sizes of the files beside it that hold its data, by name
  /// @param totalBytes of all of these
  public record OnnxJson(
      String model,
      long sizeBytes,
      Map<String, Long> dataFiles,
      long totalBytes,
      ModelContents contents,
      List<TensorJson> tensors) {}

  /// A program as JSON.
  ///
  /// @param operators how often each is called
  /// @param state parameters and buffers with type and size
  public record ProgramJson(
      String model,
      String torchVersion,
      List<String> inputs,
      List<String> outputs,
      Map<String, Integer> operators,
      Map<String, String> state,
      List<String> extraFiles) {}

  /// A checkpoint as JSON.
  ///
  /// @param tensors type and size by name
  /// @param leftOut what else the file holds
  public record CheckpointJson(String file, Map<String, String> tensors, List<String> leftOut) {}

  /// @throws OctetException when the model cannot be read or has no such tensor
  public static Result run(Request request) {
    if (Files.isRegularFile(request.model()) && CheckpointReader.recognizes(request.model())) {
      return checkpoint(request.model());
    }
    return switch (ModelFile.read(request.model())) {
      case ModelFile.Onnx onnx -> onnx(request, onnx);
      case ModelFile.Torch torch -> program(request, torch);
    };
  }

  private static Result checkpoint(Path file) {
    Checkpoint checkpoint = CheckpointReader.read(file);
    Map<String, String> tensors = new LinkedHashMap<>();
    checkpoint.tensors().forEach((name, tensor) -> tensors.put(name, describe(tensor)));
    long numbers =
        checkpoint.tensors().values().stream().mapToLong(TorchTensor::elementCount).sum();
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section.Paragraph(
            "",
            List.of("a checkpoint: %,d tensors, %,d numbers".formatted(tensors.size(), numbers))));
    sections.add(
        new Section.Table(
            "Tensors",
            List.of("name", "holds"),
            tensors.entrySet().stream()
                .map(entry -> List.of(entry.getKey(), entry.getValue()))
                .toList()));
    if (!checkpoint.leftOut().isEmpty()) {
      sections.add(new Section.Paragraph("Not read", checkpoint.leftOut()));
    }
    String name = String.valueOf(file.getFileName());
    return new Result(
        new CheckpointJson(name, tensors, checkpoint.leftOut()), new Report(name, sections));
  }

  private static Result onnx(Request request, ModelFile.Onnx file) {
    String name = String.valueOf(file.path().getFileName());
    ModelContents contents = ModelInspector.inspect(file.model());
    List<TensorDetail> details =
        request.tensors().stream()
            .map(tensor -> ModelInspector.tensor(file.model(), tensor))
            .toList();
    List<Section> sections = new ArrayList<>();
    if (details.isEmpty()) {
      sections.add(new Section.Paragraph("", sizes(file.files())));
      sections.add(new Section.Paragraph("", contents.lines()));
    }
    details.forEach(detail -> sections.add(new Section.Paragraph("", detail.lines())));
    if (request.nodes() == Listing.ALL) {
      sections.add(
          new Section.Table(
              "Nodes",
              List.of("name", "operator", "reads", "computes"),
              contents.nodes().stream().map(InspectFlow::row).toList()));
    }
    if (request.constants() == Listing.ALL) {
      sections.add(
          new Section.Table(
              "Constants",
              List.of("name", "kept as", "type", "shape", "bytes", "readers"),
              contents.constants().stream().map(InspectFlow::row).toList()));
    }
    return new Result(
        new OnnxJson(
            name,
            file.files().bytes(),
            file.files().data(),
            file.sizeBytes(),
            contents,
            details.stream().map(InspectFlow::json).toList()),
        new Report(name, sections));
  }

  private static List<String> sizes(FileModel files) {
    List<String> lines = new ArrayList<>(List.of("file  " + Figures.kilobytes(files.bytes())));
    if (!files.data().isEmpty()) {
      files
          .data()
          .forEach(
              (name, bytes) ->
                  lines.add("data  %s in %s".formatted(Figures.kilobytes(bytes), name)));
      lines.add("total " + Figures.kilobytes(files.allBytes()));
    }
    return lines;
  }

  private static TensorJson json(TensorDetail detail) {
    return new TensorJson(
        detail.name(),
        detail.source().toString(),
        detail.type(),
        detail.quantization(),
        detail.statistics(),
        detail.readers(),
        detail.realValues());
  }

  private static List<String> row(ModelContents.NodeEntry node) {
    return List.of(
        node.name(),
        node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType(),
        String.join(", ", node.inputs()),
        String.join(", ", node.outputs()));
  }

  private static List<String> row(ModelContents.ConstantEntry constant) {
    return List.of(
        constant.name(),
        switch (constant.place()) {
          case INITIALIZER -> "initializer";
          case CONSTANT_NODE -> "Constant node";
        },
        constant.dataType().name().toLowerCase(java.util.Locale.ROOT),
        constant.dims().toString(),
        String.valueOf(constant.bytes()),
        String.valueOf(constant.readers()));
  }

  private static Result program(Request request, ModelFile.Torch file) {
    ExportedProgram program = file.program();
    String name = String.valueOf(file.path().getFileName());
    if (!request.tensors().isEmpty()) {
      throw OctetException.usage(
          "no-tensors-of-programs",
          "--tensor",
          "shows tensors of ONNX models only",
          "octet export the program first");
    }
    Map<String, Integer> operators = new TreeMap<>();
    for (AtenNode node : program.graph().nodes()) {
      operators.merge(node.op().toString(), 1, Integer::sum);
    }
    Map<String, String> state = new TreeMap<>();
    program.state().forEach((key, tensor) -> state.put(key, describe(tensor)));
    program.constants().forEach((key, tensor) -> state.put(key, describe(tensor)));

    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section.Paragraph(
            "",
            List.of(
                "a PyTorch program, " + Figures.kilobytes(file.sizeBytes()),
                "inputs   " + String.join(", ", program.userInputNames()),
                "outputs  " + String.join(", ", program.userOutputValues()),
                "notes    " + String.join(", ", program.extraFiles().keySet()))));
    sections.add(
        new Section.Table(
            "Operators",
            List.of("operator", "calls"),
            operators.entrySet().stream()
                .map(entry -> List.of(entry.getKey(), entry.getValue().toString()))
                .toList()));
    if (request.constants() == Listing.ALL) {
      sections.add(
          new Section.Table(
              "Parameters, buffers and constants",
              List.of("name", "holds"),
              state.entrySet().stream()
                  .map(entry -> List.of(entry.getKey(), entry.getValue()))
                  .toList()));
    }
    if (request.nodes() == Listing.ALL) {
      sections.add(
          new Section.Paragraph(
              "Nodes", program.graph().nodes().stream().map(AtenNode::toString).toList()));
    }
    return new Result(
        new ProgramJson(
            name,
            program.info().torchVersion(),
            program.userInputNames(),
            program.userOutputValues(),
            operators,
            state,
            List.copyOf(program.extraFiles().keySet())),
        new Report(name, sections));
  }

  private static String describe(TorchTensor tensor) {
    return tensor.dtype().name().toLowerCase(java.util.Locale.ROOT) + tensor.sizes();
  }
}
