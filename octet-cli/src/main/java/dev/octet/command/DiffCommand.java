package dev.octet.command;

import dev.octet.align.Tolerance;
import dev.octet.flow.DiffFlow;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = {
      "Compare the weights and biases of two ONNX models layer by layer.",
      "Layers are paired by their place in the graph, not by name; quantized tensors are"
          + " dequantized first, wherever their scales are kept. Exits 0 when all are within the"
          + " tolerances, 3 when not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet diff m5_int8.onnx m5_ptq.onnx",
      "  octet diff m5_fp32.onnx m5_int8.onnx --rtol 0.05 --atol 0.01 --json",
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "A", description = "The reference model.")
  private @Nullable Path reference;

  @Parameters(index = "1", paramLabel = "B", description = "The model measured against it.")
  private @Nullable Path other;

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

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    Tolerance tolerance = Options.checked("--rtol/--atol", () -> new Tolerance(rtol, atol));
    DiffFlow.Result found = DiffFlow.run(Options.given(reference), Options.given(other), tolerance);
    result.show(found.json(), found::report);
    return found.pass() ? ExitCodes.OK : ExitCodes.VERDICT_NOT_MET;
  }
}
