package dev.octet.flow;

import dev.octet.data.HeldBack;
import dev.octet.data.SampleSource;

/// The samples of one quantization by what they are for. A model must not be judged by samples that
/// had a say in it: those that calibrate have one, and so have those by which one way of quantizing
/// was preferred to others.
///
/// @param calibrating choose the ranges of each way
/// @param choosing choose among the ways; few, for each way runs them
/// @param judging have chosen nothing, where there are enough
/// @param judgedOn what the judging ones are to the others
record SampleParts(
    SampleSource calibrating, SampleSource choosing, SampleSource judging, JudgedOn judgedOn) {
  /// Share of the samples that does not calibrate, and the most there are of them.
  private static final double HELD_BACK = 0.25;

  private static final double MOST_HELD_BACK = 1024;

  /// Samples that choose: the ratio of signal to noise over so many is steady to a tenth of a dB.
  private static final double MOST_CHOOSING = 128;

  /// All samples do everything there is to do.
  static SampleParts undivided(SampleSource all, JudgedOn judgedOn) {
    return new SampleParts(all, all, all, judgedOn);
  }

  /// A quarter of the samples is held back; where there is something to choose, up to half of these
  /// choose and the others judge. The same seed gives the same parts.
  static SampleParts of(SampleSource all, Choosing choosing, long seed) {
    if (all.size() < 2) {
      return undivided(all, JudgedOn.CALIBRATED);
    }
    double share = Math.min(HELD_BACK, MOST_HELD_BACK / all.size());
    HeldBack first = HeldBack.of(all, share, seed);
    SampleSource held = first.held();
    if (choosing == Choosing.NOTHING) {
      return new SampleParts(first.used(), held, held, JudgedOn.HELD_BACK);
    }
    if (held.size() < 2) {
      return new SampleParts(first.used(), held, held, JudgedOn.CHOSEN);
    }
    HeldBack second = HeldBack.of(held, Math.min(0.5, MOST_CHOOSING / held.size()), seed);
    return new SampleParts(first.used(), second.held(), second.used(), JudgedOn.HELD_BACK);
  }

  /// Whether there are several ways to choose among.
  enum Choosing {
    NOTHING,
    AMONG_WAYS
  }

  /// Whether judging needs runs of its own.
  boolean judgesApart() {
    return choosing != judging;
  }
}
