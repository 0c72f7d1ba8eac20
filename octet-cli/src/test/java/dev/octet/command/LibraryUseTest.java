package dev.octet.command;

import static dev.octet.command.CommandLines.M5;
import static dev.octet.command.CommandLines.WORDS;
import static dev.octet.command.CommandLines.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.SampleOptions;
import dev.octet.data.SampleSource;
import dev.octet.data.SampleSources;
import dev.octet.inspect.ModelInspector;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.runtime.Progress;
import dev.octet.runtime.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lines that the README shows, run.
class LibraryUseTest {
  @Test
  void aFewLinesQuantizeAModel(@TempDir Path folder) {
    Path exported = folder.resolve("m5.onnx");
    Path prepared = folder.resolve("m5_prepared.onnx");
    run("export", M5, "-o", exported);
    run("prepare", exported, "-o", prepared);

    Model model = ModelReader.read(prepared);
    List<TensorSpec> inputs = TensorSpec.inputsOf(model);
    SampleSource samples =
        SampleSources.open(WORDS, inputs, SampleOptions.DEFAULT).balancedSample(70, 0);
    QuantizationScheme scheme = QuantizationScheme.standard();
    CalibrationNeeds needs = QuantizationPlanner.needs(model, scheme);
    CalibrationTable table =
        Calibrator.run(model, "m5", needs, samples, CalibrationOptions.DEFAULT, Progress.NONE);
    QuantizationPlan plan = QuantizationPlanner.plan(model, scheme, table);
    ModelWriter.write(PlanRewriter.rewrite(model, plan).model(), folder.resolve("m5_int8.onnx"));

    Model int8 = ModelReader.read(folder.resolve("m5_int8.onnx"));
    assertThat(ModelInspector.inspect(int8).compute().quantizedShare()).isEqualTo(1.0);
  }
}
