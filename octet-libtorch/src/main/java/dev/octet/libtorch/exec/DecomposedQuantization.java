package dev.octet.libtorch.exec;

import static dev.octet.libtorch.exec.Compositions.aten;
import static dev.octet.libtorch.exec.Compositions.clamp;
import static dev.octet.libtorch.exec.Compositions.composed;
import static dev.octet.libtorch.exec.Compositions.to;

import dev.octet.libtorch.exec.Compositions.Given;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/// The operators of `quantized_decomposed`, which Python registers and libtorch therefore lacks,
/// composed of ATen operators in the order of PyTorch's own definitions, so that results are equal
/// to the last bit: `q = clamp(round(x · (1/scale)) + zero_point)`, with the reciprocal rounded to
/// the input's type; `x = (q − zero_point) · scale`.
final class DecomposedQuantization {
  private static final double MACHINE_EPSILON = Math.ulp(1f);
  private static final TorchValue LAST_AXIS = TorchValue.ofInts(-1);

  private DecomposedQuantization() {}

  /// The composition behind an operator; empty when it is not one of these.
  static Optional<Kernel> find(AtenOp op) {
    if (!op.namespace().equals("quantized_decomposed")) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (op.name()) {
          case "quantize_per_tensor" ->
              composed(
                  "input scale zero_point quant_min quant_max dtype",
                  given -> List.of(quantizePerTensor(given)));
          case "dequantize_per_tensor" ->
              composed(
                  "input scale zero_point quant_min quant_max dtype out_dtype",
                  given -> List.of(dequantizePerTensor(given)));
          case "quantize_per_channel" ->
              composed(
                  "input scales zero_points axis quant_min quant_max dtype",
                  given -> List.of(quantizePerChannel(given)));
          case "dequantize_per_channel" ->
              composed(
                  "input scales zero_points axis quant_min quant_max dtype out_dtype",
                  given -> List.of(dequantizePerChannel(given)));
          case "choose_qparams" ->
              composed("input quant_min quant_max eps dtype", DecomposedQuantization::chooseAffine);
          case "choose_qparams_symmetric" ->
              composed(
                  "input quant_min quant_max eps dtype", DecomposedQuantization::chooseSymmetric);
          case "choose_qparams_per_token_asymmetric", "_choose_qparams_per_token_asymmetric_impl" ->
              composed("input dtype", DecomposedQuantization::choosePerToken);
          case "quantize_per_token" ->
              composed(
                  "input scales zero_points quant_min quant_max dtype",
                  given -> List.of(quantizePerToken(given)));
          case "dequantize_per_token" ->
              composed(
                  "input scales zero_points quant_min quant_max dtype output_dtype",
                  given -> List.of(dequantizePerToken(given)));
          case "quantize_per_channel_group" ->
              composed(
                  "input scales zero_points quant_min quant_max dtype group_size",
                  given -> List.of(quantizeGroups(given)));
          case "dequantize_per_channel_group" ->
              composed(
                  "input scales zero_points quant_min quant_max dtype group_size output_dtype",
                  given -> List.of(dequantizeGroups(given)));
          case "fake_quant_per_channel" ->
              composed(
                  "input scales zero_points axis quant_min quant_max",
                  given -> List.of(fakeQuantizePerChannel(given)));
          case "choose_qparams_per_token" ->
              composed("input dtype", DecomposedQuantization::choosePerTokenSymmetric);
          case "convert_element_type" ->
              composed("input dtype", given -> List.of(to(given.get("input"), given.get("dtype"))));
          default -> null;
        });
  }

  private static TorchValue quantizePerTensor(Given given) {
    TorchValue inverse = TorchValue.of(1.0 / given.get("scale").asDouble());
    TorchValue steps = aten("round", "", aten("mul", "Tensor", given.get("input"), inverse));
    TorchValue moved = aten("add", "Tensor", steps, number(given.get("zero_point")));
    return clampTo(moved, given);
  }

  private static TorchValue dequantizePerTensor(Given given) {
    TorchValue wide = to(given.get("input"), given.type("out_dtype"));
    TorchValue centred = aten("sub", "Tensor", wide, number(given.get("zero_point")));
    TorchValue scale = TorchValue.of(given.get("scale").asDouble());
    return aten("mul", "Tensor", centred, scale);
  }

  private static TorchValue quantizePerChannel(Given given) {
    TorchValue scales = alongAxis(given, given.get("scales"));
    TorchValue zeroPoints = alongAxis(given, given.get("zero_points"));
    TorchValue inverse = aten("reciprocal", "", scales);
    TorchValue steps = aten("round", "", aten("mul", "Tensor", given.get("input"), inverse));
    return clampTo(aten("add", "Tensor", steps, zeroPoints), given);
  }

  private static TorchValue dequantizePerChannel(Given given) {
    TorchValue scales = alongAxis(given, given.get("scales"));
    TorchValue codes = given.get("input");
    TorchValue centred =
        given.get("zero_points") instanceof TorchValue.None
            ? codes
            : aten("sub", "Tensor", codes, alongAxis(given, given.get("zero_points")));
    return to(aten("mul", "Tensor", centred, scales), given.type("out_dtype"));
  }

  private static List<TorchValue> chooseAffine(Given given) {
    long low = given.get("quant_min").asInt();
    long high = given.get("quant_max").asInt();
    float[] range = rangeWithZero(given.get("input"));
    float scale = Math.max((range[1] - range[0]) / (float) (high - low), epsilon(given));
    long zeroPoint = low - (long) Math.rint(range[0] / scale);
    return parameters(scale, Math.clamp(zeroPoint, low, high));
  }

  private static List<TorchValue> chooseSymmetric(Given given) {
    long low = given.get("quant_min").asInt();
    long high = given.get("quant_max").asInt();
    float[] range = rangeWithZero(given.get("input"));
    float width = Math.max(-range[0], range[1]);
    float scale = Math.max(width / (float) ((high - low) / 2.0), epsilon(given));
    boolean unsigned = given.get("dtype").asInt() == 0;
    return parameters(scale, unsigned ? 128 : 0);
  }

  private static List<TorchValue> choosePerToken(Given given) {
    TorchValue input = given.get("input");
    TorchValue keep = TorchValue.of(true);
    TorchValue zero = TorchValue.of(0.0);
    TorchValue low = clamp(aten("amin", "", input, LAST_AXIS, keep), TorchValue.none(), zero);
    TorchValue high = clamp(aten("amax", "", input, LAST_AXIS, keep), zero, TorchValue.none());
    TorchValue width =
        aten("div", "Tensor", aten("sub", "Tensor", high, low), TorchValue.of(255.0));
    TorchValue scale = clamp(width, TorchValue.of(MACHINE_EPSILON), TorchValue.none());
    TorchValue fromLow = aten("div", "Tensor", low, scale);
    TorchValue fromHigh = aten("div", "Tensor", high, scale);
    TorchValue error =
        aten(
            "add",
            "Tensor",
            aten("add", "Tensor", fromLow, TorchValue.of(-128L)),
            aten("add", "Tensor", fromHigh, TorchValue.of(127L)));
    TorchValue zeroPoint =
        aten(
            "where",
            "self",
            aten("gt", "Scalar", error, TorchValue.of(0L)),
            aten("rsub", "Scalar", fromLow, TorchValue.of(-128L)),
            aten("rsub", "Scalar", fromHigh, TorchValue.of(127L)));
    TorchValue rounded =
        aten("round", "", clamp(zeroPoint, TorchValue.of(-128L), TorchValue.of(127L)));
    return List.of(
        to(scale, TorchValue.of((long) TorchDtype.FLOAT64.c10Number())),
        to(rounded, TorchValue.of((long) TorchDtype.INT64.c10Number())));
  }

  private static TorchValue quantizePerToken(Given given) {
    TorchValue inverse = aten("reciprocal", "", given.get("scales"));
    TorchValue scaled = aten("mul", "Tensor", given.get("input"), inverse);
    TorchValue moved = aten("add", "Tensor", scaled, given.get("zero_points"));
    return clampTo(aten("round", "", moved), given);
  }

  private static TorchValue dequantizePerToken(Given given) {
    TorchValue centred = aten("sub", "Tensor", given.get("input"), given.get("zero_points"));
    TorchValue scaled = aten("mul", "Tensor", centred, given.get("scales"));
    return to(scaled, given.type("output_dtype"));
  }

  private static TorchValue quantizeGroups(Given given) {
    TorchValue inverse = aten("reciprocal", "", column(given.get("scales")));
    TorchValue scaled = aten("mul", "Tensor", groups(given), inverse);
    TorchValue moved = aten("add", "Tensor", scaled, column(given.get("zero_points")));
    return like(clampTo(aten("round", "", moved), given), given);
  }

  private static TorchValue dequantizeGroups(Given given) {
    TorchValue codes = groups(given);
    TorchValue centred =
        given.get("zero_points") instanceof TorchValue.None
            ? codes
            : aten("sub", "Tensor", codes, column(given.get("zero_points")));
    TorchValue numbers = aten("mul", "Tensor", centred, column(given.get("scales")));
    return to(like(numbers, given), given.type("output_dtype"));
  }

  private static TorchValue fakeQuantizePerChannel(Given given) {
    TorchValue scales = alongAxis(given, given.get("scales"));
    TorchValue zeroPoints = alongAxis(given, given.get("zero_points"));
    TorchValue inverse = aten("reciprocal", "", scales);
    TorchValue steps = aten("round", "", aten("mul", "Tensor", given.get("input"), inverse));
    TorchValue codes =
        clamp(
            aten("add", "Tensor", steps, zeroPoints),
            number(given.get("quant_min")),
            number(given.get("quant_max")));
    return aten("mul", "Tensor", aten("sub", "Tensor", codes, zeroPoints), scales);
  }

  private static List<TorchValue> choosePerTokenSymmetric(Given given) {
    TorchValue reach =
        aten("amax", "", aten("abs", "", given.get("input")), LAST_AXIS, TorchValue.of(true));
    TorchValue scale =
        aten(
            "div",
            "Tensor",
            clamp(reach, TorchValue.of(1e-5), TorchValue.none()),
            TorchValue.of(127L));
    return List.of(scale, aten("zeros_like", "", scale));
  }

  private static TorchValue groups(Given given) {
    long width = given.get("input").asTensor().size(-1);
    long size = Math.min(given.get("group_size").asInt(), width);
    return aten("reshape", "", given.get("input"), TorchValue.ofInts(-1, size));
  }

  private static TorchValue column(TorchValue scales) {
    return aten("reshape", "", scales, TorchValue.ofInts(-1, 1));
  }

  private static TorchValue like(TorchValue rows, Given given) {
    return aten("view_as", "", rows, given.get("input"));
  }

  private static TorchValue clampTo(TorchValue value, Given given) {
    TorchValue low = TorchValue.of(given.get("quant_min").asInt());
    TorchValue high = TorchValue.of(given.get("quant_max").asInt());
    return to(clamp(value, low, high), given.get("dtype"));
  }

  private static TorchValue alongAxis(Given given, TorchValue vector) {
    Tensor input = given.get("input").asTensor();
    long[] sizes = new long[(int) input.dim()];
    Arrays.fill(sizes, 1);
    int axis = (int) given.get("axis").asInt();
    sizes[axis < 0 ? axis + sizes.length : axis] = vector.asTensor().numel();
    return aten("reshape", "", vector, TorchValue.ofInts(sizes));
  }

  private static float[] rangeWithZero(TorchValue input) {
    List<TorchValue> ends = Operator.require("aten::aminmax", "").call(input);
    float low = (float) ends.get(0).asDouble();
    float high = (float) ends.get(1).asDouble();
    return new float[] {Math.min(low, 0), Math.max(high, 0)};
  }

  private static float epsilon(Given given) {
    return (float) given.get("eps").asDouble();
  }

  private static List<TorchValue> parameters(float scale, long zeroPoint) {
    TorchValue scales =
        to(
            TorchValue.of(Tensors.of(new float[] {scale}, 1)),
            TorchValue.of((long) TorchDtype.FLOAT64.c10Number()));
    return new ArrayList<>(List.of(scales, TorchValue.of(Tensors.of(new long[] {zeroPoint}, 1))));
  }

  private static TorchValue number(TorchValue integer) {
    return TorchValue.of(integer.asInt());
  }
}
