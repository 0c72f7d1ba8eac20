package dev.octet.torch.export;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchTensor;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Exports programs to ONNX.
///
/// Parameters keep their names (`block1.block.0.weight`), nodes and values are named after the
/// module that computes them (`block1/block/0/Conv`), inputs after the parameters of `forward`,
/// outputs after the keys of what it returns. Symbolic dimensions stay symbolic. The program's
/// extra files, such as its labels, become metadata, and so does which value holds which of the
/// program's ([SourceValues]).
public final class TorchExporter {
  // Texts of the archive, such as label lists, become metadata of the model up to this length.
  private static final int MOST_METADATA = 1 << 16;
  private static final Set<String> RECURRENT =
      Set.of("lstm", "gru", "rnn_tanh", "rnn_relu", "lstm_cell", "gru_cell");

  private final ExportedProgram program;
  private final AtenGraph graph;
  private final DimNames dims;
  private final Complaints unsupported = new Complaints();
  private final Scope scope;

  private TorchExporter(
      ExportedProgram program, AtenGraph graph, Graph target, ExportOptions options) {
    this.program = program;
    this.graph = graph;
    this.dims = DimNames.of(program, options.dimNames());
    this.scope = new Scope(graph, target);
  }

  /// The program as an ONNX model.
  ///
  /// @throws OctetException of kind `FAILURE` when some operators cannot be translated; one
  ///     diagnostic for each, naming its module and line of user code
  public static Model export(ExportedProgram program, ExportOptions options) {
    return translate(program, options).model();
  }

  /// The program as an ONNX model, with how the two relate.
  ///
  /// @throws OctetException as [#export]
  public static Export translate(ExportedProgram program, ExportOptions options) {
    Functionalization.Functional functional = Functionalization.of(program);
    Model model =
        Model.create(
            ModelInfo.octet(irVersion(options.opset())), options.opset(), options.graphName());
    TorchExporter exporter = new TorchExporter(program, functional.graph(), model.graph(), options);
    model.edit(editor -> exporter.build(editor, options));
    exporter.unsupported.throwIfAny();
    model.edit(editor -> new SourceValues(exporter.scope.computed()).write(editor));
    PipelineReport report = options.cleanUp().run(model);
    List<String> notes = new ArrayList<>(functional.notes());
    model.edit(
        editor -> {
          forgetTypes(editor);
          carryTexts(editor, program, notes);
        });
    return new Export(model, SourceValues.of(model).values(), notes, report);
  }

  // Types of values inside the graph follow from the operators; small files are worth more here.
  private static void forgetTypes(GraphEditor editor) {
    for (Node node : editor.graph().nodes()) {
      for (Value value : node.outputs()) {
        if (value != null && !value.isGraphOutput()) {
          editor.setType(value, null);
        }
      }
    }
  }

  private static void carryTexts(GraphEditor editor, ExportedProgram program, List<String> notes) {
    program
        .extraFiles()
        .forEach(
            (name, text) -> {
              if (text.length() <= MOST_METADATA) {
                editor.setMetadata(name, text);
              } else {
                notes.add("the text " + name + " is left out: it is too long for metadata");
              }
            });
  }

  private void build(GraphEditor editor, ExportOptions options) {
    OnnxNodes onnx = new OnnxNodes(editor, options.opset());
    inputs(editor, onnx);
    new GraphTranslation(dims, unsupported).translate(graph, scope, onnx);
    if (unsupported.isEmpty()) {
      outputs(editor, onnx);
      prune(editor);
      onnx.settleNames();
    }
  }

  private void inputs(GraphEditor editor, OnnxNodes onnx) {
    Set<String> used = new HashSet<>();
    graph.nodes().forEach(node -> used.addAll(node.inputNames()));
    graph.outputs().forEach(output -> used.addAll(output.references()));
    for (InputSpec spec : program.inputSpecs()) {
      String name = spec.value();
      switch (spec) {
        case InputSpec.UserInput(AtenArgument argument) -> userInput(editor, argument);
        case InputSpec.Parameter(String _, String fqn) -> stored(onnx, spec, fqn, used);
        case InputSpec.Buffer(String _, String fqn, boolean _) -> stored(onnx, spec, fqn, used);
        case InputSpec.TensorConstant(String _, String fqn) -> stored(onnx, spec, fqn, used);
        case InputSpec.ConstantInput _, InputSpec.Token _ -> {}
        case InputSpec.CustomObject(AtenArgument.CustomObject _, String fqn) -> {
          if (used.contains(name)) {
            unsupported.add("input " + name, "the scripted object " + fqn, "");
          }
        }
      }
    }
  }

