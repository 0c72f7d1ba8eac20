package dev.octet.bench;

import dev.octet.stats.Collector;
import dev.octet.stats.HistogramCollector;
import dev.octet.stats.MinMaxCollector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// Observing an activation where a run left it, in native memory. `copy` reads and writes the same
/// bytes; a collector only reads them.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CollectorBenchmark {
  /// 64 Ki values stay in the second-level cache, 16 Mi values come from memory.
  @Param({"65536", "16777216"})
  int size;

  /// `relu` is half zeros, which all fall into one bin.
  @Param({"gaussian", "relu"})
  String values = "gaussian";

  private final Arena arena = Arena.ofShared();
  private final Collector minMax = new MinMaxCollector();
  private final Collector histogram = new HistogramCollector();
  private MemorySegment activation = MemorySegment.NULL;
  private MemorySegment out = MemorySegment.NULL;

  @Setup
  public void fill() {
    Random random = new Random(1);
    activation = arena.allocate(4L * size, 64);
    out = arena.allocate(4L * size, 64);
    for (int i = 0; i < size; i++) {
      float value = (float) random.nextGaussian();
      activation.setAtIndex(
          ValueLayout.JAVA_FLOAT, i, values.equals("relu") ? Math.max(0f, value) : value);
    }
  }

  @TearDown
  public void free() {
    arena.close();
  }

  @Benchmark
  public MemorySegment copy() {
    return out.copyFrom(activation);
  }

  @Benchmark
  public long minMax() {
    minMax.accept(activation, 0);
    return minMax.count();
  }

  @Benchmark
  public long histogram() {
    histogram.accept(activation, 0);
    return histogram.count();
  }
}
