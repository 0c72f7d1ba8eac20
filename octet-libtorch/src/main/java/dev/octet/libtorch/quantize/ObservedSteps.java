package dev.octet.libtorch.quantize;

import static dev.octet.libtorch.quantize.Calls.integer;
import static dev.octet.libtorch.quantize.Calls.number;
import static dev.octet.libtorch.quantize.Calls.tensor;

import dev.octet.ir.DenseTensor;
import dev.octet.libtorch.quantize.QuantizationPoints.Constant;
import dev.octet.libtorch.quantize.QuantizationPoints.Group;
import dev.octet.numeric.CodeRange;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TensorQuantizer;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/// Step sizes that follow what is seen: activations' a moving average of their extremes, or what
/// calibration found; weights' the largest magnitude they have now.
///
/// @param program holds the constants to start from
/// @param observing whether activations' ranges follow the data
record ObservedSteps(ExportedProgram program, boolean observing) implements Rounding {
  /// Weight of a new batch in the moving average of an activation's range.
  private static final double AVERAGING = 0.01;

  @Override
  public String first(Calls calls, Group group, boolean still) {
    QuantParams grid = group.grid();
    QuantType type = grid.type();
    float scale = grid.scale(0);
    int zeroPoint = grid.zeroPoint(0);
    String root = group.root();
    return calls.add(
        root + "_rounded",
        "fused_moving_avg_obs_fake_quant",
        "default",
        tensor("self", root),
        tensor("observer_on", calls.flag(observing && !still)),
        tensor("fake_quant_on", calls.flag(true)),
        tensor("running_min", calls.floats(root + ".min", (type.qmin() - zeroPoint) * scale)),
        tensor("running_max", calls.floats(root + ".max", (type.qmax() - zeroPoint) * scale)),
        tensor("scale", calls.floats(scale(root), scale)),
        tensor("zero_point", calls.ints(zeroPoint(root), zeroPoint)),
        number("averaging_const", AVERAGING),
        integer("quant_min", type.qmin()),
        integer("quant_max", type.qmax()),
        integer("ch_axis", -1));
  }

  @Override
  public String again(Calls calls, Group group, String value) {
    return perTensor(
        calls,
        value,
        calls.known(scale(group.root())),
        calls.known(zeroPoint(group.root())),
        new CodeRange(group.grid().type().qmin(), group.grid().type().qmax()));
  }

  /// The constant on the grid the converter will choose for it: its largest magnitude now, not what
  /// it has been, over the codes on one side of 0. A grid with another zero point stands still.
  @Override
  public String constant(Calls calls, Constant constant, String value) {
    CodeRange codes = constant.rule().codes();
    if (!follows(constant)) {
      QuantParams start = start(constant);
      return perTensor(
          calls,
          value,
          calls.floats(scale(constant.value()), start.scale(0)),
          calls.ints(zeroPoint(constant.value()), start.zeroPoint(0)),
          codes);
    }
    List<Long> sizes = program.tensorOf(constant.value()).orElseThrow().sizes();
    int axis = constant.channelAxis().orElse(-1);
    long[] reduced =
        IntStream.range(0, sizes.size()).filter(i -> i != axis).asLongStream().toArray();
    String still = calls.add("weight_now", "detach", "default", tensor("self", value));
    String size = calls.add("magnitude", "abs", "default", tensor("self", still));
    String largest =
        calls.add(
            "largest",
            "amax",
            "default",
            tensor("self", size),
            NamedArgument.of("dim", AtenArgument.ints(reduced)));
    String step =
        calls.add("step", "div", "Tensor", tensor("self", largest), number("other", codes.max()));
    String scale =
        calls.add(
            "weight_scale",
            "clamp_min",
            "default",
            tensor("self", step),
            number("min", Float.MIN_NORMAL));
    int channels = axis < 0 ? 1 : sizes.get(axis).intValue();
    String zeroPoint = calls.ints(zeroPoint(constant.value()), new int[channels]);
    if (axis < 0) {
      return perTensor(calls, value, scale, zeroPoint, codes);
    }
    return calls.add(
        "weight_rounded",
        "fake_quantize_per_channel_affine",
        "default",
        tensor("self", value),
        tensor("scale", scale),
        tensor("zero_point", zeroPoint),
        integer("axis", axis),
        integer("quant_min", codes.min()),
        integer("quant_max", codes.max()));
  }

  @Override
  public QuantParams grid(ExportedProgram trained, Group group) {
    return QuantParams.perTensor(
        group.grid().type(),
        (float) dense(trained, scale(group.root())).doubleAt(0),
        (int) dense(trained, zeroPoint(group.root())).longAt(0));
  }

  @Override
  public Optional<QuantParams> grid(ExportedProgram trained, Constant constant) {
    return follows(constant) ? Optional.empty() : Optional.of(start(constant));
  }

  static DenseTensor dense(ExportedProgram trained, String name) {
    return Objects.requireNonNull(trained.state().get(Calls.STATE + name), name).toDense();
  }

  private static String perTensor(
      Calls calls, String value, String scale, String zeroPoint, CodeRange codes) {
    return calls.add(
        "rounded",
        "fake_quantize_per_tensor_affine",
        "tensor_qparams",
        tensor("self", value),
        tensor("scale", scale),
        tensor("zero_point", zeroPoint),
        integer("quant_min", codes.min()),
        integer("quant_max", codes.max()));
  }

  private static boolean follows(Constant constant) {
    return constant.channelAxis().isPresent() || constant.rule().symmetry() == Symmetry.SYMMETRIC;
  }

  private QuantParams start(Constant constant) {
    DenseTensor tensor = program.tensorOf(constant.value()).orElseThrow().toDense();
    return TensorQuantizer.chooseParams(
        tensor.toFloatArray(),
        new ArrayList<>(tensor.dims()).stream().mapToLong(Long::longValue).toArray(),
        dev.octet.numeric.Granularity.perTensor(),
        constant.rule());
  }

  private static String scale(String name) {
    return name + ".scale";
  }

  private static String zeroPoint(String name) {
    return name + ".zero_point";
  }
}
