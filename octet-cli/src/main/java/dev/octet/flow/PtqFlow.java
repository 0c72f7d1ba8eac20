package dev.octet.flow;

import dev.octet.data.SampleSource;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.quantize.Ptq;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.libtorch.quantize.QuantizedProgram;
import java.nio.file.Path;
import java.util.Optional;

/// A float program and samples in, a quantized program and its export out.
public final class PtqFlow {
  private PtqFlow() {}

  /// @param program .pt2 file
  /// @param output ONNX file to write
  /// @param quantizedProgram .pt2 file to write; empty for none
  /// @param samples to observe activations on
  /// @param options how to quantize
  public record Request(
      Path program,
      Path output,
      Optional<Path> quantizedProgram,
      SampleRequest samples,
      PtqOptions options) {}

  /// @throws dev.octet.diagnostic.OctetException when the program or a sample cannot be used
  public static QuantizedOutput run(Request request, Stages stages) {
    OutputFile.checked(request.output());
    request.quantizedProgram().ifPresent(OutputFile::checked);
    ModelFile.Torch file = ModelFile.readProgram(request.program());
    SampleSource samples;
    try (LibtorchInterpreter runner =
        new LibtorchInterpreter(String.valueOf(file.path()), file.program())) {
      samples = Samples.open(request.samples(), file, runner);
    }
    QuantizedProgram quantized =
        Ptq.quantize(file.program(), samples, request.options(), stages.begin("observing"));
    return QuantizedOutput.write(
        quantized, request.program(), request.output(), request.quantizedProgram());
  }
}
