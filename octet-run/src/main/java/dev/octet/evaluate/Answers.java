package dev.octet.evaluate;

import dev.octet.align.TopChoices;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import java.util.Map;
import java.util.stream.LongStream;

/// What one model chose, sample by sample.
final class Answers {
  private final ModelRunner model;
  private final LongStream.Builder gathered = LongStream.builder();
  private long[] choices = {};
  private int classes;

  Answers(ModelRunner model) {
    this.model = model;
  }

  /// Runs the model and keeps what its first output chooses.
  void ask(Map<String, Tensor> inputs) {
    if (model.outputs().isEmpty()) {
      throw OctetException.usage("no-outputs", model.description(), "has no outputs", "");
    }
    String output = model.outputs().getFirst().name();
    String place = model.description() + ", output '" + output + "'";
    Tensor scores = model.run(inputs).get(output);
    if (scores == null) {
      throw OctetException.failure("output-missing", place, "was not given", "", null);
    }
    TopChoices top = TopChoices.of(scores, place);
    classes = top.classes();
    for (long choice : top.choices()) {
      gathered.add(choice);
    }
  }

  void finish() {
    choices = gathered.build().toArray();
  }

  /// Scores a row has; 0 when the model gives its choices itself.
  int classes() {
    return classes;
  }

  /// Share of rows chosen alike.
  double agreement(Answers other) {
    if (choices.length != other.choices.length) {
      throw OctetException.usage(
          "rows-differ",
          model.description(),
          "makes "
              + choices.length
              + " choices, and "
              + other.model.description()
              + " "
              + other.choices.length,
          "models to compare must answer the same question");
    }
    return new TopChoices(choices, classes)
        .agreement(new TopChoices(other.choices, other.classes))
        .rate();
  }

  /// Which samples are answered right.
  ///
  /// @param labels class of each sample
  boolean[] right(int[] labels) {
    if (choices.length != labels.length) {
      throw OctetException.usage(
          "rows-not-samples",
          model.description(),
          "makes " + choices.length + " choices for " + labels.length + " samples",
          "accuracy needs one row of scores a sample");
    }
    boolean[] right = new boolean[labels.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = choices[i] == labels[i];
    }
    return right;
  }
}
