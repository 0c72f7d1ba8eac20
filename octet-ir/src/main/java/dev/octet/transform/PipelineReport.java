package dev.octet.transform;

import java.util.List;
import java.util.stream.Collectors;

/// What a pipeline did to one model, pass by pass.
///
/// @param passes one report for each pass, in the order run
public record PipelineReport(List<PassReport> passes) {
  public PipelineReport {
    passes = List.copyOf(passes);
  }

  /// Whether any pass changed the model.
  public boolean changed() {
    return passes.stream().anyMatch(PassReport::changed);
  }

  /// How often the rule or rewrite of this name fired, over all passes.
  public long timesFired(String rule) {
    return passes.stream()
        .flatMap(pass -> pass.fired().stream())
        .filter(firing -> firing.rule().equals(rule))
        .count();
  }

  /// Every refusal, over all passes.
  public List<PassReport.Refusal> declined() {
    return passes.stream().flatMap(pass -> pass.declined().stream()).distinct().toList();
  }

  /// Passes that the verifier had undone.
  public List<PassReport> rolledBack() {
    return passes.stream().filter(pass -> pass.rolledBack().isPresent()).toList();
  }

  /// One line for each pass.
  public String summary() {
    return passes.stream().map(PassReport::summary).collect(Collectors.joining("\n"));
  }

  /// Every pass with every change and every refusal.
  @Override
  public String toString() {
    return passes.stream().map(PassReport::toString).collect(Collectors.joining("\n"));
  }
}
