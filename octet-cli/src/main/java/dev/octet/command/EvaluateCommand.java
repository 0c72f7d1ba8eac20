package dev.octet.command;

import dev.octet.flow.EvaluateFlow;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measure models side by side on the same samples: size, accuracy, inference time at batch 1"
          + " and 32, and agreement. The first model is what the others are compared with.",
      "Times are medians of interleaved runs, so that all models meet the same conditions. Programs"
          + " (.pt2) have none: libtorch runs them operator by operator."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet evaluate m5_fp32.onnx m5_int8.onnx --data test.zip",
      "  octet evaluate \"FP32=m5.onnx\" \"Int8=m5_int8.onnx\" --data test.zip --report table.html",
    })
final class EvaluateCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "[NAME=]MODEL",
      description = "Models (.onnx or .pt2), each with a column title if you like.")
  private List<String> models = List.of();

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ResultOptions result = new ResultOptions();

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads a model may use while timed. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--max-drop",
      paramLabel = "POINTS",
      description =
          "Exit 3 when a model loses more accuracy against the first, in percentage points.")
  private @Nullable Double maxDrop;

  @Override
  public Integer call() {
    result.check();
    EvaluateFlow.Request request =
        Options.checked(
            "MODEL",
            () ->
                new EvaluateFlow.Request(
                    models.stream().map(EvaluateFlow.Contestant::parse).toList(),
                    data.request(),
                    threads));
    EvaluateFlow.Result found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = EvaluateFlow.run(request, progress);
    }
    result.show(found.json(), found::report);
    return maxDrop == null || found.largestDrop() <= maxDrop
        ? ExitCodes.OK
        : ExitCodes.VERDICT_NOT_MET;
  }
}
