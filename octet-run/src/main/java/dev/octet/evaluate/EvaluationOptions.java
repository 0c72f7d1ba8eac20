package dev.octet.evaluate;

/// How models are scored.
///
/// @param batchSize samples a run when scoring, where all models take that many
/// @param timing whether and how long to measure latency
public record EvaluationOptions(int batchSize, Timing timing) {
  /// 32 samples a run; half a second of runs for each latency.
  public static final EvaluationOptions DEFAULT =
      new EvaluationOptions(32, new Timing.Interleaved(0.5, 30));

  public EvaluationOptions {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batches of " + batchSize + " samples");
    }
  }

  public EvaluationOptions withTiming(Timing other) {
    return new EvaluationOptions(batchSize, other);
  }

  /// Whether and how latency is measured.
  public sealed interface Timing {
    /// Latency is left out.
    record Off() implements Timing {}

    /// All models take turns, in rounds.
    ///
    /// @param seconds of runs for each model and batch size, about; slow models take longer, as
    ///     they run at least once a round
    /// @param rounds turns each model has, at least 1
    record Interleaved(double seconds, int rounds) implements Timing {
      public Interleaved {
        if (!(seconds > 0) || rounds < 1) {
          throw new IllegalArgumentException(seconds + " seconds in " + rounds + " rounds");
        }
      }
    }
  }
}
