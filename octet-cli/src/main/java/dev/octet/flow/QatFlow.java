package dev.octet.flow;

import dev.octet.data.HeldBack;
import dev.octet.data.SampleSource;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.quantize.Qat;
import dev.octet.libtorch.quantize.QatOptions;
import dev.octet.libtorch.train.EpochResult;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.TensorSpec;
import java.util.List;
import java.util.Optional;

/// A float program and samples in, a program trained as quantized and its export out.
public final class QatFlow {
  private QatFlow() {}

  /// @param program the program and the files to write
  /// @param train samples to learn from, labelled where labels are learned
  /// @param validation samples that choose the best epoch; empty to hold a tenth back
  /// @param options how to train
  public record Request(
      ProgramRequest program,
      SampleRequest train,
      Optional<SampleRequest> validation,
      QatOptions options) {}

  /// @param output files written
  /// @param history one entry an epoch; accuracies are those of the network as quantized
  public record Result(QuantizedOutput output, List<EpochResult> history) {
    public int epochs() {
      return history.size();
    }

    public Report report() {
      List<Section> epochs = List.of(TrainFlow.table(history));
      return output.report(epochs);
    }
  }

  /// @param epochs hears of each epoch as it ends
  /// @throws dev.octet.diagnostic.OctetException when the program or a sample cannot be used
  public static Result run(Request request, Stages stages, TrainingListener epochs) {
    ModelFile.Torch file = request.program().open();
    List<TensorSpec> inputs;
    try (LibtorchInterpreter runner =
        new LibtorchInterpreter(String.valueOf(file.path()), file.program())) {
      inputs = runner.inputs();
    }
    SampleSource all = Samples.open(request.train(), file, inputs);
    HeldBack parts =
        request
            .validation()
            .map(other -> new HeldBack(all, Samples.open(other, file, inputs)))
            .orElseGet(() -> TrainFlow.heldBack(all, request.options().training().seed()));
    Qat.Result trained =
        Qat.train(
            file.program(),
            parts.used(),
            parts.held(),
            request.options(),
            TrainFlow.listener(stages.begin("training"), epochs));
    QuantizedOutput output = QuantizedOutput.write(trained.quantized(), request.program());
    return new Result(output, trained.history());
  }
}
