package dev.octet.libtorch.quantize;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes a quantized program, in the form PyTorch's own converters use: float operators between
/// `quantized_decomposed` pairs that put values on their grids, weights as int8 codes, biases as
/// int32 codes whose scale is that of the products they are added to. Integer kernels then compute
/// exactly what the float operators here compute.
final class Converter {
  private static final String NAMESPACE = "quantized_decomposed";

  private final ProgramEditor editor;
  private final QuantizationPoints points;
  private final Map<String, QuantParams> activations;
  private final GridRule weightRule;
  private final boolean perChannel;
  private final Map<String, QuantParams> weights = new LinkedHashMap<>();

  private Converter(
      ExportedProgram program,
      QuantizationPoints points,
      Map<String, QuantParams> activations,
      GridRule weightRule,
      boolean perChannel) {
    this.editor = new ProgramEditor(program);
    this.points = points;
    this.activations = activations;
    this.weightRule = weightRule;
    this.perChannel = perChannel;
  }

  /// Converts a program without foldable batch normalization.
  ///
  /// @param activations grid of each group, by its root
  /// @param weightRule grid of weights
  /// @param perChannel whether each output channel has a scale of its own
  static QuantizedProgram convert(
      ExportedProgram program,
      QuantizationPoints points,
      Map<String, QuantParams> activations,
      GridRule weightRule,
      boolean perChannel) {
    Converter converter = new Converter(program, points, activations, weightRule, perChannel);
    points.anchors().forEach(converter::quantizeConstants);
    points
        .groups()
        .forEach(
            group ->
                group
                    .members()
                    .forEach(
                        value ->
                            converter.quantizeValue(
                                value, Objects.requireNonNull(activations.get(group.root())))));
    converter.editor.removeUnreadState();
    return new QuantizedProgram(
        converter.editor.build(), activations, converter.weights, points.kept());
  }

  private void quantizeConstants(QuantizationPoints.Anchor anchor) {
    QuantParams input =
        Objects.requireNonNull(activations.get(points.groupOf(anchor.input()).root()));
    TorchTensor weight = editor.tensor(anchor.weight());
    float[] values = weight.toDense().toFloatArray();
    long[] sizes = longs(weight.sizes());
    Granularity granularity = perChannel ? Granularity.perChannel(0) : Granularity.perTensor();
    QuantParams params = TensorQuantizer.chooseParams(values, sizes, granularity, weightRule);
    String bias = anchor.bias();
    float[] biases = bias == null ? null : editor.tensor(bias).toDense().toFloatArray();
    if (biases != null) {
      params = BiasQuantizer.weightParamsFor(biases, input.scale(0), params);
    }
    weights.put(fqn(anchor.weight()), params);
    DenseTensor codes =
        DenseTensor.ofBytes(
            dataType(params.type()), TensorQuantizer.quantize(values, sizes, params), sizes);
    AtenNode node = editor.graph().node(anchor.node().name());
    replaceConstant(node, "weight", anchor.weight(), codes, params.scales());
    if (bias != null && biases != null) {
      BiasQuantizer.QuantizedBias quantized =
          BiasQuantizer.quantize(biases, input.scale(0), params.scales());
      DenseTensor biasCodes = DenseTensor.ofInts(quantized.codes(), biases.length);
      replaceConstant(
          editor.graph().node(anchor.node().name()), "bias", bias, biasCodes, quantized.scales());
    }
  }

  /// Puts codes and their dequantization in the place of a float constant.
  private void replaceConstant(
      AtenNode node, String argument, String value, DenseTensor codes, float[] scales) {
    String fqn = fqn(value);
    TensorMeta meta = editor.graph().meta(value);
    editor
        .graph()
        .replaceNode(node.name(), List.of(node.withArgument(argument, AtenArgument.tensor(""))));
    editor.removeState(value);
    String coded = editor.addBuffer(fqn, TorchTensor.of(codes));
    TorchDtype dtype = TorchDtype.fromOnnx(codes.dataType()).orElseThrow();
    QuantType type = quantType(codes.dataType());
    AtenNode reader = editor.graph().node(node.name());
    String result;
    if (perChannel) {
      String scale =
          editor.addBuffer(
              editor.freshFqn(fqn + "_scale"),
              TorchTensor.of(DenseTensor.ofFloats(scales, scales.length)));
      result =
          editor.insertBefore(
              reader,
              "dequantize_per_channel",
              new AtenOp(NAMESPACE, "dequantize_per_channel", "default"),
              plain(meta),
              tensor("input", coded),
              tensor("scales", scale),
              NamedArgument.of("zero_points", new AtenArgument.None()),
              NamedArgument.of("axis", AtenArgument.of(0L)),
              NamedArgument.of("quant_min", AtenArgument.of((long) type.qmin())),
              NamedArgument.of("quant_max", AtenArgument.of((long) type.qmax())),
              NamedArgument.of("dtype", AtenArgument.of(dtype)));
    } else {
      List<NamedArgument> arguments = new ArrayList<>(List.of(tensor("input", coded)));
      arguments.addAll(grid(scales[0], 0, type, dtype));
      result =
          editor.insertBefore(
              reader,
              "dequantize_per_tensor",
              new AtenOp(NAMESPACE, "dequantize_per_tensor", "default"),
              plain(meta),
              arguments.toArray(NamedArgument[]::new));
    }
    AtenNode waiting = editor.graph().node(node.name());
    editor
        .graph()
        .replaceNode(
            node.name(), List.of(waiting.withArgument(argument, AtenArgument.tensor(result))));
  }

