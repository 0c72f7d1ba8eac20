package dev.octet.conformance;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.parity.PeerOptions;
import dev.octet.parity.PeerPlanner;
import dev.octet.plan.QuantizationPlan;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.testkit.GraphComparison;
import java.util.List;

/// What comes of a case on our side, next to what came of it on the peer's.
sealed interface ParityOutcome {
  /// The same graph, to the name and to the bit.
  record Equal() implements ParityOutcome {}

  /// Two graphs.
  ///
  /// @param ours what we made
  /// @param differences in words, never empty
  record Different(Model ours, List<String> differences) implements ParityOutcome {}

  /// A graph where the peer fails.
  ///
  /// @param ours what we made
  record PeerFails(Model ours) implements ParityOutcome {}

  /// No graph.
  ///
  /// @param reason what our user is told
  record Refused(String reason) implements ParityOutcome {}

  static ParityOutcome of(ParityCase parityCase) {
    Model ours;
    try {
      PeerOptions options = parityCase.options();
      Model model = PeerPlanner.prepare(parityCase.model().get(), options);
      QuantizationPlan plan = PeerPlanner.plan(model, options, parityCase.ranges());
      ours = PlanRewriter.rewrite(model, plan).model();
    } catch (OctetException e) {
      return new Refused(String.valueOf(e.getMessage()));
    }
    if (parityCase.peer().isEmpty()) {
      return new PeerFails(ours);
    }
    List<String> differences =
        GraphComparison.differences(ours, parityCase.peer().get().get(), parityCase.known());
    return differences.isEmpty() ? new Equal() : new Different(ours, differences);
  }
}
