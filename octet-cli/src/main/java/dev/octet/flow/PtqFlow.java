package dev.octet.flow;

import dev.octet.data.SampleSource;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.quantize.Ptq;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.libtorch.quantize.QuantizedProgram;

/// A float program and samples in, a quantized program and its export out.
public final class PtqFlow {
  private PtqFlow() {}

  /// @param program the program and the files to write
  /// @param samples to observe activations on
  /// @param options how to quantize
  public record Request(ProgramRequest program, SampleRequest samples, PtqOptions options) {}

  /// @throws dev.octet.diagnostic.OctetException when the program or a sample cannot be used
  public static QuantizedOutput run(Request request, Stages stages) {
    ModelFile.Torch file = request.program().open();
    SampleSource samples;
    try (LibtorchInterpreter runner =
        new LibtorchInterpreter(String.valueOf(file.path()), file.program())) {
      samples = Samples.open(request.samples(), file, runner);
    }
    QuantizedProgram quantized =
        Ptq.quantize(file.program(), samples, request.options(), stages.begin("observing"));
    return QuantizedOutput.write(quantized, request.program());
  }
}
