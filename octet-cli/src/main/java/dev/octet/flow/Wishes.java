package dev.octet.flow;

import dev.octet.ir.Model;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TypeBorders;
import dev.octet.target.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What the user asks of a scheme; what is left open is chosen for the target.
///
/// @param format how integer arithmetic is written down
/// @param policy choices for everything, open where the user said nothing
/// @param onlyOps globs of the only operator types to quantize; empty for all
/// @param onlyNodes globs of the only nodes to quantize; empty for all
/// @param keepOps globs of operator types to keep in float
/// @param keepNodes globs of nodes to keep in float
/// @param overrides choices for single tensors, laid over everything else
/// @param askedStyle names and sharing in the file; empty for compact ones
/// @param askedTarget the processor the model is to run on; empty for this machine's
/// @param manner whose rules decide
public record Wishes(
    OutputFormat format,
    Policy policy,
    List<String> onlyOps,
    List<String> onlyNodes,
    List<String> keepOps,
    List<String> keepNodes,
    List<QuantizationScheme.Layer> overrides,
    Optional<OutputStyle> askedStyle,
    Optional<Target> askedTarget,
    Manner manner) {
  /// Nothing asked for, for this machine.
  public static final Wishes NONE =
      new Wishes(
          OutputFormat.QDQ,
          Policy.OPEN,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          new Manner.Octet());

  /// Whose rules decide what is quantized and how.
  public sealed interface Manner {
    record Octet() implements Manner {}

    /// Those of `onnxruntime.quantization`: the same file from the same ranges.
    ///
    /// @param options file of its arguments by their own names; other wishes go before it
    record OnnxRuntime(Optional<Path> options) implements Manner {}
  }

  public Wishes {
    onlyOps = List.copyOf(onlyOps);
    onlyNodes = List.copyOf(onlyNodes);
    keepOps = List.copyOf(keepOps);
    keepNodes = List.copyOf(keepNodes);
    overrides = List.copyOf(overrides);
  }

  /// Names and sharing in the file.
  OutputStyle style() {
    return askedStyle.orElse(OutputStyle.COMPACT);
  }

  /// The processor the model is to run on.
  Target target() {
    return askedTarget.orElseGet(Target::here);
  }

  /// The policy for everything, complete: what the user asks, over what suits the target, over the
  /// standard.
  Policy complete() {
    QuantType weights = policy.weightType();
    boolean plain = weights == null || weights == QuantType.INT8;
    Policy suiting =
        plain && format.needsCalibration()
            ? Policy.builder().activations(target().activations(), Symmetry.ASYMMETRIC).build()
            : Policy.OPEN;
    return policy.over(suiting).over(Policy.STANDARD);
  }

  /// The scheme for one way of choosing ranges.
  ///
  /// @throws dev.octet.diagnostic.OctetException (USAGE) listing everything that contradicts itself
  QuantizationScheme scheme(CalibrationMethod method) {
    return QuantizationScheme.builder()
        .defaults(complete().toBuilder().calibration(method).build())
        .onlyOpTypes(onlyOps)
        .onlyNodes(onlyNodes)
        .exceptOpTypes(keepOps)
        .exceptNodes(keepNodes)
        .format(format)
        .style(style())
        .layers(overrides)
        .build();
  }

  /// The scheme for one model: where overrides make types meet, with conversions between them.
  ///
  /// @throws dev.octet.diagnostic.OctetException (USAGE) as [#scheme(CalibrationMethod)], and when
  ///     an override names nothing of the model or puts a node between two types
  QuantizationScheme scheme(CalibrationMethod method, Model model) {
    QuantizationScheme scheme = scheme(method);
    return overrides.isEmpty() || format != OutputFormat.QDQ
        ? scheme
        : TypeBorders.convert(scheme, model);
  }

  /// Whether the user left the type of activations to the target.
  boolean leavesActivationsOpen() {
    return Objects.isNull(policy.activationType());
  }
}
