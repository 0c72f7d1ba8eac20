package dev.octet.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.octet.lint.Finding;
import dev.octet.lint.LintRule;
import dev.octet.lint.Severity;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Findings as SARIF 2.1.0 (Static Analysis Results Interchange Format, OASIS), which code hosts
/// and editors show: one run, the rules that were applied, one result a finding. A node is a
/// logical location inside the model file.
public final class Sarif {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private Sarif() {}

  /// The log of one model.
  ///
  /// @param version of Octet
  /// @param model file that was looked at, as the log should name it
  /// @param rules that were applied
  /// @param findings what they found
  /// @param result file that suggested commands write
  public static String print(
      String version, String model, List<LintRule> rules, List<Finding> findings, String result) {
    List<Descriptor> descriptors = rules.stream().map(Sarif::descriptor).toList();
    List<String> names = rules.stream().map(LintRule::name).toList();
    Run run =
        new Run(
            new Tool(new Driver("octet", version, descriptors)),
            findings.stream()
                .map(found -> result(found, names.indexOf(found.rule()), model, result))
                .toList());
    return Json.print(new Log(SCHEMA, "2.1.0", List.of(run)));
  }

  private record Log(@JsonProperty("$schema") String schema, String version, List<Run> runs) {}

  private record Run(Tool tool, List<Result> results) {}

  private record Tool(Driver driver) {}

  private record Driver(String name, String version, List<Descriptor> rules) {}

  private record Descriptor(
      String id, Message shortDescription, Configuration defaultConfiguration) {}

  private record Configuration(String level) {}

  private record Message(String text) {}

  private record Result(
      String ruleId,
      int ruleIndex,
      String level,
      Message message,
      List<Location> locations,
      Map<String, String> properties) {}

  private record Location(
      PhysicalLocation physicalLocation, List<LogicalLocation> logicalLocations) {}

  private record PhysicalLocation(ArtifactLocation artifactLocation) {}

  private record ArtifactLocation(String uri) {}

  private record LogicalLocation(String name, String fullyQualifiedName, String kind) {}

  private static Descriptor descriptor(LintRule rule) {
    return new Descriptor(
        rule.name(), new Message(rule.description()), new Configuration(level(rule.severity())));
  }

  private static Result result(Finding found, int rule, String model, String result) {
    String fix = found.fix().text(model, result);
    Map<String, String> properties = new TreeMap<>();
    properties.put("fix", fix);
    if (!found.operator().isEmpty()) {
      properties.put("operator", found.operator());
    }
    if (!found.tensor().isEmpty()) {
      properties.put("tensor", found.tensor());
    }
    List<LogicalLocation> logical =
        found.node().isEmpty()
            ? List.of()
            : List.of(new LogicalLocation(found.node(), found.place(), "member"));
    return new Result(
        found.rule(),
        rule,
        level(found.severity()),
        new Message(found.place() + " " + found.reason() + ". Fix: " + fix),
        List.of(new Location(new PhysicalLocation(new ArtifactLocation(uri(model))), logical)),
        properties);
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case NOTE -> "note";
      case WARNING -> "warning";
      case ERROR -> "error";
    };
  }

  /// A file name as a relative URI reference.
  private static String uri(String file) {
    try {
      return new URI(null, null, file.replace('\\', '/'), null).getRawPath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(file + " has no URI form", e);
    }
  }
}
