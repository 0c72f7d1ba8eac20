package dev.octet.command;

import dev.octet.flow.InspectFlow;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Show what is in a model: operators, inputs and outputs, constants (initializers and Constant"
          + " nodes told apart), sizes by type, and how much of it is quantized."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet inspect m5_int8.onnx",
      "  octet inspect m5_int8.onnx --nodes --initializers",
      "  octet inspect m5_int8.onnx --tensor block1.block.0.weight_quantized",
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "An .onnx or .pt2 file, or a checkpoint (.pth, .pt, .safetensors).")
  private @Nullable Path model;

  @Option(
      names = "--tensor",
      paramLabel = "NAME",
      description = "Show one tensor: shape, type, scale, zero point and values. Repeatable.")
  private List<String> tensors = List.of();

  @Option(names = "--nodes", description = "List every node.")
  private boolean nodes;

  @Option(names = "--initializers", description = "List every constant tensor.")
  private boolean initializers;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    InspectFlow.Request request =
        new InspectFlow.Request(
            Options.given(model),
            tensors,
            nodes ? InspectFlow.Listing.ALL : InspectFlow.Listing.NONE,
            initializers ? InspectFlow.Listing.ALL : InspectFlow.Listing.NONE);
    InspectFlow.Result found = InspectFlow.run(request);
    result.show(found.json(), found::report);
    return ExitCodes.OK;
  }
}
