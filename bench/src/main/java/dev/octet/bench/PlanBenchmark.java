package dev.octet.bench;

import dev.octet.ir.Model;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.rewrite.QuantizedModel;
import dev.octet.stats.Range;
import dev.octet.transform.rules.StandardPipelines;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What quantizing costs apart from running samples, on the graph of [GraphBenchmark] prepared:
/// asking which ranges are needed, planning with them, and writing the plan as a graph.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlanBenchmark {
  private static final QuantizationScheme SCHEME = QuantizationScheme.standard();

  /// Nodes of ten that preparing leaves: it folds the normalization into the convolution.
  private static final int LEFT_OF_TEN = 9;

  @Param("20000")
  private int nodes;

  private Case built = Case.of(LEFT_OF_TEN);

  @Setup
  public void build() {
    built = Case.of(nodes);
  }

  @Benchmark
  public QuantizationPlan plan() {
    return QuantizationPlanner.plan(built.model, SCHEME, built.table);
  }

  @Benchmark
  public QuantizedModel rewrite() {
    return PlanRewriter.rewrite(built.model, built.plan);
  }

  /// The whole, as `octet quantize` does it after calibration, with the question what to calibrate.
  @Benchmark
  public QuantizedModel needsPlanAndRewrite() {
    QuantizationPlanner.needs(built.model, SCHEME);
    return PlanRewriter.rewrite(
        built.model, QuantizationPlanner.plan(built.model, SCHEME, built.table));
  }

  /// A prepared graph of at least so many nodes, with made-up ranges.
  private record Case(Model model, CalibrationTable table, QuantizationPlan plan) {
    static Case of(int nodes) {
      Model model = GraphBenchmark.graph(Math.ceilDiv(nodes, LEFT_OF_TEN) * 10);
      StandardPipelines.prepare().run(model);
      ShapeInference.infer(model);
      if (model.graph().nodeCount() < nodes) {
        throw new IllegalStateException(
            model.graph().nodeCount() + " nodes are left, not " + nodes + " or more");
      }
      Map<String, Range> ranges = new LinkedHashMap<>();
      for (String value : QuantizationPlanner.needs(model, SCHEME).values()) {
        ranges.put(value, new Range(-1, 1 + ranges.size() % 1000));
      }
      CalibrationTable table = CalibrationTable.ofRanges(ranges);
      return new Case(model, table, QuantizationPlanner.plan(model, SCHEME, table));
    }
  }
}
