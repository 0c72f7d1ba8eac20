package dev.octet.command;

import dev.octet.flow.QuantizeFlow;
import dev.octet.flow.QuantizeRequest;
import dev.octet.flow.QuantizeRequest.Bars;
import dev.octet.flow.QuantizeRequest.Changes;
import dev.octet.flow.QuantizeRequest.Ranges;
import dev.octet.flow.QuantizeResult;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "quantize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Quantize an ONNX model to integers: prepare it, run samples through it to learn the ranges"
          + " of its activations, plan, rewrite, and compare the result with the float model on"
          + " samples held back from calibration.",
      "With nothing else said, the types suit this machine's processor, several ways of choosing"
          + " ranges compete on the held-back samples, and parts that suffer too much stay in"
          + " float; the report says what was chosen and why."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet quantize m5.onnx --data train.zip -o m5_int8.onnx",
      "      everything left to Octet",
      "  octet quantize m5.onnx --data train.zip -o m5_int8.onnx --min-sqnr 30 --plan",
      "      exit 3 unless the output keeps 30 dB; show every node and tensor",
      "  octet quantize m5.onnx --data train.zip --method minmax -o m5_int8.onnx",
      "      one method, no competition, nothing kept in float for quality",
      "  octet quantize m5.onnx --data train.zip -o m5_avx2.onnx --target avx2",
      "      for processors without VNNI: 7-bit weights where 8 could saturate",
      "  octet quantize m5.onnx --data train.zip -o m5_mixed.onnx --keep-node 'block1*'",
      "      the first block in float",
      "  octet quantize bert.onnx -o bert_int8.onnx --dynamic",
      "      no samples needed",
    })
final class QuantizeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "A float .onnx file.")
  private @Nullable Path model;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The quantized model to write.")
  private @Nullable Path output;

  @Mixin private DataOptions data = new DataOptions();

  @ArgGroup private @Nullable RangeChoice ranges;

  @Mixin private SchemeOptions scheme = new SchemeOptions();

  @Option(
      names = "--float-budget",
      paramLabel = "SHARE",
      description =
          "Largest share (0 to 1) of the multiplications that may stay in float where quantizing"
              + " them costs too much quality. Default: 0.5, and 0 with --method.")
  private @Nullable Double floatBudget;

  @Option(
      names = "--no-prepare",
      description = "Quantize the graph as it is, without octet prepare's passes.")
  private boolean noPrepare;

  @Option(
      names = "--opset",
      paramLabel = "N",
      description = "Convert the model to this opset first. Default: only as far as needed.")
  private @Nullable Integer opset;

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      description = "Exit 3 below this share (0 to 1) of equal top-1 predictions.")
  private @Nullable Double minAgreement;

  @Option(
      names = "--min-sqnr",
      paramLabel = "DB",
      description = "Exit 3 below this signal-to-quantization-noise ratio of the worst output.")
  private @Nullable Double minSqnr;

  @Option(names = "--plan", description = "Print the whole plan: every node and tensor.")
  private boolean plan;

  @Mixin private ResultOptions result = new ResultOptions();

  /// Where ranges come from: one of the two.
  private static final class RangeChoice {
    @Option(
        names = "--method",
        paramLabel = "METHOD",
        description =
            "How activation ranges are chosen: auto (several compete, the default), minmax, mse,"
                + " mae, entropy, percentile[:P] (P percent of the values, 99.999 if not said),"
                + " distribution (float8), moving-average[:C] (0.01).")
    private @Nullable String method;

    @Option(
        names = "--calibration",
        paramLabel = "FILE",
        description =
            "Take ranges from this table, as octet calibrate writes it, instead of calibrating.")
    private @Nullable Path table;
  }

  @Override
  public Integer call() {
    result.check();
    QuantizeRequest request =
        new QuantizeRequest(
            Options.given(model),
            Options.given(output),
            data.optionalRequest(),
            ranges(),
            scheme.wishes(),
            new Changes(
                noPrepare ? Changes.Prepare.NO : Changes.Prepare.YES,
                opset == null ? OptionalInt.empty() : OptionalInt.of(opset)),
            optional(floatBudget),
            new Bars(optional(minAgreement), optional(minSqnr)));
    QuantizeResult found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = QuantizeFlow.run(request, progress);
    }
    result.show(found.json(), plan ? found::reportWithPlan : found::report);
    return found.met() ? ExitCodes.OK : ExitCodes.VERDICT_NOT_MET;
  }

  private Ranges ranges() {
    if (ranges == null) {
      return new Ranges.Competition();
    }
    if (ranges.table != null) {
      return new Ranges.Table(ranges.table);
    }
    String method = Options.given(ranges.method);
    return method.equalsIgnoreCase("auto")
        ? new Ranges.Competition()
        : new Ranges.Method(Options.calibration("--method", method));
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }
}