  private void quantizeValue(String value, QuantParams params) {
    QuantType type = params.type();
    TorchDtype dtype = TorchDtype.fromOnnx(dataType(type)).orElseThrow();
    List<NamedArgument> grid = grid(params.scale(0), params.zeroPoint(0), type, dtype);
    AtenNode producer = producer(value);
    Map<String, String> metadata =
        producer == null
            ? editor.graph().usersOf(value).getFirst().metadata()
            : producer.metadata();
    TensorMeta meta = editor.graph().meta(value);
    String quantized = editor.graph().freshName("quantize_per_tensor");
    String dequantized = editor.graph().freshName("dequantize_per_tensor");
    AtenNode quantize = call(quantized, "quantize_per_tensor", value, grid, metadata);
    AtenNode dequantize = call(dequantized, "dequantize_per_tensor", quantized, grid, metadata);
    // Readers inside the graph only: what the program returns stays in float.
    editor.graph().replaceUses(value, dequantized, node -> true);
    if (producer == null) {
      editor.graph().insertFirst(dequantize).insertFirst(quantize);
    } else {
      editor.graph().insertAfter(producer.name(), quantize).insertAfter(quantized, dequantize);
    }
    editor.graph().setMeta(quantized, meta.withDtype(dtype)).setMeta(dequantized, meta);
  }

  private @Nullable AtenNode producer(String value) {
    return editor.graph().nodes().stream()
        .filter(node -> node.outputNames().contains(value))
        .findFirst()
        .orElse(null);
  }

  private String fqn(String value) {
    return Objects.requireNonNull(ProgramEditor.fqn(editor.build(), value), value);
  }

  private static AtenNode call(
      String name,
      String op,
      String input,
      List<NamedArgument> grid,
      Map<String, String> metadata) {
    List<NamedArgument> arguments = new ArrayList<>(List.of(tensor("input", input)));
    arguments.addAll(grid);
    return AtenNode.of(name, new AtenOp(NAMESPACE, op, "default"), arguments, metadata);
  }

  private static List<NamedArgument> grid(
      float scale, int zeroPoint, QuantType type, TorchDtype dtype) {
    return List.of(
        NamedArgument.of("scale", AtenArgument.of((double) scale)),
        NamedArgument.of("zero_point", AtenArgument.of((long) zeroPoint)),
        NamedArgument.of("quant_min", AtenArgument.of((long) type.qmin())),
        NamedArgument.of("quant_max", AtenArgument.of((long) type.qmax())),
        NamedArgument.of("dtype", AtenArgument.of(dtype)));
  }

  /// Facts of a constant that is computed now: it needs no gradient.
  private static TensorMeta plain(TensorMeta meta) {
    return new TensorMeta(
        meta.dtype(),
        meta.sizes(),
        false,
        meta.device(),
        meta.strides(),
        meta.storageOffset(),
        meta.layout());
  }

  private static NamedArgument tensor(String name, String value) {
    return NamedArgument.of(name, AtenArgument.tensor(value));
  }

  private static DataType dataType(QuantType type) {
    return DataType.fromOnnx(type.onnxNumber()).orElseThrow();
  }

  private static QuantType quantType(DataType type) {
    return switch (type) {
      case INT8 -> QuantType.INT8;
      case UINT8 -> QuantType.UINT8;
      case INT32 -> QuantType.INT32;
      default -> throw new IllegalArgumentException("no codes of type " + type);
    };
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
