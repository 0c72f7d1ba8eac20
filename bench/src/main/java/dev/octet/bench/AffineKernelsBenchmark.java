package dev.octet.bench;

import dev.octet.numeric.AffineKernels;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
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
import org.openjdk.jmh.annotations.Warmup;

/// Kernels between floats and bytes. `copy` reads and writes the floats; quantizing writes a
/// quarter of that, dequantizing reads a quarter.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AffineKernelsBenchmark {
  private static final ScaleChoice GRID = new ScaleChoice(0.0237f, -13);

  /// 64 Ki values stay in the second-level cache, 16 Mi values come from memory.
  @Param({"65536", "16777216"})
  int size;

  private float[] values = {};
  private float[] out = {};
  private byte[] codes = {};

  @Setup
  public void fill() {
    Random random = new Random(1);
    values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    out = new float[size];
    codes = new byte[size];
    AffineKernels.quantize(values, 0, size, QuantType.INT8, GRID, codes, 0);
  }

  @Benchmark
  public float[] copy() {
    System.arraycopy(values, 0, out, 0, size);
    return out;
  }

  @Benchmark
  public byte[] quantize() {
    AffineKernels.quantize(values, 0, size, QuantType.INT8, GRID, codes, 0);
    return codes;
  }

  @Benchmark
  public float[] dequantize() {
    AffineKernels.dequantize(codes, 0, size, QuantType.INT8, GRID, out, 0);
    return out;
  }

  @Benchmark
  public float[] fakeQuantize() {
    AffineKernels.fakeQuantize(values, 0, size, QuantType.INT8, GRID, out, 0);
    return out;
  }
}
