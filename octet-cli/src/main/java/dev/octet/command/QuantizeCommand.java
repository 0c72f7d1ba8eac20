package dev.octet.command;

import dev.octet.flow.QuantizeFlow;
import dev.octet.numeric.QuantType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.OutputStyle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    description = {
      "Quantize an ONNX model to int8 (static, QDQ): run samples through it to learn the ranges of"
          + " its activations, plan, rewrite, and check the result against the float model on"
          + " samples held back from calibration.",
      "By default several ways of choosing ranges compete on the held-back samples, from one pass"
          + " over the data; the best is used, and the table says why."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet quantize m5.onnx --data train.zip --samples 1000 -o m5_int8.onnx",
      "  octet quantize m5.onnx --data train.zip --method minmax -o m5_int8.onnx --plan",
      "  octet quantize m5.onnx --data train.zip --keep-node 'block1*' -o m5_int8.onnx",
    })
final class QuantizeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "A float .onnx file.")
  private @Nullable Path model;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The quantized model to write.")
  private @Nullable Path output;

  @Option(
      names = "--method",
      defaultValue = "auto",
      paramLabel = "METHOD",
      description =
          "How activation ranges are chosen: auto, minmax, mse, entropy, percentile:P (such as"
              + " percentile:99.99). Default: ${DEFAULT-VALUE}.")
  private String method = "auto";

  @Option(
      names = "--activations",
      defaultValue = "UINT8",
      description = "Type of activations: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private EightBits activations = EightBits.UINT8;

  @Option(
      names = "--weights-per-tensor",
      description = "One scale for each weight instead of one for each output channel.")
  private boolean weightsPerTensor;

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
      names = "--min-agreement",
      paramLabel = "SHARE",
      description = "Exit 3 below this share (0 to 1) of equal top-1 predictions.")
  private @Nullable Double minAgreement;

  @Option(
      names = "--min-sqnr",
      paramLabel = "DB",
      description = "Exit 3 below this signal-to-quantization-noise ratio of the output.")
  private @Nullable Double minSqnr;

  @Option(names = "--plan", description = "Print the whole plan: every node and tensor.")
  private boolean plan;

  @Mixin private ResultOptions result = new ResultOptions();

  /// The activation types with kernels in ONNX Runtime.
  enum EightBits {
    UINT8(QuantType.UINT8),
    INT8(QuantType.INT8);

    private final QuantType type;

    EightBits(QuantType type) {
      this.type = type;
    }
  }

  @Override
  public Integer call() {
    result.check();
    QuantizeFlow.Request request =
        new QuantizeFlow.Request(
            Options.given(model),
            Options.given(output),
            data.request(),
            method(),
            activations.type,
            weightsPerTensor ? QuantizeFlow.Weights.PER_TENSOR : QuantizeFlow.Weights.PER_CHANNEL,
            keepOps,
            keepNodes,
            style);
    QuantizeFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = QuantizeFlow.run(request, progress);
    }
    result.show(found.json(), plan ? found::reportWithPlan : found::report);
    boolean met =
        found.meets(
            minAgreement == null ? OptionalDouble.empty() : OptionalDouble.of(minAgreement),
            minSqnr == null ? OptionalDouble.empty() : OptionalDouble.of(minSqnr));
    return met ? ExitCodes.OK : ExitCodes.VERDICT_NOT_MET;
  }

  private Optional<CalibrationMethod> method() {
    return method.equalsIgnoreCase("auto")
        ? Optional.empty()
        : Optional.of(Options.calibration(method));
  }
}
