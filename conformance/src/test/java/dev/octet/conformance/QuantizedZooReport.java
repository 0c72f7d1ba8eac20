package dev.octet.conformance;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.libtorch.quantize.Ptq;
import dev.octet.libtorch.quantize.PtqOptions;
import dev.octet.libtorch.quantize.Qat;
import dev.octet.libtorch.quantize.QatOptions;
import dev.octet.libtorch.quantize.QuantizedProgram;
import dev.octet.libtorch.train.EpochResult;
import dev.octet.libtorch.train.LearningRate;
import dev.octet.libtorch.train.Objective;
import dev.octet.libtorch.train.TrainingListener;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.target.Target;
import dev.octet.testkit.ArchiveSamples;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.transform.rules.StandardPipelines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// Quantizes every archive of a folder made by `make_zoo.py` after training, and compares three
/// things: the float program, the quantized program on libtorch, and its export on ONNX Runtime.
public final class QuantizedZooReport {
  private QuantizedZooReport() {}

  /// @param verdict whether it could be quantized
  /// @param grids groups of values and constants on grids; products left in float
  /// @param signal of the quantized program against the float one, in dB
  /// @param exported of the exported model against the quantized program, node by node, in dB
  /// @param kernels the same on this processor's integer kernels
  /// @param trained loss after the first and the last epoch of training
  private record Row(
      String name,
      String verdict,
      String grids,
      String signal,
      String exported,
      String kernels,
      String trained) {
    static Row without(String name, String verdict) {
      return new Row(name, verdict, "", "", "", "", "");
    }

    @Override
    public String toString() {
      return "| %s | %s | %s | %s | %s | %s | %s |"
          .formatted(name, verdict, grids, signal, exported, kernels, trained);
    }
  }

