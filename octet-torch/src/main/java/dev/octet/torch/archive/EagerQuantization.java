package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Programs of eager-mode quantization in plain operators.
///
/// Their operators take weights packed into scripted objects. `torch.export` (of PyTorch 2.5 to
/// 2.7, strict) writes those that take and give floats: linear layers quantized dynamically, and
/// quantized embeddings. Each becomes what it stands for, quantize, dequantize and a float
/// operator of `quantized_decomposed` and `aten`, and the object becomes the tensors it holds, so
/// that everything that reads programs reads these. Statically quantized modules cannot be in an
/// archive: it has no element type for the tensors between them.
final class EagerQuantization {
  /// Suffixes, below the object's name, of the tensors a packed weight consists of.
  static final String WEIGHT = "weight";

  static final String BIAS = "bias";

  /// Suffixes of what belongs to the codes of a quantized tensor.
  static final String SCALE = ".scale";

  static final String ZERO_POINT = ".zero_point";

  private static final String DECOMPOSED = "quantized_decomposed";
  private static final Set<String> OPERATORS =
      Set.of("linear_dynamic", "linear_relu_dynamic", "embedding_byte");

  // What FBGEMM and QNNPACK take for the least difference of numbers.
  private static final double EPSILON = Math.ulp(1f);

  private final ExportedProgram program;
  private final Map<String, TorchTensor> constants;
  private final Map<String, TensorMeta> metas;
  private final Map<String, String> objects = new LinkedHashMap<>();
  private final List<AtenNode> nodes = new ArrayList<>();

  private EagerQuantization(ExportedProgram program) {
    this.program = program;
    this.constants = new LinkedHashMap<>(program.constants());
    this.metas = new LinkedHashMap<>(program.graph().tensorValues());
  }

  /// The program without packed weights; itself when it has none.
  static ExportedProgram lowered(ExportedProgram program) {
    boolean packed =
        program.inputSpecs().stream()
            .anyMatch(
                spec ->
                    spec instanceof InputSpec.CustomObject(AtenArgument.CustomObject _, String fqn)
                        && program.constants().containsKey(fqn + "." + WEIGHT));
    return packed ? new EagerQuantization(program).lowered() : program;
  }

  private ExportedProgram lowered() {
    AtenGraph graph = program.graph();
    List<InputSpec> specs = new ArrayList<>();
    List<AtenArgument> inputs = new ArrayList<>();
    for (int i = 0; i < program.inputSpecs().size(); i++) {
      InputSpec spec = program.inputSpecs().get(i);
      switch (spec) {
        case InputSpec.Token _ -> {}
        case InputSpec.CustomObject(AtenArgument.CustomObject object, String fqn)
            when constants.containsKey(fqn + "." + WEIGHT) -> {
          objects.put(object.name(), fqn);
          for (String part : List.of(WEIGHT, WEIGHT + SCALE, WEIGHT + ZERO_POINT, BIAS)) {
            TorchTensor tensor = constants.get(fqn + "." + part);
            if (tensor != null) {
              String value = value(fqn, part);
              metas.put(value, tensor.meta());
              inputs.add(AtenArgument.tensor(value));
              specs.add(new InputSpec.TensorConstant(value, fqn + "." + part));
            }
          }
        }
        default -> {
          inputs.add(graph.inputs().get(i));
          specs.add(spec);
        }
      }
    }
    graph.nodes().forEach(this::take);
    List<OutputSpec> outputSpecs = new ArrayList<>();
    List<AtenArgument> outputs = new ArrayList<>();
    for (int i = 0; i < program.outputSpecs().size(); i++) {
      if (!(program.outputSpecs().get(i) instanceof OutputSpec.Token)) {
        outputSpecs.add(program.outputSpecs().get(i));
        outputs.add(graph.outputs().get(i));
      }
    }
    Map<String, AtenArgument.CustomObject> others = new LinkedHashMap<>(graph.customObjectValues());
    others.keySet().removeAll(objects.keySet());
    AtenGraph plain =
        new AtenGraph(
            inputs,
            nodes,
            outputs,
            metas,
            graph.symIntValues(),
            graph.symBoolValues(),
            graph.symFloatValues(),
            others,
            graph.singleTensorReturn());
    return new ExportedProgram(
        plain,
        specs,
        outputSpecs,
        program.state(),
        constants,
        program.rangeConstraints(),
        program.moduleCalls(),
        program.info(),
        program.extraFiles(),
        program.sampleInputs());
  }

