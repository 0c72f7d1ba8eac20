package dev.octet.lint;

import dev.octet.ir.DataType;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Operators that run in float between quantized ones.
///
/// An island is what is connected without passing through codes. A node that is dequantized for and
/// quantized after, and has an integer kernel, is none: ONNX Runtime fuses it. Nor is a lone node
/// without such a kernel, which is [NoIntegerKernel]'s to report.
final class FloatIsland implements LintRule {
  @Override
  public String name() {
    return "float-island";
  }

  @Override
  public String description() {
    return "Operators that run in float between quantized ones: values are dequantized, computed"
        + " and quantized again, which is often slower than the float model.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    Map<Node, LintNode> floats = new LinkedHashMap<>();
    for (LintNode node : subject.nodes()) {
      if (subject.isQuantized() && isFloat(node.node())) {
        floats.put(node.node(), node);
      }
    }
    List<Finding> findings = new ArrayList<>();
    Set<Node> seen = new LinkedHashSet<>();
    for (Node start : floats.keySet()) {
      if (!seen.contains(start)) {
        Set<Node> island = connected(start, floats.keySet());
        seen.addAll(island);
        List<LintNode> inOrder =
            floats.keySet().stream().filter(island::contains).map(floats::get).toList();
        report(inOrder, subject, findings);
      }
    }
    return findings;
  }

  private void report(List<LintNode> island, LintSubject subject, List<Finding> findings) {
    boolean entered =
        island.stream()
            .flatMap(node -> node.node().inputs().stream())
            .anyMatch(input -> input != null && QuantizedBorder.comesFromCodes(input));
    boolean left =
        island.stream()
            .flatMap(node -> node.node().outputs().stream())
            .anyMatch(output -> output != null && feedsQuantizer(output));
    List<LintNode> core = island.stream().filter(node -> !isAbsorbed(node.node())).toList();
    if (!entered || !left || core.isEmpty()) {
      return;
    }
    boolean lone = core.size() == 1;
    LintNode first = core.getFirst();
    if (lone && (!IntegerKernels.has(first.node(), subject.opset()) || fuses(first.node()))) {
      return;
    }
    LintNode cause = core.stream().filter(node -> causes(node, subject)).findFirst().orElse(first);
    findings.add(
        at(
            cause,
            "",
            "%s between quantized operators: %s".formatted(members(core), why(cause, subject)),
            Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT)));
  }

  private static String members(List<LintNode> core) {
    if (core.size() == 1) {
      return "runs in float";
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    core.forEach(node -> counts.merge(node.operator(), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((operator, count) -> parts.add(count == 1 ? operator : count + " " + operator));
    return "runs in float with its neighbours (" + String.join(", ", parts) + ")";
  }

  private static boolean causes(LintNode node, LintSubject subject) {
    return !IntegerKernels.has(node.node(), subject.opset()) || hasFloatWeight(node.node());
  }

  private static String why(LintNode cause, LintSubject subject) {
    if (!IntegerKernels.has(cause.node(), subject.opset())) {
      return "there is no integer kernel for " + cause.operator();
    }
    if (hasFloatWeight(cause.node())) {
      return "its weight is stored in float";
    }
    return "a QuantizeLinear is missing at one of its inputs or outputs";
  }

  /// Whether ONNX Runtime makes one integer operator of a node and what surrounds it.
  private static boolean fuses(Node node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = node.inputs().get(i);
      boolean matters = input != null && input.dataType().filter(DataType::isFloat).isPresent();
      boolean bias = i == 2 && !node.is("Where");
      boolean parameter = i > 0 && node.inputs().size() > 1 && IntegerKernels.takesParameters(node);
      if (matters
          && !bias
          && !parameter
          && !QuantizedBorder.comesFromCodes(input)
          && !QuantizedBorder.isConstantFromCodes(input)) {
        return false;
      }
    }
    // A matrix product may leave floats behind.
    return node.is("MatMul") || node.is("Gemm") || outputsQuantized(node);
  }

  private static boolean outputsQuantized(Node node) {
    for (Value output : node.outputs()) {
      if (output != null && !output.isUnused() && !quantizedInTheEnd(output)) {
        return false;
      }
    }
    return true;
  }

  private static boolean quantizedInTheEnd(Value value) {
    if (QuantizedBorder.goesToCodes(value)) {
      return true;
    }
    return value.useCount() == 1
        && !value.isGraphOutput()
        && isAbsorbed(value.uses().getFirst().node());
  }

  /// Whether a node disappears into the quantizers after it.
  private static boolean isAbsorbed(Node node) {
    return IntegerKernels.isAbsorbed(node)
        && node.input(0).flatMap(Value::producer).isPresent()
        && QuantizedBorder.goesToCodes(node.output(0));
  }

  private static boolean hasFloatWeight(Node node) {
    return switch (node.opType()) {
      case "Conv", "MatMul", "Gemm" -> LintSubject.constant(node, 1).isPresent();
      default -> false;
    };
  }

  private static boolean feedsQuantizer(Value value) {
    return value.uses().stream().map(Use::node).anyMatch(QuantizedBorder::isQuantizer);
  }

  private static boolean isFloat(Node node) {
    return IntegerKernels.isFloatArithmetic(node);
  }

  private static Set<Node> connected(Node start, Set<Node> floats) {
    Set<Node> island = new LinkedHashSet<>(List.of(start));
    Deque<Node> open = new ArrayDeque<>(island);
    while (!open.isEmpty()) {
      Node node = open.pop();
      List<Node> neighbours = new ArrayList<>();
      for (Value input : node.inputs()) {
        if (input != null) {
          input.producer().ifPresent(neighbours::add);
        }
      }
      for (Value output : node.outputs()) {
        if (output != null) {
          output.uses().forEach(use -> neighbours.add(use.node()));
        }
      }
      for (Node neighbour : neighbours) {
        if (floats.contains(neighbour) && island.add(neighbour)) {
          open.push(neighbour);
        }
      }
    }
    return island;
  }
}
