package dev.octet.ir.shape;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.ir.Model;
import dev.octet.ir.shape.Assumed.Merge;
import dev.octet.ir.shape.Assumed.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Inference that takes sizes for one where it may, and gives up again what contradicts the model.
///
/// A contradiction that is not there without merging is some merge's fault. It is the last of the
/// shortest run of merges, in the order met, that leads to a new contradiction; it is given up, and
/// the search starts again without it.
final class TrialInference {
  private final Model model;
  private final ShapeHints hints;
  private final ShapeAssumptions assumptions;
  private final List<Diagnostic> givenUp = new ArrayList<>();
  private final Set<Place> refused = new HashSet<>();

  private TrialInference(Model model, ShapeHints hints, ShapeAssumptions assumptions) {
    this.model = model;
    this.hints = hints;
    this.assumptions = assumptions;
  }

  /// A finished inference with the assumptions that hold together.
  static InferenceRun of(Model model, ShapeHints hints, ShapeAssumptions assumptions) {
    return new TrialInference(model, hints, assumptions).search();
  }

  private InferenceRun search() {
    InferenceRun run = attempt(_ -> true);
    if (run.merges().isEmpty() || run.contradictions().isEmpty()) {
      return run;
    }
    Set<Diagnostic> without = Set.copyOf(attempt(_ -> false).contradictions());
    while (!run.merges().isEmpty() && !without.containsAll(run.contradictions())) {
      giveUp(run.merges(), without);
      run = attempt(place -> !refused.contains(place));
    }
    run.note(givenUp);
    return run;
  }

  private InferenceRun attempt(Predicate<Place> mergeable) {
    InferenceRun run = new InferenceRun(model, hints, assumptions, mergeable);
    run.infer();
    return run;
  }

  /// Gives up one of `merges`, which together contradict the model.
  private void giveUp(Map<Place, Merge> merges, Set<Diagnostic> without) {
    List<Place> places = List.copyOf(merges.keySet());
    int harmless = 0;
    int harmful = places.size();
    while (harmful - harmless > 1) {
      int middle = (harmless + harmful) / 2;
      Set<Place> tried = Set.copyOf(places.subList(0, middle));
      if (without.containsAll(attempt(tried::contains).contradictions())) {
        harmless = middle;
      } else {
        harmful = middle;
      }
    }
    Place culprit = places.get(harmful - 1);
    refused.add(culprit);
    Set<Place> tried = Set.copyOf(places.subList(0, harmful));
    String why =
        attempt(tried::contains).contradictions().stream()
            .filter(found -> !without.contains(found))
            .findFirst()
            .map(found -> ": " + found.place() + ": " + found.message())
            .orElse("");
    givenUp.add(
        new Diagnostic(
            "sizes-not-merged",
            culprit.node().describe(),
            "sizes " + merges.get(culprit) + " cannot be assumed" + why,
            "the two keep their names"));
  }
}
