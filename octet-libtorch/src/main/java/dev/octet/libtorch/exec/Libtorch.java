package dev.octet.libtorch.exec;

import dev.octet.diagnostic.OctetException;
import org.bytedeco.pytorch.global.torch;

/// The process-wide state of libtorch: whether it is loaded, its threads, its random generator.
public final class Libtorch {
  private static final int DEFAULT_THREADS = 1;
  private static boolean threadsChosen;

  private Libtorch() {}

  /// Loads the native library; later calls cost nothing.
  ///
  /// One thread is the default: the networks met here are too small to split, and OpenMP's threads
  /// spin while they wait, which on shared cores is slower by a factor.
  ///
  /// @throws OctetException of kind `FAILURE` when libtorch is not there
  public static synchronized void load() {
    if (!threadsChosen) {
      threads(DEFAULT_THREADS);
    }
  }

  /// Sets how many threads an operator may use. Results may differ in the last digits between
  /// thread counts, never between runs with the same count.
  ///
  /// @throws IllegalArgumentException when `count` is not positive
  /// @throws OctetException of kind `FAILURE` when libtorch is not there
  public static synchronized void threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("libtorch needs at least one thread, not " + count);
    }
    try {
      torch.set_num_threads(count);
    } catch (LinkageError absent) {
      throw OctetException.failure(
          "libtorch-missing",
          "libtorch",
          "is not on the class path for this system: " + absent.getMessage(),
          "running PyTorch programs needs org.bytedeco:pytorch and :openblas with the natives for"
              + " this system; exporting them and running ONNX models does not",
          absent);
    }
    threadsChosen = true;
  }

  /// Seeds libtorch's random generator, the one dropout and random operators draw from.
  public static void seed(long seed) {
    load();
    torch.manual_seed(seed);
  }
}
