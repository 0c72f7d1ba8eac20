package dev.octet.command;

import dev.octet.align.Tolerance;
import dev.octet.flow.AlignFlow;
import dev.octet.flow.Evidence;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "align",
    mixinStandardHelpOptions = true,
    description = {
      "Compare two models number by number, as numpy.testing.assert_allclose does: their outputs,"
          + " and with --layers every value inside them.",
      "Each model may be a PyTorch program (.pt2, run on libtorch) or an ONNX model (run on ONNX"
          + " Runtime). Without --data they run on random inputs of three sizes of every dynamic"
          + " dimension, with ONNX Runtime's optimizer off and on. Exits 0 when they agree, 3 when"
          + " they do not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet align m5.pt2 m5.onnx --data test.zip --rtol 1e-3 --atol 1e-5",
      "  octet align m5.pt2 m5.onnx --layers",
      "  octet align m5.onnx m5_int8.onnx --data test.zip --rtol 0.1 --atol 0.1 --json",
    })
final class AlignCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A", description = "The reference model.")
  private @Nullable Path reference;

  @Parameters(index = "1", paramLabel = "B", description = "The model measured against it.")
  private @Nullable Path other;

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ResultOptions result = new ResultOptions();

  @Option(
      names = "--rtol",
      defaultValue = "1e-3",
      description = "Relative tolerance. Default: ${DEFAULT-VALUE}.")
  private double rtol;

  @Option(
      names = "--atol",
      defaultValue = "1e-5",
      description = "Absolute tolerance. Default: ${DEFAULT-VALUE}.")
  private double atol;

  @Option(
      names = "--layers",
      description =
          "Compare every value inside that both models compute, by its place in both, and name the"
              + " first that departs: in ULPs, or in quantization steps where values are"
              + " quantized.")
  private boolean layers;

  @Option(
      names = "--min-agreement",
      paramLabel = "SHARE",
      description =
          "Ask for this share (0 to 1) of equal top-1 predictions instead of numbers within the"
              + " tolerances.")
  private @Nullable Double minAgreement;

  @Override
  public Integer call() {
    result.check();
    Tolerance tolerance = Options.checked("--rtol/--atol", () -> new Tolerance(rtol, atol));
    AlignFlow.Request request =
        new AlignFlow.Request(
            Options.given(reference),
            Options.given(other),
            data.optionalRequest(),
            tolerance,
            layers ? Evidence.Depth.LAYERS : Evidence.Depth.OUTPUTS);
    AlignFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = AlignFlow.run(request, progress);
    }
    result.show(found.json(), found::report);
    boolean met = minAgreement == null ? found.pass() : found.top1Agreement() >= minAgreement;
    return met ? ExitCodes.OK : ExitCodes.VERDICT_NOT_MET;
  }
}
