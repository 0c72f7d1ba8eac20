package dev.octet.libtorch.quantize;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.numeric.BiasQuantizer;
import dev.octet.numeric.Granularity;
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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes a quantized program, in the form PyTorch's own converters use: float operators between
/// `quantized_decomposed` pairs that put values on their grids, weights as int8 codes, biases as
/// int32 codes whose scale is that of the products they are added to. Integer kernels then compute
/// exactly what the float operators here compute.
final class Converter {
  private static final String NAMESPACE = "quantized_decomposed";

  private final ProgramEditor editor;
  private final Grids grids;
  private final Map<String, QuantParams> weights = new LinkedHashMap<>();

  private Converter(ExportedProgram program, Grids grids) {
    this.editor = new ProgramEditor(program);
    this.grids = grids;
  }

  /// The grids to convert with.
  ///
  /// @param activations of each group, by its root
  /// @param weights of constants, by the graph input that holds them; those not listed take what
  ///     their numbers and their rule say
  record Grids(Map<String, QuantParams> activations, Map<String, QuantParams> weights) {}

  /// Converts a program.
  ///
  /// @param program without foldable batch normalization
  static QuantizedProgram convert(ExportedProgram program, QuantizationPoints points, Grids grids) {
    Converter converter = new Converter(program, grids);
    points.constants().forEach(converter::quantizeConstant);
    for (QuantizationPoints.Group group : points.groups()) {
      QuantParams grid = converter.activation(group.root());
      group.sites().forEach(site -> converter.quantizeValue(site, grid));
    }
    converter.editor.removeUnreadState();
    return new QuantizedProgram(
        converter.editor.build(), grids.activations(), converter.weights, points.kept());
  }

  private QuantParams activation(String root) {
    return Objects.requireNonNull(grids.activations().get(root), root);
  }

  private void quantizeConstant(QuantizationPoints.Constant constant) {
    TorchTensor weight = editor.tensor(constant.value());
    float[] values = weight.toDense().toFloatArray();
    long[] sizes = longs(weight.sizes());
    Granularity granularity =
        constant.channelAxis().isPresent()
            ? Granularity.perChannel(constant.channelAxis().getAsInt())
            : Granularity.perTensor();
    QuantParams params =
        Optional.ofNullable(grids.weights().get(constant.value()))
            .orElseGet(
                () -> TensorQuantizer.chooseParams(values, sizes, granularity, constant.rule()));
    QuantizationPoints.Bias bias = constant.bias().orElse(null);
    float[] biases = bias == null ? null : editor.tensor(bias.value()).toDense().toFloatArray();
    if (bias != null && biases != null) {
      float input = activation(bias.group()).scale(0);
      params = BiasQuantizer.weightParamsFor(biases, input, params);
      BiasQuantizer.QuantizedBias quantized =
          BiasQuantizer.quantize(biases, input, params.scales());
      replaceConstant(
          constant.call(),
          bias.argument(),
          bias.value(),
          DenseTensor.ofInts(quantized.codes(), biases.length),
          new QuantParams(
              QuantType.INT32,
              params.count() > 1 ? Granularity.perChannel(0) : Granularity.perTensor(),
              quantized.scales(),
              new int[quantized.scales().length]));
    }
    weights.put(fqn(constant.value()), params);
    DenseTensor codes =
        DenseTensor.ofBytes(
            dataType(params.type()), TensorQuantizer.quantize(values, sizes, params), sizes);
    replaceConstant(constant.call(), constant.argument(), constant.value(), codes, params);
  }

  /// Puts codes and their dequantization in the place of a float constant, for one reader.
  private void replaceConstant(
      String call, String argument, String value, DenseTensor codes, QuantParams params) {
    String fqn = fqn(value);
    TensorMeta meta = plain(editor.graph().meta(value));
    AtenNode reader = editor.graph().node(call);
    editor
        .graph()
        .replaceNode(call, List.of(reader.withArgument(argument, AtenArgument.tensor(""))));
    if (editor.graph().usersOf(value).isEmpty()) {
      editor.removeState(value);
    }
    String coded = editor.addBuffer(editor.freshFqn(fqn), TorchTensor.of(codes));
    TorchDtype dtype = TorchDtype.fromOnnx(codes.dataType()).orElseThrow();
    String result =
        switch (params.granularity()) {
          case Granularity.PerChannel(int axis) -> {
            String scale =
                editor.addBuffer(
                    editor.freshFqn(fqn + "_scale"),
                    TorchTensor.of(DenseTensor.ofFloats(params.scales(), params.count())));
            yield editor.insertBefore(
                editor.graph().node(call),
                "dequantize_per_channel",
                new AtenOp(NAMESPACE, "dequantize_per_channel", "default"),
                meta,
                tensor("input", coded),
                tensor("scales", scale),
                NamedArgument.of("zero_points", new AtenArgument.None()),
                NamedArgument.of("axis", AtenArgument.of((long) axis)),
                NamedArgument.of("quant_min", AtenArgument.of((long) params.type().qmin())),
                NamedArgument.of("quant_max", AtenArgument.of((long) params.type().qmax())),
                NamedArgument.of("dtype", AtenArgument.of(dtype)));
          }
          case Granularity.PerTensor _, Granularity.PerBlock _ -> {
            List<NamedArgument> arguments = new ArrayList<>(List.of(tensor("input", coded)));
            arguments.addAll(grid(params, dtype));
            yield editor.insertBefore(
                editor.graph().node(call),
                "dequantize_per_tensor",
                new AtenOp(NAMESPACE, "dequantize_per_tensor", "default"),
                meta,
                arguments.toArray(NamedArgument[]::new));
          }
        };
    AtenNode waiting = editor.graph().node(call);
    editor
        .graph()
        .replaceNode(call, List.of(waiting.withArgument(argument, AtenArgument.tensor(result))));
  }

  private void quantizeValue(QuantizationPoints.Site site, QuantParams params) {
    String value = site.value();
    TorchDtype dtype = TorchDtype.fromOnnx(dataType(params.type())).orElseThrow();
    List<NamedArgument> grid = grid(params, dtype);
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
    editor.graph().replaceUses(value, dequantized, site::isReadBy);
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

  private static List<NamedArgument> grid(QuantParams params, TorchDtype dtype) {
    return List.of(
        NamedArgument.of("scale", AtenArgument.of((double) params.scale(0))),
        NamedArgument.of("zero_point", AtenArgument.of((long) params.zeroPoint(0))),
        NamedArgument.of("quant_min", AtenArgument.of((long) params.type().qmin())),
        NamedArgument.of("quant_max", AtenArgument.of((long) params.type().qmax())),
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

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
