package dev.octet.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.calibrate.CalibrationOptions;
import dev.octet.calibrate.Calibrator;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.Coverage;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.runtime.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several models quantized at once, by threads that share models, samples, schemes and options.
class ConcurrentUseTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 3;

  private static final SampleSource SAMPLES =
      SampleSource.of(IntStream.range(0, 40).mapToObj(ConcurrentUseTest::sample).toList());

  private static final List<Model> MODELS =
      List.of(
          model("c = Conv(x, w) r = Relu(c) f = Reshape(r, s) y = MatMul(f, v)"),
          model("c = Conv(x, w) t = Sigmoid(c) m = Mul(c, t) f = Reshape(m, s) y = MatMul(f, v)"),
          model("f = Reshape(x, s) g = MatMul(f, u) h = Add(g, f) y = MatMul(h, v)"));

  private static final List<QuantizationScheme> SCHEMES =
      List.of(
          scheme(OutputFormat.QDQ, Coverage.CONNECTED),
          scheme(OutputFormat.QDQ, Coverage.EVERY_OPERATOR),
          scheme(OutputFormat.QOPERATOR, Coverage.CONNECTED),
          scheme(OutputFormat.DYNAMIC, Coverage.CONNECTED));

  @TempDir private Path folder;

  private record Job(Model model, QuantizationScheme scheme) {}

  @Test
  void givesTheSameBytesAsOneAfterTheOther() throws Exception {
    List<Job> jobs = new ArrayList<>();
    MODELS.forEach(model -> SCHEMES.forEach(scheme -> jobs.add(new Job(model, scheme))));
    List<byte[]> expected = jobs.stream().map(this::quantized).toList();
    assertThat(expected.stream().map(java.util.Arrays::hashCode).distinct()).hasSize(jobs.size());

    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < ROUNDS * jobs.size(); i++) {
      order.add(i % jobs.size());
    }
    Collections.shuffle(order, new Random(5));
    List<Callable<byte[]>> work = new ArrayList<>();
    order.forEach(job -> work.add(() -> quantized(jobs.get(job))));
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<byte[]>> found = threads.invokeAll(work);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i).get()).isEqualTo(expected.get(order.get(i)));
      }
    }
  }

  private byte[] quantized(Job job) {
    CalibrationNeeds needs = QuantizationPlanner.needs(job.model, job.scheme);
    CalibrationTable table =
        needs.isEmpty()
            ? new CalibrationTable(Map.of())
            : Calibrator.run(
                job.model, "net", needs, SAMPLES, CalibrationOptions.DEFAULT, Progress.NONE);
    Model result =
        PlanRewriter.rewrite(job.model, QuantizationPlanner.plan(job.model, job.scheme, table))
            .model();
    try {
      Path file = Files.createTempFile(folder, "int8", ".onnx");
      ModelWriter.write(result, file);
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static QuantizationScheme scheme(OutputFormat format, Coverage coverage) {
    return QuantizationScheme.builder()
        .defaults(Policy.builder().calibration(CalibrationMethod.leastError()).build())
        .format(format)
        .coverage(coverage)
        .build();
  }

  private static Map<String, Tensor> sample(int index) {
    return Map.of("x", DenseTensor.ofFloats(numbers(new Random(index), 16), 1, 2, 8));
  }

  private static Model model(String nodes) {
    Random random = new Random(nodes.length());
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[N,2,8] x) => (float[N,4] y)
            <float[2,2,1] w = {%s}, float[16,16] u = {%s}, float[16,4] v = {%s},
             int64[2] s = {0, -1}> { %s }
            """
                .formatted(text(random, 4), text(random, 256), text(random, 64), nodes));
    ShapeInference.infer(model);
    return model;
  }

  private static String text(Random random, int count) {
    return String.join(
        ", ", IntStream.range(0, count).mapToObj(_ -> "" + random.nextGaussian()).toList());
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