  private void userInput(GraphEditor editor, AtenArgument argument) {
    switch (argument) {
      case AtenArgument.TensorRef(String name) -> {
        TensorMeta meta = graph.meta(name);
        if (meta.dtype().onnx().isEmpty()) {
          unsupported.add("input " + name, "element type " + meta.dtype() + " is not in ONNX", "");
          return;
        }
        ValueType type = ValueType.tensor(OnnxNodes.onnx(meta.dtype()), dims.shape(meta));
        scope.define(name, editor.addInput(editor.graph(), name, type));
      }
      case AtenArgument.None _,
          AtenArgument.IntValue _,
          AtenArgument.FloatValue _,
          AtenArgument.BoolValue _,
          AtenArgument.StringValue _ -> {}
      default ->
          argument
              .references()
              .forEach(
                  name ->
                      unsupported.add(
                          "input " + name,
                          "an argument that is no tensor and not fixed",
                          "pass it as a tensor"));
    }
  }

  private void stored(OnnxNodes onnx, InputSpec spec, String fqn, Set<String> used) {
    if (used.contains(spec.value())) {
      TorchTensor tensor = program.tensorOf(spec).orElseThrow();
      scope.define(spec.value(), onnx.parameter(fqn, tensor));
    }
  }

  private void outputs(GraphEditor editor, OnnxNodes onnx) {
    onnx.atRoot();
    Set<String> unsure = unsureSizes();
    List<String> names = program.userOutputNames();
    int index = 0;
    for (AtenArgument output : graph.outputs()) {
      List<String> references = output.references();
      if (!(output instanceof AtenArgument.TensorRef(String ssaName))) {
        if (!references.isEmpty()) {
          unsupported.add("output " + references, "only tensors can be returned", "");
        }
        index++;
        continue;
      }
      String name = names.get(index++);
      Optional<Value> computed = scope.findTensor(ssaName);
      if (computed.isEmpty()) {
        unsupported.add(
            "output " + name, "it is a result that its operator's translation leaves out", "");
        continue;
      }
      Value value = computed.get();
      if (value.producer().isEmpty() || value.isGraphOutput()) {
        value = onnx.add("Identity", value);
      }
      // Renaming fails when the name is taken, as by an input that is returned.
      if (editor.graph().findValue(name).isEmpty()) {
        editor.rename(value, name);
      }
      TensorMeta meta = graph.meta(ssaName);
      Shape shape = unsure.contains(ssaName) ? dims.symbolicShape(meta) : dims.shape(meta);
      editor.setType(value, ValueType.tensor(OnnxNodes.onnx(meta.dtype()), shape));
      editor.addOutput(editor.graph(), value);
    }
  }

  // Tracing unrolls recurrent operators and then records a fixed length where the true one varies.
  private Set<String> unsureSizes() {
    Set<String> unsure = new HashSet<>();
    for (AtenNode node : graph.nodes()) {
      boolean source =
          RECURRENT.contains(node.op().name())
              && node.inputNames().stream()
                  .map(graph.tensorValues()::get)
                  .anyMatch(
                      meta ->
                          meta != null
                              && meta.sizes().stream()
                                  .anyMatch(SymInt.Expression.class::isInstance));
      if (source || node.inputNames().stream().anyMatch(unsure::contains)) {
        unsure.addAll(node.outputNames());
      }
    }
    return unsure;
  }

  private static void prune(GraphEditor editor) {
    for (Node node : new ArrayList<>(editor.graph().nodes()).reversed()) {
      if (node.outputs().stream().allMatch(value -> value == null || value.isUnused())) {
        editor.remove(node);
      }
    }
    for (Value value : new ArrayList<>(editor.graph().initializers())) {
      if (value.isUnused()) {
        editor.removeInitializer(editor.graph(), value);
      }
    }
  }

  private static long irVersion(int opset) {
    return opset >= 23 ? 11 : opset >= 21 ? 10 : opset >= 19 ? 9 : 8;
  }
}
