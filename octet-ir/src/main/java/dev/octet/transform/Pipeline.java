package dev.octet.transform;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Passes in a fixed order. Immutable.
///
/// Some passes and rules may be off: they run only once they are enabled by name, since what they
/// do (another opset, another domain, another interface) is for the user to want.
///
/// @param passes run first to last
/// @param off names of passes and rules that do not run
public record Pipeline(List<Pass> passes, Set<String> off) {
  public Pipeline {
    passes = List.copyOf(passes);
    off = Collections.unmodifiableSet(new TreeSet<>(off));
  }

  public static Pipeline of(Pass... passes) {
    return new Pipeline(List.of(passes), Set.of());
  }

  /// This pipeline with the named passes and rules off.
  ///
  /// @throws OctetException USAGE when a name is in no pass
  public Pipeline disable(Collection<String> names) {
    requireKnown(names);
    Set<String> more = new TreeSet<>(off);
    more.addAll(names);
    return new Pipeline(passes, more);
  }

  /// This pipeline with the named passes and rules on.
  ///
  /// @throws OctetException USAGE when a name is in no pass
  public Pipeline enable(Collection<String> names) {
    requireKnown(names);
    Set<String> fewer = new TreeSet<>(off);
    fewer.removeAll(names);
    return new Pipeline(passes, fewer);
  }

  /// This pipeline with one more pass before all others.
  public Pipeline startingWith(Pass pass) {
    List<Pass> more = new ArrayList<>(passes);
    more.addFirst(pass);
    return new Pipeline(more, off);
  }

  /// This pipeline with one more pass after all others.
  public Pipeline endingWith(Pass pass) {
    List<Pass> more = new ArrayList<>(passes);
    more.add(pass);
    return new Pipeline(more, off);
  }

  /// Everything that can be switched on and off, passes and rules, with what each does; in running
  /// order.
  public Map<String, String> catalog() {
    Map<String, String> catalog = new LinkedHashMap<>();
    for (Pass pass : passes) {
      catalog.putIfAbsent(pass.name(), pass.description());
      if (pass instanceof Pass.Rules(var name, var description, List<RewriteRule> rules)) {
        rules.forEach(rule -> catalog.putIfAbsent(rule.name(), rule.description()));
      }
    }
    return catalog;
  }

  /// The passes that run, without the rules that are off.
  public List<Pass> active() {
    List<Pass> kept = new ArrayList<>();
    for (Pass pass : passes) {
      if (off.contains(pass.name())) {
        continue;
      }
      switch (pass) {
        case Pass.Whole whole -> kept.add(whole);
        case Pass.Rules(String name, String description, List<RewriteRule> rules) -> {
          List<RewriteRule> left =
              rules.stream().filter(rule -> !off.contains(rule.name())).toList();
          if (!left.isEmpty()) {
            kept.add(new Pass.Rules(name, description, left));
          }
        }
      }
    }
    return List.copyOf(kept);
  }

  /// Runs every pass that is on, on `model`, editing it.
  public PipelineReport run(Model model) {
    return new PipelineReport(active().stream().map(pass -> PassRunner.run(pass, model)).toList());
  }

  /// Runs every pass that is on, on a copy of `model`, keeping only what `verifier` accepts. When a
  /// pass of several rules is rejected, its rules are tried one by one, so that only the one at
  /// fault is lost, and named.
  public VerifiedRun run(Model model, Verifier verifier) {
    Model current = model.copy();
    List<PassReport> reports = new ArrayList<>();
    for (Pass pass : active()) {
      current = runVerified(pass, current, verifier, reports);
    }
    return new VerifiedRun(current, new PipelineReport(reports));
  }

  private static Model runVerified(
      Pass pass, Model current, Verifier verifier, List<PassReport> reports) {
    Model candidate = current.copy();
    PassReport report = PassRunner.run(pass, candidate);
    if (!report.changed()) {
      reports.add(report);
      return current;
    }
    return switch (verifier.check(pass.name(), candidate)) {
      case Verifier.Verdict.Accepted() -> {
        reports.add(report);
        yield candidate;
      }
      case Verifier.Verdict.Rejected(String reason) -> {
        if (pass instanceof Pass.Rules(var name, var description, List<RewriteRule> rules)
            && rules.size() > 1) {
          Model kept = current;
          for (RewriteRule rule : rules) {
            kept = runVerified(Pass.of(rule), kept, verifier, reports);
          }
          yield kept;
        }
        int nodes = report.nodesBefore();
        reports.add(
            new PassReport(
                pass.name(), List.of(), report.declined(), nodes, nodes, Optional.of(reason)));
        yield current;
      }
    };
  }

  private void requireKnown(Collection<String> names) {
    Set<String> unknown = new TreeSet<>(names);
    unknown.removeAll(catalog().keySet());
    if (!unknown.isEmpty()) {
      throw OctetException.usage(
          "unknown-pass",
          String.join(", ", unknown),
          "no pass or rule of this name",
          "known: " + String.join(", ", catalog().keySet()));
    }
  }
}
