package dev.octet.command;

import dev.octet.calibrate.OverridesFile;
import dev.octet.diagnostic.OctetException;
import dev.octet.flow.Wishes;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.OutputStyle;
import dev.octet.plan.Policy;
import dev.octet.plan.WeightGranularity;
import dev.octet.target.Target;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// The options that say what a quantized model is to be like.
final class SchemeOptions {
  @ArgGroup private @Nullable Form form;

  @Option(
      names = "--target",
      paramLabel = "CPU",
      description =
          "The processor the model is to run on: avx2, avx512, avx-vnni, avx512-vnni, arm64 or"
              + " portable. Decides the type of activations, and where weights get 7 bits because"
              + " sums of two products could leave 16. Default: this machine's.")
  private @Nullable String target;

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
      names = "--style",
      defaultValue = "COMPACT",
      description =
          "Names and sharing in the file: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private OutputStyle style = OutputStyle.COMPACT;

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

  @Option(
      names = "--compat",
      paramLabel = "TOOL",
      description =
          "onnxruntime: quantize by the rules and names of Python's onnxruntime.quantization, all"
              + " samples calibrating; --per-channel is then off unless given.")
  private @Nullable Compat compat;

  @Option(
      names = "--peer-options",
      paramLabel = "FILE",
      description =
          "With --compat onnxruntime: the script's arguments of quantize_static or quantize_dynamic"
              + " as JSON, by their own names: {\"per_channel\": true, \"extra_options\":"
              + " {\"DedicatedQDQPair\": true}}. What other options here say goes before it.")
  private @Nullable Path peerOptions;

  /// Tools whose rules can be asked for.
  private enum Compat {
    ONNXRUNTIME
  }

  /// How integer arithmetic is written down: one of the two.
  private static final class Form {
    @Option(
        names = "--format",
        paramLabel = "FORM",
        description =
            "qdq: float operators between quantizing nodes, which ONNX Runtime fuses (default);"
                + " qoperator: integer operators themselves.")
    private @Nullable OutputFormat format;

    @Option(
        names = "--dynamic",
        description =
            "Quantize activations while the model runs, each tensor to its range of the moment:"
                + " needs no samples. For transformers and recurrent networks.")
    private boolean dynamic;
  }

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

  Wishes wishes() {
    return new Wishes(
        format(),
        policy(),
        onlyOps,
        onlyNodes,
        keepOps,
        keepNodes,
        overrides == null ? List.of() : OverridesFile.read(overrides),
        style,
        target(),
        manner());
  }

  private Wishes.Manner manner() {
    if (compat == Compat.ONNXRUNTIME) {
      return new Wishes.Manner.OnnxRuntime(Optional.ofNullable(peerOptions));
    }
    if (peerOptions != null) {
      throw OctetException.usage(
          "options-contradict",
          "--peer-options",
          "are arguments of onnxruntime.quantization, whose rules were not asked for",
          "add --compat onnxruntime, or leave out --peer-options");
    }
    return new Wishes.Manner.Octet();
  }

  private OutputFormat format() {
    if (form == null) {
      return OutputFormat.QDQ;
    }
    return form.dynamic || form.format == null ? OutputFormat.DYNAMIC : form.format;
  }

  private Target target() {
    if (target == null) {
      return Target.here();
    }
    return Target.parse(target)
        .orElseThrow(
            () ->
                OctetException.usage(
                    "bad-option",
                    "--target",
                    "'" + target + "' is no target known here",
                    "one of " + Target.names()));
  }

  private Policy policy() {
    Policy policy = Policy.OPEN;
    if (activations != null) {
      policy = policy.withActivationType(activations);
    }
    if (activationSymmetry != null) {
      policy = policy.withActivationSymmetry(activationSymmetry);
    }
    if (weights != null) {
      policy = policy.withWeightType(weights);
    }
    if (weightSymmetry != null) {
      policy = policy.withWeightSymmetry(weightSymmetry);
    }
    if (granularity != null) {
      WeightGranularity chosen = granularity.chosen();
      policy = policy.withGranularity(chosen);
    }
    if (reduceRange) {
      policy = policy.withSpan(CodeSpan.REDUCED);
    }
    if (minRealRange != null) {
      policy = policy.withMinimumRealRange(minRealRange);
    }
    return policy;
  }
}
