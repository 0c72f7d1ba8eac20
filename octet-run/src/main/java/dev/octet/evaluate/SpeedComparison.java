package dev.octet.evaluate;

import dev.octet.data.Batches;
import dev.octet.data.Sample;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.Pairing;
import dev.octet.runtime.PreparedRun;
import dev.octet.runtime.TimedRunner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A quick look at how two models' speeds compare: they take turns on one sample, so that a change
/// of the machine's mood meets both. For figures to publish, see [Evaluator].
///
/// @param referenceMillis median time of a run of the first model
/// @param otherMillis median time of a run of the second
/// @param rounds turns each had
public record SpeedComparison(double referenceMillis, double otherMillis, int rounds) {
  private static final int WARM_UP_RUNS = 3;
  private static final int FEWEST_ROUNDS = 5;
  private static final int MOST_ROUNDS = 100;

  /// How many times as fast as the first model the second one is.
  public double ratio() {
    return referenceMillis / otherMillis;
  }

  /// Measures two models.
  ///
  /// @param sample for the inputs of `reference`
  /// @param seconds to spend, about; slow models take longer, as each has five turns at least
  /// @return empty when the speed of one of them means nothing
  public static Optional<SpeedComparison> of(
      ModelRunner reference, ModelRunner other, Sample sample, double seconds) {
    if (!(reference instanceof TimedRunner first) || !(other instanceof TimedRunner second)) {
      return Optional.empty();
    }
    List<Sample> batch = Collections.nCopies(Batches.sizeFor(reference.inputs(), 1), sample);
    var inputs = Batches.join(batch).inputs();
    Pairing naming = Pairing.ofInputs(reference, other);
    try (PreparedRun one = first.prepare(inputs);
        PreparedRun two = second.prepare(naming.rename(inputs))) {
      return Optional.of(turns(one, two, seconds));
    }
  }

  private static SpeedComparison turns(PreparedRun one, PreparedRun two, double seconds) {
    for (int i = 0; i < WARM_UP_RUNS; i++) {
      one.run();
      two.run();
    }
    List<Long> ones = new ArrayList<>();
    List<Long> twos = new ArrayList<>();
    long start = System.nanoTime();
    while (ones.size() < FEWEST_ROUNDS
        || (ones.size() < MOST_ROUNDS && (System.nanoTime() - start) / 1e9 < seconds)) {
      // Nobody always comes after the other.
      if (ones.size() % 2 == 0) {
        ones.add(nanos(one));
        twos.add(nanos(two));
      } else {
        twos.add(nanos(two));
        ones.add(nanos(one));
      }
    }
    return new SpeedComparison(medianMillis(ones), medianMillis(twos), ones.size());
  }

  private static long nanos(PreparedRun run) {
    long start = System.nanoTime();
    run.run();
    return System.nanoTime() - start;
  }

  private static double medianMillis(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    int half = sorted.size() / 2;
    long upper = sorted.get(half);
    long lower = sorted.size() % 2 == 0 ? sorted.get(half - 1) : upper;
    return (lower + upper) / 2.0 / 1e6;
  }
}
