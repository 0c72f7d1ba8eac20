package dev.octet.align;

import dev.octet.ir.Tensor;
import dev.octet.numeric.TopOne;

/// What a model chooses: the place of the largest score along the last axis of an output.
///
/// An output of rank 0 or 1 has no axis of scores: its elements are taken to be the choices
/// themselves, as `ArgMax` gives them.
public final class TopChoices {
  private final long[] choices;
  private final int classes;

  /// Choices over an array that is not copied.
  ///
  /// @param choices one for each row, in order
  /// @param classes scores a row has; 0 when the elements are the choices
  public TopChoices(long[] choices, int classes) {
    this.choices = choices;
    this.classes = classes;
  }

  /// What an output chooses.
  ///
  /// @param output scores `[batch,...,classes]`, or choices `[batch]`
  /// @param place for messages
  /// @throws dev.octet.diagnostic.OctetException when the tensor holds no numbers
  public static TopChoices of(Tensor output, String place) {
    float[] numbers = Numbers.of(output, place);
    if (output.dims().size() < 2) {
      long[] choices = new long[numbers.length];
      for (int i = 0; i < choices.length; i++) {
        choices[i] = Math.round((double) numbers[i]);
      }
      return new TopChoices(choices, 0);
    }
    int classes = Math.toIntExact(output.dims().getLast());
    long[] choices = new long[classes == 0 ? 0 : numbers.length / classes];
    for (int row = 0; row < choices.length; row++) {
      choices[row] = TopOne.argMax(numbers, row * classes, classes);
    }
    return new TopChoices(choices, classes);
  }

  /// One choice for each row, in order; the array itself.
  public long[] choices() {
    return choices;
  }

  /// Scores a row has; 0 when the elements are the choices.
  public int classes() {
    return classes;
  }

  /// How many rows agree with `other`'s.
  ///
  /// @throws IllegalArgumentException when the numbers of rows differ
  public TopOne agreement(TopChoices other) {
    if (choices.length != other.choices.length) {
      throw new IllegalArgumentException(
          choices.length + " choices against " + other.choices.length);
    }
    int agreeing = 0;
    for (int row = 0; row < choices.length; row++) {
      agreeing += choices[row] == other.choices[row] ? 1 : 0;
    }
    return new TopOne(choices.length, agreeing);
  }
}
