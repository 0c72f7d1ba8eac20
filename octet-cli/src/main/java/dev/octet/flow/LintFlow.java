package dev.octet.flow;

import dev.octet.ir.Model;
import dev.octet.lint.Finding;
import dev.octet.lint.Fix;
import dev.octet.lint.LintRule;
import dev.octet.lint.ModelLint;
import dev.octet.lint.RuntimeVersion;
import dev.octet.lint.Severity;
import dev.octet.report.Report;
import dev.octet.report.Sarif;
import dev.octet.report.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A model in, what will go wrong with it out.
public final class LintFlow {
  private LintFlow() {}

  /// What to look at.
  ///
  /// @param model ONNX file, float or quantized
  /// @param runtime release of ONNX Runtime that the model should run on
  /// @param disabled names of rules left out
  public record Request(Path model, Optional<RuntimeVersion> runtime, List<String> disabled) {}

  /// What was found.
  ///
  /// @param model path as it was given
  /// @param rules that were applied
  public record Result(String model, List<LintRule> rules, List<Finding> findings) {
    public Result {
      rules = List.copyOf(rules);
      findings = List.copyOf(findings);
    }

    /// What `octet lint --json` prints.
    public record Json(String model, List<JsonFinding> findings) {}

    /// A finding as JSON.
    ///
    /// @param fix command line, or what to change in the program the model comes from
    public record JsonFinding(
        String rule,
        String severity,
        String node,
        String operator,
        String tensor,
        String reason,
        String fix) {}

    /// Whether there is a finding as bad as `severity` or worse.
    public boolean has(Severity severity) {
      return findings.stream().anyMatch(found -> found.severity().compareTo(severity) >= 0);
    }

    public Json json() {
      return new Json(
          model,
          findings.stream()
              .map(
                  found ->
                      new JsonFinding(
                          found.rule(),
                          severity(found),
                          found.node(),
                          found.operator(),
                          found.tensor(),
                          found.reason(),
                          fix(found)))
              .toList());
    }

    /// The findings as SARIF 2.1.0.
    public String sarif(String version) {
      return Sarif.print(version, model, rules, findings, fixed());
    }

    public Report report() {
      Map<String, List<Finding>> byRule = new LinkedHashMap<>();
      findings.forEach(
          found -> byRule.computeIfAbsent(found.rule(), _ -> new ArrayList<>()).add(found));
      List<Section> sections = new ArrayList<>();
      sections.add(new Section.Paragraph("", List.of(summary())));
      byRule.forEach(
          (rule, found) -> sections.add(new Section.Paragraph(heading(rule, found), lines(found))));
      return new Report("Findings in " + model, sections);
    }

    /// The fix of a finding, to be typed or read.
    public String fix(Finding found) {
      return found.fix().text(model, fixed());
    }

    /// The words of the command that fixes a finding; empty when no command can.
    public List<String> fixArguments(Finding found) {
      return found.fix().arguments(model, fixed());
    }

    private String fixed() {
      String name = model.endsWith(".onnx") ? model.substring(0, model.length() - 5) : model;
      return name + "_fixed.onnx";
    }

    private String summary() {
      if (findings.isEmpty()) {
        return "Nothing found by %d rules.".formatted(rules.size());
      }
      List<String> counts = new ArrayList<>();
      for (Severity severity : List.of(Severity.ERROR, Severity.WARNING, Severity.NOTE)) {
        long count = findings.stream().filter(found -> found.severity() == severity).count();
        if (count > 0) {
          counts.add(
              count + " " + severity.name().toLowerCase(Locale.ROOT) + (count == 1 ? "" : "s"));
        }
      }
      return String.join(", ", counts) + ".";
    }

    private static String heading(String rule, List<Finding> found) {
      return found.size() == 1 ? rule : rule + " (" + found.size() + ")";
    }

    /// Every finding, then each fix once.
    private List<String> lines(List<Finding> found) {
      List<String> lines = new ArrayList<>();
      Set<String> fixes = new LinkedHashSet<>();
      for (Finding each : found) {
        lines.add("%-8s %s: %s".formatted(severity(each), each.place(), each.reason()));
        fixes.add((each.fix() instanceof Fix.Command ? "fix      " : "change   ") + fix(each));
      }
      lines.addAll(fixes);
      return lines;
    }

    private static String severity(Finding found) {
      return found.severity().name().toLowerCase(Locale.ROOT);
    }
  }

  /// Looks the model over.
  ///
  /// @throws dev.octet.diagnostic.OctetException when the model cannot be read or a rule to leave
  ///     out is not known
  public static Result run(Request request) {
    List<LintRule> rules = ModelLint.rulesWithout(request.disabled());
    Model model = ModelFile.readOnnx(request.model()).model();
    return new Result(
        request.model().toString(), rules, ModelLint.check(model, rules, request.runtime()));
  }
}
