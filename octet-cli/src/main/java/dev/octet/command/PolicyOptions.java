package dev.octet.command;

import dev.octet.calibrate.OverridesFile;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// The options that say what goes on which grid, on the ONNX side and on the PyTorch side.
final class PolicyOptions {
  @Option(
      names = "--activations",
      paramLabel = "TYPE",
      description =
          "Type of activations: uint8, int8, uint16, int16, uint4, int4, float8e4m3fn. Default:"
              + " what the target multiplies fastest.")
  private @Nullable QuantType activations;

  @Option(
      names = "--weights",
      paramLabel = "TYPE",
      description = "Type of weights: as --activations. Default: int8.")
  private @Nullable QuantType weights;

  @ArgGroup private @Nullable Granularity granularity;

  @Option(
      names = "--reduce-range",
      description = "7-bit weights everywhere. --target avx2 does so only where it is needed.")
  private boolean reduceRange;

  @Option(
      names = "--activation-symmetry",
      paramLabel = "HOW",
      description =
          "asymmetric (default), symmetric, or restricted: a zero point at the end or in the middle"
              + " of the range. Symmetric activations after a Relu are slow in ONNX Runtime.")
  private @Nullable Symmetry activationSymmetry;

  @Option(
      names = "--weight-symmetry",
      paramLabel = "HOW",
      description = "symmetric (default) or asymmetric, which needs one scale a weight or block.")
  private @Nullable Symmetry weightSymmetry;

  @Option(
      names = "--min-real-range",
      paramLabel = "WIDTH",
      description = "Least width of any range; keeps scales of nearly constant tensors usable.")
  private @Nullable Double minRealRange;

  @Option(
      names = "--only-op",
      paramLabel = "GLOB",
      description = "Quantize only operators of this type. Repeatable.")
  private List<String> onlyOps = List.of();

  @Option(
      names = "--only-node",
      paramLabel = "GLOB",
      description = "Quantize only nodes of this name. Repeatable.")
  private List<String> onlyNodes = List.of();

  @Option(
      names = "--keep-op",
      paramLabel = "GLOB",
      description = "Keep operators of this type in float. Repeatable.")
  private List<String> keepOps = List.of();

  @Option(
      names = "--keep-node",
      paramLabel = "GLOB",
      description = "Keep nodes of this name in float. Repeatable.")
  private List<String> keepNodes = List.of();

  @Option(
      names = "--overrides",
      paramLabel = "FILE",
      description =
          "Choices for single operators, nodes and tensors as JSON: {\"tensors\": {\"<name or"
              + " glob>\": {\"type\": \"int16\"}}}, \"nodes\" and \"operators\" alike. Fields:"
              + " float, type, symmetric, reduceRange, granularity, minRealRange, min and max,"
              + " scale and zeroPoint, channels, axis, convert. Where types meet, conversions are"
              + " added.")
  private @Nullable Path overrides;

  /// How many scales a weight has: one of these.
  private static final class Granularity {
    @Option(
        names = "--per-channel",
        description = "A scale for each output channel of a weight (default).")
    private boolean perChannel;

    @Option(names = "--per-tensor", description = "One scale for each weight.")
    private boolean perTensor;

    @Option(
        names = "--block",
        paramLabel = "N",
        description = "A scale for each N numbers of a channel; raises the opset to 21.")
    private @Nullable Integer block;

    WeightGranularity chosen() {
      if (block != null) {
        return WeightGranularity.perBlock(block);
      }
      return perTensor && !perChannel
          ? WeightGranularity.PER_TENSOR
          : WeightGranularity.PER_CHANNEL;
    }
  }

  /// What was said of everything; open where nothing was.
  Policy policy() {
    Policy.Builder policy = Policy.builder();
    if (activations != null) {
      policy.activationType(activations);
    }
    if (activationSymmetry != null) {
      policy.activationSymmetry(activationSymmetry);
    }
    if (weights != null) {
      policy.weightType(weights);
    }
    if (weightSymmetry != null) {
      policy.weightSymmetry(weightSymmetry);
    }
    if (granularity != null) {
      policy.granularity(granularity.chosen());
    }
    if (reduceRange) {
      policy.span(CodeSpan.REDUCED);
    }
    if (minRealRange != null) {
      policy.minimumRealRange(minRealRange);
    }
    return policy.build();
  }

  List<String> onlyOps() {
    return onlyOps;
  }

  List<String> onlyNodes() {
    return onlyNodes;
  }

  List<String> keepOps() {
    return keepOps;
  }

  List<String> keepNodes() {
    return keepNodes;
  }

  List<QuantizationScheme.Layer> overrides() {
    return overrides == null ? List.of() : OverridesFile.read(overrides);
  }

  /// The scheme these options ask for, over `standard`.
  ///
  /// @throws dev.octet.diagnostic.OctetException (USAGE) listing everything that contradicts itself
  QuantizationScheme over(Policy standard) {
    return QuantizationScheme.builder()
        .defaults(policy().over(standard))
        .onlyOpTypes(onlyOps)
        .onlyNodes(onlyNodes)
        .exceptOpTypes(keepOps)
        .exceptNodes(keepNodes)
        .layers(overrides())
        .build();
  }
}