  private void take(AtenNode node) {
    AtenOp op = node.op();
    List<AtenArgument> arguments = node.arguments().stream().map(NamedArgument::value).toList();
    List<AtenArgument> outputs = node.outputs();
    // PyTorch 2.5 threads a token through calls of operators that take objects.
    if (op.name().equals("with_effects")
        && arguments.size() > 2
        && arguments.get(1) instanceof AtenArgument.Operator(String target)) {
      op = AtenOp.parse(target);
      arguments = arguments.subList(2, arguments.size());
      outputs = outputs.subList(1, outputs.size());
    }
    boolean known =
        op.namespace().equals("quantized")
            && OPERATORS.contains(op.name())
            && outputs.size() == 1
            && arguments.size() > 1;
    if (known && op.name().equals("embedding_byte")) {
      new Lowering(node, outputs.getFirst()).embedding(arguments);
    } else if (known) {
      new Lowering(node, outputs.getFirst())
          .linear(arguments, op.name().equals("linear_relu_dynamic"));
    } else {
      nodes.add(node);
    }
  }

  private static OctetException broken(String message) {
    return OctetException.badInput("pt2-packed", "packed weights", message, Pt2Hints.FETCH_AGAIN);
  }

  private static String value(String fqn, String part) {
    return "c_" + (fqn + "_" + part).replaceAll("\\W+", "_");
  }

  /// The calls that stand for one.
  private final class Lowering {
    private final AtenNode origin;
    private final String result;

    Lowering(AtenNode origin, AtenArgument output) {
      this.origin = origin;
      this.result = output.references().getFirst();
    }

    // (X, packed weight, reduce_range)
    void linear(List<AtenArgument> arguments, boolean relu) {
      String input = arguments.get(0).references().getFirst();
      String fqn = fqn(arguments.get(1));
      boolean reduced =
          arguments.size() > 2 && arguments.get(2).equals(new AtenArgument.BoolValue(true));
      TensorMeta meta = meta(input);
      String scale = add("scale", TensorMeta.contiguous(TorchDtype.FLOAT64, 1));
      String zero = add("zero_point", TensorMeta.contiguous(TorchDtype.INT64, 1));
      List<NamedArgument> grid =
          List.of(
              NamedArgument.of("quant_min", AtenArgument.of(0L)),
              NamedArgument.of("quant_max", AtenArgument.of(reduced ? 127L : 255L)));
      List<NamedArgument> choice = new ArrayList<>(grid);
      choice.addFirst(tensor("input", input));
      choice.add(NamedArgument.of("eps", AtenArgument.of(EPSILON)));
      choice.add(dtype(TorchDtype.UINT8));
      nodes.add(
          new AtenNode(
              result + "_choose",
              new AtenOp(DECOMPOSED, "choose_qparams", "tensor"),
              choice,
              List.of(AtenArgument.tensor(scale), AtenArgument.tensor(zero)),
              origin.metadata(),
              null));
      List<NamedArgument> quantized = new ArrayList<>();
      quantized.add(tensor("scale", scale));
      quantized.add(tensor("zero_point", zero));
      quantized.addAll(grid);
      quantized.add(dtype(TorchDtype.UINT8));
      String codes =
          call(
              "codes",
              new AtenOp(DECOMPOSED, "quantize_per_tensor", "tensor"),
              with(tensor("input", input), quantized),
              meta.withDtype(TorchDtype.UINT8));
      String rounded =
          call(
              "rounded",
              new AtenOp(DECOMPOSED, "dequantize_per_tensor", "tensor"),
              with(tensor("input", codes), quantized),
              meta);
      List<NamedArgument> operands = new ArrayList<>();
      operands.add(tensor("input", rounded));
      operands.add(tensor("weight", weight(fqn)));
      if (constants.containsKey(fqn + "." + BIAS)) {
        operands.add(tensor("bias", value(fqn, BIAS)));
      }
      AtenOp linear = AtenOp.aten("linear", "default");
      if (relu) {
        String sum = call("sum", linear, operands, meta(result));
        last(AtenOp.aten("relu", "default"), List.of(tensor("self", sum)));
      } else {
        last(linear, operands);
      }
    }

    // (packed weight, indices): rows of 8-bit codes, whose zero points are floats
    void embedding(List<AtenArgument> arguments) {
      String fqn = fqn(arguments.get(0));
      String indices = arguments.get(1).references().getFirst();
      TensorMeta meta = meta(result);
      String codes = rows("codes", fqn, WEIGHT, indices, meta.withDtype(TorchDtype.UINT8));
      String scales = rows("scales", fqn, WEIGHT + SCALE, indices, ofOne(meta));
      String zeros = rows("zeros", fqn, WEIGHT + ZERO_POINT, indices, ofOne(meta));
      String numbers =
          call(
              "numbers",
              AtenOp.aten("_to_copy", "default"),
              List.of(tensor("self", codes), dtype(TorchDtype.FLOAT32)),
              meta);
      String centred =
          call(
              "centred",
              AtenOp.aten("sub", "Tensor"),
              List.of(tensor("self", numbers), tensor("other", zeros)),
              meta);
      last(AtenOp.aten("mul", "Tensor"), List.of(tensor("self", centred), tensor("other", scales)));
    }

