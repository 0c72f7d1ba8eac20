package dev.octet.libtorch.quantize;

import static dev.octet.libtorch.quantize.Calls.integer;
import static dev.octet.libtorch.quantize.Calls.number;
import static dev.octet.libtorch.quantize.Calls.tensor;

import dev.octet.ir.DenseTensor;
import dev.octet.libtorch.quantize.QuantizationPoints.Constant;
import dev.octet.libtorch.quantize.QuantizationPoints.Group;
import dev.octet.numeric.CodeRange;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.QuantParams;
import dev.octet.torch.graph.ExportedProgram;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Step sizes that are trained with the network ("Learned Step Size Quantization", Esser et al.,
/// arXiv 1902.08153): they start at `2·mean|v| / √Qp`, `Qp` being the largest code, and their
/// gradients are scaled by `1 / √(N·Qp)` for `N` numbers that share one. Zero points stay where
/// calibration put them, and so does the whole grid of what callers pass.
///
/// What is trained is a step's ratio to its start: Adam moves every parameter by about the learning
/// rate, whatever its size, and steps differ by orders of magnitude.
///
/// @param folded the program with batch normalization folded, whose constants are what is rounded
/// @param activations what was seen of each group's values, by its root
record LearnedSteps(ExportedProgram folded, Map<String, Magnitude> activations)
    implements Rounding {
  /// A step never becomes smaller than this share of its start.
  private static final double LEAST = 1e-3;

  /// @param mean of the numbers' magnitudes
  /// @param count of numbers in one sample
  record Magnitude(double mean, long count) {}

  @Override
  public String first(Calls calls, Group group, boolean still) {
    String root = group.root();
    QuantParams grid = group.grid();
    Magnitude seen = Objects.requireNonNull(activations.get(root), root);
    long largest = largestCode(grid);
    float start = still ? grid.scale(0) : step(seen.mean(), largest);
    String scale = steps(calls, root, new float[] {start}, still);
    calls.floats(zeroPoint(root), grid.zeroPoint(0));
    return perTensor(calls, group, root, scale, 1 / Math.sqrt((double) seen.count() * largest));
  }

  @Override
  public String again(Calls calls, Group group, String value) {
    String root = group.root();
    String ratio = calls.known(ratio(root));
    return perTensor(calls, group, value, product(calls, calls.known(start(root)), ratio), 0);
  }

  @Override
  public String constant(Calls calls, Constant constant, String value) {
    DenseTensor tensor = folded.tensorOf(constant.value()).orElseThrow().toDense();
    CodeRange codes = constant.rule().codes();
    int axis = constant.channelAxis().orElse(-1);
    int channels = axis < 0 ? 1 : Math.toIntExact(tensor.dims().get(axis));
    double[] means = means(tensor, axis, channels);
    float[] starts = new float[channels];
    for (int c = 0; c < channels; c++) {
      starts[c] = step(means[c], codes.max());
    }
    String scale = steps(calls, constant.value(), starts, false);
    String zeroPoint = calls.floats(zeroPoint(constant.value()), new float[channels]);
    double count = (double) tensor.elementCount() / channels;
    double gradient = 1 / Math.sqrt(count * codes.max());
    return axis < 0
        ? calls.add(
            "weight_rounded",
            "_fake_quantize_learnable_per_tensor_affine",
            "default",
            tensor("self", value),
            tensor("scale", scale),
            tensor("zero_point", zeroPoint),
            integer("quant_min", codes.min()),
            integer("quant_max", codes.max()),
            number("grad_factor", gradient))
        : calls.add(
            "weight_rounded",
            "_fake_quantize_learnable_per_channel_affine",
            "default",
            tensor("self", value),
            tensor("scale", scale),
            tensor("zero_point", zeroPoint),
            integer("axis", axis),
            integer("quant_min", codes.min()),
            integer("quant_max", codes.max()),
            number("grad_factor", gradient));
  }

  @Override
  public QuantParams grid(ExportedProgram trained, Group group) {
    return QuantParams.perTensor(
        group.grid().type(), steps(trained, group.root())[0], group.grid().zeroPoint(0));
  }

  @Override
  public Optional<QuantParams> grid(ExportedProgram trained, Constant constant) {
    float[] scales = steps(trained, constant.value());
    Granularity granularity =
        constant.channelAxis().isPresent()
            ? Granularity.perChannel(constant.channelAxis().getAsInt())
            : Granularity.perTensor();
    return Optional.of(
        new QuantParams(constant.rule().type(), granularity, scales, new int[scales.length]));
  }

  private static String perTensor(
      Calls calls, Group group, String value, String scale, double gradient) {
    return calls.add(
        value + "_rounded",
        "_fake_quantize_learnable_per_tensor_affine",
        "default",
        tensor("self", value),
        tensor("scale", scale),
        tensor("zero_point", calls.known(zeroPoint(group.root()))),
        integer("quant_min", group.grid().type().qmin()),
        integer("quant_max", group.grid().type().qmax()),
        number("grad_factor", gradient));
  }

  private static String steps(Calls calls, String name, float[] starts, boolean still) {
    float[] ones = new float[starts.length];
    java.util.Arrays.fill(ones, 1);
    String start = calls.floats(start(name), starts);
    String ratio = still ? calls.floats(ratio(name), ones) : calls.trained(ratio(name), ones);
    return product(calls, start, ratio);
  }

  private static String product(Calls calls, String start, String ratio) {
    String kept =
        calls.add("ratio", "clamp_min", "default", tensor("self", ratio), number("min", LEAST));
    return calls.add("step", "mul", "Tensor", tensor("self", start), tensor("other", kept));
  }

  private static float[] steps(ExportedProgram trained, String name) {
    float[] starts = ObservedSteps.dense(trained, start(name)).toFloatArray();
    float[] ratios = ObservedSteps.dense(trained, ratio(name)).toFloatArray();
    float[] steps = new float[starts.length];
    for (int c = 0; c < steps.length; c++) {
      steps[c] = starts[c] * Math.max(ratios[c], (float) LEAST);
    }
    return steps;
  }

  private static long largestCode(QuantParams grid) {
    int above = grid.type().qmax() - grid.zeroPoint(0);
    return Math.max(above, grid.zeroPoint(0) - grid.type().qmin());
  }

  private static float step(double mean, long largest) {
    return (float) Math.max(2 * mean / Math.sqrt((double) largest), Float.MIN_NORMAL);
  }

  private static double[] means(DenseTensor tensor, int axis, int channels) {
    float[] data = tensor.toFloatArray();
    int inner = 1;
    for (int i = axis + 1; axis >= 0 && i < tensor.dims().size(); i++) {
      inner *= tensor.dims().get(i).intValue();
    }
    double[] sums = new double[channels];
    for (int i = 0; i < data.length; i++) {
      sums[axis < 0 ? 0 : i / inner % channels] += Math.abs(data[i]);
    }
    for (int c = 0; c < channels; c++) {
      sums[c] = sums[c] * channels / data.length;
    }
    return sums;
  }

  private static String start(String name) {
    return name + ".start";
  }

  private static String ratio(String name) {
    return name + ".ratio";
  }

  private static String zeroPoint(String name) {
    return name + ".zero_point";
  }
}
