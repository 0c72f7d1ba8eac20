package dev.octet.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.lint.Finding;
import dev.octet.lint.Fix;
import dev.octet.lint.LintRule;
import dev.octet.lint.ModelLint;
import dev.octet.lint.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A log against what the published schema asks of each object in it
/// (`conformance/python/make_sarif_table.py` made the table).
class SarifTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final List<LintRule> RULES = ModelLint.rules();

  private static final Finding ON_NODE =
      new Finding(
          RULES.get(3).name(),
          Severity.WARNING,
          "stem",
          "Conv",
          "w",
          "is \"odd\"",
          Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT));

  private static final Finding ON_MODEL =
      new Finding(RULES.get(0).name(), Severity.ERROR, "", "", "", "too new", Fix.change("export"));

  @Test
  void everyObjectHoldsWhatTheSchemaAsksForAndNothingElse() throws IOException {
    JsonNode table;
    try (InputStream file = SarifTest.class.getResourceAsStream("sarif-2.1.0.json")) {
      table = MAPPER.readTree(Objects.requireNonNull(file));
    }
    List<String> wrong = new ArrayList<>();
    check("log", log(ON_NODE, ON_MODEL), table, wrong);
    check("log", log(), table, wrong);
    assertThat(wrong).isEmpty();
  }

  @Test
  void resultsPointAtTheirRuleAndNode() throws IOException {
    JsonNode run = log(ON_NODE, ON_MODEL).get("runs").get(0);
    JsonNode rules = run.get("tool").get("driver").get("rules");
    for (JsonNode result : run.get("results")) {
      assertThat(rules.get(result.get("ruleIndex").asInt()).get("id"))
          .isEqualTo(result.get("ruleId"));
    }
    JsonNode first = run.get("results").get(0);
    assertThat(first.get("level").asText()).isEqualTo("warning");
    assertThat(first.get("message").get("text").asText())
        .isEqualTo("Conv 'stem' is \"odd\". Fix: octet prepare 'a b.onnx' -o out.onnx");
    JsonNode location = first.get("locations").get(0);
    assertThat(location.get("physicalLocation").get("artifactLocation").get("uri").asText())
        .isEqualTo("a%20b.onnx");
    assertThat(location.get("logicalLocations").get(0).get("name").asText()).isEqualTo("stem");
    assertThat(run.get("results").get(1).get("locations").get(0).get("logicalLocations")).isEmpty();
  }

  private static JsonNode log(Finding... findings) throws IOException {
    return MAPPER.readTree(Sarif.print("1.0", "a b.onnx", RULES, List.of(findings), "out.onnx"));
  }

  private static void check(String kind, JsonNode object, JsonNode table, List<String> wrong) {
    JsonNode entry = table.get(kind);
    for (JsonNode name : entry.get("required")) {
      if (!object.has(name.asText())) {
        wrong.add(kind + " has no " + name);
      }
    }
    boolean chosen = entry.get("anyOf").isEmpty();
    for (JsonNode choice : entry.get("anyOf")) {
      boolean all = true;
      for (JsonNode name : choice) {
        all &= object.has(name.asText());
      }
      chosen |= all;
    }
    if (!chosen) {
      wrong.add(kind + " has none of " + entry.get("anyOf"));
    }
    object
        .properties()
        .forEach(
            field -> {
              JsonNode allowed = entry.get("fields").get(field.getKey());
              if (allowed == null) {
                if (entry.get("closed").asBoolean()) {
                  wrong.add(kind + " may not have " + field.getKey());
                }
                return;
              }
              value(kind + "." + field.getKey(), field.getValue(), allowed, table, wrong);
            });
  }

  private static void value(
      String place, JsonNode value, JsonNode allowed, JsonNode table, List<String> wrong) {
    if (value.isArray() != allowed.path("list").asBoolean()) {
      wrong.add(place + " is " + value.getNodeType());
    }
    if (allowed.has("enum") && !contains(allowed.get("enum"), value)) {
      wrong.add(place + " is " + value);
    }
    boolean right =
        switch (allowed.path("type").asText()) {
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "boolean" -> value.isBoolean();
          default -> !value.isNull();
        };
    if (!right) {
      wrong.add(place + " is " + value + ", no " + allowed.get("type"));
    }
    if (allowed.has("of")) {
      for (JsonNode each : value.isArray() ? value : List.of(value)) {
        check(allowed.get("of").asText(), each, table, wrong);
      }
    }
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode each : list) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }
}