  private static boolean isFloat(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".pt2") && !name.startsWith("q_");
  }

  /// @param args folder of the archives, file to write, the largest archive to take and the largest
  ///     to train, in MB
  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    long limit = Long.parseLong(args[2]) << 20;
    long largestTrained = Long.parseLong(args[3]) << 20;
    List<Row> rows = new ArrayList<>();
    List<Path> archives;
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      archives = files.filter(QuantizedZooReport::isFloat).sorted().toList();
    }
    for (Path archive : archives) {
      if (Files.size(archive) <= limit) {
        Row row = row(archive, largestTrained);
        System.err.println(row);
        rows.add(row);
      }
    }
    Files.write(Path.of(args[1]), lines(rows, Long.parseLong(args[3])));
  }

  private static List<String> lines(List<Row> rows, long trainable) {
    List<String> lines = new ArrayList<>();
    lines.add("# What quantizes on the PyTorch side");
    lines.add("");
    lines.add(
        "Written by `QuantizedZooReport` from archives made with `conformance/python/make_zoo.py`,"
            + " random weights:");
    lines.add(
        "`octet ptq`'s defaults, calibrated on the three samples beside the archive. *Signal* is"
            + " the quantized program's");
    lines.add(
        "against the float one's outputs; *export* the exported model's, node by node on ONNX"
            + " Runtime, against the quantized program's on");
    lines.add(
        "libtorch; *kernels* the same with its optimizer on, on the integer kernels of the"
            + " processor"
            + " that made this page (%s); all as".formatted(Target.here()));
    lines.add(
        "signal-to-noise ratio in dB over all outputs. Above 120 dB the two compute the same codes"
            + " throughout; below, single numbers between");
    lines.add(
        "two codes fell the other way. Kernels that add two products in 16 bits (`avx2`, `avx512`)"
            + " saturate on weights of 8 bits, which");
    lines.add(
        "`--reduce-range` avoids. *Trained* is the loss of imitating the float program (`--loss"
            + " mse`) after one and after three epochs of");
    lines.add("two steps; archives above %d MB were not trained here.".formatted(trainable));
    lines.add("");
    lines.add(
        "Random weights pass rounding on from layer to layer: of `tv_efficientnet_b0`, quantized at"
            + " the same");
    lines.add(
        "samples, `onnxruntime.quantization` keeps 17.3 dB with a scale a channel and 14.4 with one"
            + " a tensor,");
    lines.add("`octet ptq` 16.6, and 23.5 with `--activations uint16`, all without saturation.");
    lines.add("");
    long quantized = rows.stream().filter(row -> row.verdict().equals("quantized")).count();
    lines.add("%d of %d quantize.".formatted(quantized, rows.size()));
    lines.add("");
    lines.add("| program | verdict | on grids | signal | export | kernels | trained |");
    lines.add("|---|---|---|---:|---:|---:|---|");
    rows.forEach(row -> lines.add(row.toString()));
    return lines;
  }

  private static Row row(Path archive, long largestTrained) throws IOException {
    String name = String.valueOf(archive.getFileName()).replace(".pt2", "");
    try {
      ExportedProgram program = Pt2Reader.read(archive);
      Map<String, Tensor> inputs = inputs(archive, program);
      SampleSource samples =
          SampleSource.of(List.of(), List.of(new Sample("golden", inputs, OptionalInt.empty())));
      QuantizedProgram quantized =
          Ptq.quantize(program, samples, PtqOptions.STANDARD, Progress.NONE);
      Model model =
          TorchExporter.export(
              quantized.program(),
              ExportOptions.standard().withCleanUp(StandardPipelines.prepare()));
      List<Tensor> expected = run(new LibtorchInterpreter(name, program), inputs);
      List<Tensor> simulated = run(new LibtorchInterpreter(name, quantized.program()), inputs);
      List<Tensor> exported =
          run(InferenceSession.open(model, name, SessionOptions.UNCHANGED), inputs);
      List<Tensor> kernels =
          run(InferenceSession.open(model, name, SessionOptions.DEFAULT), inputs);
      return new Row(
          name,
          "quantized",
          "%d values, %d constants, %d products in float"
              .formatted(
                  quantized.activations().size(),
                  quantized.weights().size(),
                  quantized.kept().size()),
          "%.1f".formatted(signalToNoise(expected, simulated)),
          "%.1f".formatted(signalToNoise(simulated, exported)),
          "%.1f".formatted(signalToNoise(simulated, kernels)),
          Files.size(archive) <= largestTrained ? trained(program, samples) : "");
    } catch (OctetException refusal) {
      List<String> reasons = refusal.diagnostics().stream().map(Object::toString).toList();
      return Row.without(name, "refused: " + String.join("; ", reasons));
    } catch (RuntimeException failure) {
      if (System.getenv("ZOO_TRACE") != null) {
        failure.printStackTrace();
      }
      return Row.without(name, "FAILS: " + failure);
    }
  }

  private static String trained(ExportedProgram program, SampleSource samples) {
    QatOptions standard = QatOptions.STANDARD;
    List<EpochResult> history =
        Qat.train(
                program,
                SampleSource.of(
                    List.of(), Stream.concat(samples.samples(), samples.samples()).toList()),
                samples,
                standard.toBuilder()
                    .objective(new Objective.SquaredError())
                    .training(
                        standard.training().toBuilder()
                            .epochs(3)
                            .learningRate(new LearningRate.Constant(1e-4))
                            .build())
                    .build(),
                TrainingListener.SILENT)
            .history();
    return "%.2g → %.2g"
        .formatted(history.getFirst().validationLoss(), history.getLast().validationLoss());
  }

  private static Map<String, Tensor> inputs(Path archive, ExportedProgram program) {
    List<DenseTensor> given = ArchiveSamples.beside(archive).inputs();
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (String input : program.userInputNames()) {
      if (inputs.size() < given.size()) {
        inputs.put(input, given.get(inputs.size()));
      }
    }
    return inputs;
  }

  private static List<Tensor> run(ModelRunner runner, Map<String, Tensor> inputs) {
    try (runner) {
      return List.copyOf(runner.run(inputs).values());
    }
  }

  private static double signalToNoise(List<Tensor> expected, List<Tensor> actual) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < expected.size(); i++) {
      DenseTensor one = (DenseTensor) expected.get(i);
      DenseTensor other = (DenseTensor) actual.get(i);
      for (long k = 0; one.dataType().isFloat() && k < one.elementCount(); k++) {
        double value = one.doubleAt(k);
        double apart = value - other.doubleAt(k);
        signal += value * value;
        noise += apart * apart;
      }
    }
    return 10 * Math.log10(signal / Math.max(noise, signal * 1e-16));
  }
}
