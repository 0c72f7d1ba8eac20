package dev.octet.flow;

import dev.octet.calibrate.CalibrationFile;
import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.calibrate.Checkpoint;
import dev.octet.calibrate.PeerCalibrationFile;
import dev.octet.calibrate.SavedCalibration;
import dev.octet.calibrate.Shard;
import dev.octet.calibrate.TensorRtTable;
import dev.octet.data.InputStatistics;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.WeightGranularity;
import dev.octet.report.Report;
import dev.octet.report.Section;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A float model and samples in, a table of ranges with its statistics out; or the tables of
/// several parts in, that of all of them out.
public final class CalibrateFlow {
  /// Samples whose inputs are looked at before the work.
  private static final int LOOKED_AT = 32;

  private CalibrateFlow() {}

  /// @param model float ONNX file
  /// @param samples to run
  /// @param method how ranges are chosen
  /// @param activations type the ranges are for
  /// @param symmetry of the ranges
  /// @param shard which part of the samples to run
  /// @param checkpoint where to keep progress and go on from; empty for nowhere
  /// @param batchSize samples a run
  public record Request(
      Path model,
      SampleRequest samples,
      CalibrationMethod method,
      QuantType activations,
      Symmetry symmetry,
      Shard shard,
      Optional<Checkpoint> checkpoint,
      int batchSize) {}

  /// @param table ours, with statistics
  /// @param peerCache that of onnxruntime.quantization
  /// @param tensorRt folder of TensorRT's tables
  public record Outputs(Path table, Optional<Path> peerCache, Optional<Path> tensorRt) {
    private void check() {
      OutputFile.checked(table);
      peerCache.ifPresent(OutputFile::checked);
      tensorRt.ifPresent(folder -> OutputFile.checked(folder.resolve("calibration.cache")));
    }

    private void write(SavedCalibration saved, CalibrationTable ranges) {
      CalibrationFile.write(saved, table);
      peerCache.ifPresent(file -> PeerCalibrationFile.write(ranges, file));
      tensorRt.ifPresent(folder -> TensorRtTable.write(ranges, folder));
    }
  }

  /// @param output the table written
  /// @param saved what was seen
  /// @param table the ranges
  /// @param inputs statistics of the first samples' inputs, a line each; none after a merge
  public record Result(
      String output, SavedCalibration saved, CalibrationTable table, List<String> inputs) {

    /// What `octet calibrate --json` prints.
    public record Json(
        String output,
        long samples,
        long samplesInAll,
        boolean complete,
        Map<String, CalibrationTable.Entry> values) {}

    public Json json() {
      return new Json(
          output,
          saved.calibration().samples(),
          saved.origin().samples(),
          saved.isComplete(),
          table.entries());
    }

    public Report report() {
      List<Section> sections = new ArrayList<>();
      long run = saved.calibration().samples();
      sections.add(
          new Section.Paragraph(
              "",
              List.of(
                  saved.isComplete()
                      ? "%,d values observed on %,d samples.".formatted(table.entries().size(), run)
                      : "%,d values observed on %,d of %,d samples: join this part with the others by"
                              .formatted(table.entries().size(), run, saved.origin().samples())
                          + " octet calibrate --merge.")));
      if (!inputs.isEmpty()) {
        sections.add(new Section.Paragraph("Inputs of the first samples", inputs));
      }
      sections.add(new Section.Paragraph("Ranges", table.lines()));
      return new Report("Calibrated to " + output, sections);
    }
  }

  /// @throws OctetException when the model or a sample cannot be used, or a value is not finite
  public static Result run(Request request, Outputs outputs, Stages stages) {
    outputs.check();
    request.checkpoint().ifPresent(checkpoint -> OutputFile.checked(checkpoint.file()));
    if (request.batchSize() < 1) {
      throw OctetException.usage(
          "bad-option", "--batch-size", "must be at least 1, not " + request.batchSize(), "");
    }
    ModelFile.Onnx file = ModelFile.readComputing(request.model());
    Model model = file.model();
    List<TensorSpec> specs = TensorSpec.inputsOf(model);
    SampleSource samples = Samples.open(request.samples(), file, specs);
    String name = String.valueOf(request.model().getFileName());
    InputStatistics inputs = InputStatistics.of(name, specs, samples, LOOKED_AT);
    CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme(request));
    if (outputs.peerCache().isPresent() || outputs.tensorRt().isPresent()) {
      needs = withEveryValue(model, needs, request);
    }
    CalibrationOptions.Builder chosen =
        CalibrationOptions.builder().batchSize(request.batchSize()).shard(request.shard());
    request.checkpoint().ifPresent(chosen::checkpoint);
    CalibrationOptions options = chosen.build();
    SavedCalibration saved =
        Calibrator.observeToSave(model, name, needs, samples, options, stages.begin("calibrating"));
    return written(saved, outputs, inputs.lines());
  }

  /// @param parts tables written with a shard each
  /// @throws OctetException when a file is no such table, or they do not belong together
  public static Result merge(List<Path> parts, Outputs outputs) {
    outputs.check();
    return written(
        SavedCalibration.merged(parts.stream().map(CalibrationFile::readStatistics).toList()),
        outputs,
        List.of());
  }

  private static Result written(SavedCalibration saved, Outputs outputs, List<String> inputs) {
    CalibrationTable table = saved.table();
    outputs.write(saved, table);
    return new Result(outputs.table().toString(), saved, table, inputs);
  }

  /// Other tools ask for ranges that our plans share or derive: of every value that is not
  /// constant.
  private static CalibrationNeeds withEveryValue(
      Model model, CalibrationNeeds needs, Request request) {
    Map<String, CalibrationNeeds.Need> all = new LinkedHashMap<>();
    GridRule rule = new GridRule(request.activations(), request.symmetry(), CodeSpan.FULL, 0);
    for (Value value : model.graph().values()) {
      boolean constant =
          value.isConstant() || value.producer().filter(node -> node.is("Constant")).isPresent();
      if (!constant) {
        all.put(value.name(), new CalibrationNeeds.Need(value.name(), request.method(), rule));
      }
    }
    needs.needs().forEach(need -> all.put(need.value(), need));
    return new CalibrationNeeds(List.copyOf(all.values()));
  }

  private static QuantizationScheme scheme(Request request) {
    return QuantizationScheme.builder()
        .defaults(
            Policy.builder()
                .calibration(request.method())
                .activations(request.activations(), request.symmetry())
                // How weights are scaled changes no range, and not every opset allows channels.
                .granularity(WeightGranularity.PER_TENSOR)
                .build())
        .build();
  }
}
