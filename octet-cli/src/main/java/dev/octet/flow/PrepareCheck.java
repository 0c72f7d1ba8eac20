package dev.octet.flow;

import dev.octet.align.AlignOptions;
import dev.octet.align.AlignmentVerifier;
import dev.octet.align.Tolerance;
import dev.octet.data.RandomSamples;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.Verifier;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// How preparing is checked by running the model, on samples or on made-up inputs.
sealed interface PrepareCheck {
  /// How far outputs may move.
  Tolerance TOLERANCE = Tolerance.FLOAT32;

  /// Of every dimension that is not fixed.
  int SIZE = 2;

  long SEED = 0;

  /// After every pass.
  record EachPass(SampleSource samples) implements PrepareCheck {
    AlignmentVerifier verifier(Model original) {
      return AlignmentVerifier.against(original, samples, options());
    }
  }

  /// Once, when the result is written: file against file, each run where it lies, for the model is
  /// too large to be copied after every pass.
  record AsAWhole(Path original, SampleSource samples) implements PrepareCheck {
    /// What a draft of the result computes otherwise than the original; empty where nothing.
    Optional<String> objection(Path draft) {
      try (AlignmentVerifier verifier = verifier()) {
        return verifier.check(draft) instanceof Verifier.Verdict.Rejected(String reason)
            ? Optional.of(reason)
            : Optional.empty();
      }
    }

    /// For finding the pass at fault, by writing and running a copy after each.
    AlignmentVerifier verifier() {
      return AlignmentVerifier.against(original, samples, options());
    }

    /// Why the original does not run on these inputs, if it does not.
    Optional<String> refusal() {
      try (InferenceSession session = InferenceSession.open(original, SessionOptions.ONLY_OPEN)) {
        run(session, samples);
        return Optional.empty();
      } catch (OctetException refusal) {
        return Optional.of(refusal.diagnostics().getFirst().message());
      }
    }
  }

  /// Not at all.
  ///
  /// @param reason why not
  /// @param proof what must hold of the result nevertheless
  record Impossible(String reason, OnnxOutput.Proof proof) implements PrepareCheck {}

  /// What can be done for this model: not every model takes made-up inputs.
  ///
  /// @param given samples to run it on; made up where empty
  /// @param mostEachPass bytes of a model up to which it is copied into a session after every pass
  static PrepareCheck of(
      Model original, Path file, Optional<SampleSource> given, long mostEachPass) {
    OnnxOutput.Proof proof = OnnxOutput.Proof.SOUND;
    boolean large = ModelWriter.size(original) > mostEachPass;
    try (InferenceSession session =
        large
            ? InferenceSession.open(file, SessionOptions.ONLY_OPEN)
            : InferenceSession.open(original, "the model", SessionOptions.UNCHANGED)) {
      proof = OnnxOutput.Proof.OPENS;
      SampleSource samples = given.orElseGet(() -> RandomSamples.of(session.inputs(), SIZE, SEED));
      if (large) {
        return new AsAWhole(file, samples);
      }
      run(session, samples);
      return new EachPass(samples);
    } catch (OctetException refusal) {
      return new Impossible(refusal.diagnostics().getFirst().message(), proof);
    }
  }

  private static void run(ModelRunner runner, SampleSource samples) {
    try (Stream<Sample> stream = samples.samples()) {
      stream.forEach(sample -> runner.run(sample.inputs()));
    }
  }

  private static AlignOptions options() {
    return AlignOptions.DEFAULT.withTolerance(TOLERANCE);
  }
}
