package dev.octet.plan;

import dev.octet.numeric.GridRule;
import dev.octet.stats.RangeEstimator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Which values of a model must be observed before a plan can be made, and with what in mind.
///
/// @param needs in the order the graph computes them; no value twice
public record CalibrationNeeds(List<Need> needs) {
  public CalibrationNeeds {
    needs = List.copyOf(needs);
  }

  /// One value to observe.
  ///
  /// @param value its name in the float model
  /// @param method how its range is to be estimated
  /// @param rule the grid its range will be covered with
  public record Need(String value, CalibrationMethod method, GridRule rule) {
    /// What collects the statistics and decides the range.
    public RangeEstimator estimator() {
      return method.estimator(rule);
    }
  }

  /// The values' names, in order.
  public Set<String> values() {
    return needs.stream()
        .map(Need::value)
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  /// Nothing to observe: the model has nothing to quantize.
  public boolean isEmpty() {
    return needs.isEmpty();
  }

  @Override
  public String toString() {
    return needs.stream()
        .map(need -> need.value() + "  " + need.method() + " for " + need.rule().type())
        .collect(Collectors.joining("\n"));
  }
}