    private String rows(String hint, String fqn, String part, String indices, TensorMeta meta) {
      String table = value(fqn, part);
      TorchTensor tensor = required(fqn, part);
      if (tensor.sizes().size() == 1) {
        TorchTensor column =
            new TorchTensor(
                tensor.dtype(),
                List.of(tensor.sizes().getFirst(), 1L),
                List.of(tensor.strides().getFirst(), 1L),
                tensor.storageOffset(),
                false,
                tensor.storage());
        constants.put(fqn + "." + part, column);
        metas.put(table, column.meta());
      }
      return call(
          hint,
          AtenOp.aten("embedding", "default"),
          List.of(tensor("weight", table), tensor("indices", indices)),
          meta);
    }

    private String weight(String fqn) {
      TorchTensor codes = required(fqn, WEIGHT);
      TorchTensor scales = required(fqn, WEIGHT + SCALE);
      boolean perChannel = scales.elementCount() != 1;
      List<NamedArgument> arguments = new ArrayList<>();
      arguments.add(tensor("input", value(fqn, WEIGHT)));
      arguments.add(tensor(perChannel ? "scales" : "scale", value(fqn, WEIGHT + SCALE)));
      arguments.add(
          tensor(perChannel ? "zero_points" : "zero_point", value(fqn, WEIGHT + ZERO_POINT)));
      if (perChannel) {
        arguments.add(NamedArgument.of("axis", AtenArgument.of(0L)));
      }
      arguments.add(NamedArgument.of("quant_min", AtenArgument.of(-128L)));
      arguments.add(NamedArgument.of("quant_max", AtenArgument.of(127L)));
      arguments.add(dtype(codes.dtype()));
      AtenOp op =
          perChannel
              ? new AtenOp(DECOMPOSED, "dequantize_per_channel", "default")
              : new AtenOp(DECOMPOSED, "dequantize_per_tensor", "tensor");
      return call("weight", op, arguments, codes.meta().withDtype(TorchDtype.FLOAT32));
    }

    private TorchTensor required(String fqn, String part) {
      TorchTensor tensor = constants.get(fqn + "." + part);
      if (tensor == null) {
        throw broken(fqn + " has no " + part);
      }
      return tensor;
    }

    private TensorMeta meta(String name) {
      TensorMeta meta = metas.get(name);
      if (meta == null) {
        throw broken("tensor " + name + " is not described");
      }
      return meta;
    }

    private String fqn(AtenArgument object) {
      @Nullable String fqn = objects.get(object.references().stream().findFirst().orElse(""));
      if (fqn == null) {
        throw broken("an object of " + origin.name() + " holds no weight");
      }
      return fqn;
    }

    private String add(String hint, TensorMeta meta) {
      String name = result + "_" + hint;
      metas.put(name, meta);
      return name;
    }

    private String call(String hint, AtenOp op, List<NamedArgument> arguments, TensorMeta meta) {
      String name = add(hint, meta);
      nodes.add(AtenNode.of(name, op, arguments, origin.metadata()));
      return name;
    }

    private void last(AtenOp op, List<NamedArgument> arguments) {
      nodes.add(AtenNode.of(result, op, arguments, origin.metadata()));
    }

    private static TensorMeta ofOne(TensorMeta meta) {
      List<SymInt> sizes = new ArrayList<>(meta.sizes());
      sizes.set(sizes.size() - 1, SymInt.of(1));
      return new TensorMeta(
          meta.dtype(),
          sizes,
          false,
          meta.device(),
          meta.strides(),
          meta.storageOffset(),
          meta.layout());
    }

    private static List<NamedArgument> with(NamedArgument first, List<NamedArgument> others) {
      List<NamedArgument> all = new ArrayList<>(others);
      all.addFirst(first);
      return all;
    }

    private static NamedArgument tensor(String name, String value) {
      return NamedArgument.of(name, AtenArgument.tensor(value));
    }

    private static NamedArgument dtype(TorchDtype type) {
      return NamedArgument.of("dtype", new AtenArgument.Dtype(type));
    }
  }
}
