package dev.octet.command;

import dev.octet.flow.PtqFlow;
import dev.octet.flow.QuantizedOutput;
import dev.octet.libtorch.quantize.PtqOptions;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "ptq",
    mixinStandardHelpOptions = true,
    description = {
      "Quantize a PyTorch program after training, on libtorch, and export the result to ONNX.",
      "Batch normalization is folded, activations are observed, weights become int8 with one scale"
          + " for each output channel, biases int32. What goes on a grid is decided as octet"
          + " quantize decides it for the exported model; nodes and tensors are named as there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet ptq m5.pt2 --data train.zip --samples 500 -o m5_ptq.onnx",
      "  octet ptq m5.pt2 --data train.zip -o m5_ptq.onnx --program m5_ptq.pt2 --observer minmax"
          + " --per-tensor",
    })
final class PtqCommand implements Callable<Integer> {
  @Mixin private ProgramOptions program = new ProgramOptions();
  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    PtqOptions options = program.quantization();
    result.check();
    PtqFlow.Request request = new PtqFlow.Request(program.request(), data.request(), options);
    QuantizedOutput found;
    try (TerminalProgress progress = TerminalProgress.create()) {
      found = PtqFlow.run(request, progress);
    }
    result.show(found, () -> found.report(List.of()));
    return ExitCodes.OK;
  }
}
