package dev.octet.transform;

import dev.octet.ir.Model;

/// Judges a rewritten model, typically by running it on samples against the outputs of the
/// original.
public interface Verifier {

  /// What a verifier thinks of a candidate.
  sealed interface Verdict {
    /// The candidate may stand.
    record Accepted() implements Verdict {}

    /// The candidate must be undone.
    ///
    /// @param reason what differs, with figures
    record Rejected(String reason) implements Verdict {}
  }

  /// Judges `candidate`, the model after pass or rule `step`. Must not edit it.
  Verdict check(String step, Model candidate);
}
