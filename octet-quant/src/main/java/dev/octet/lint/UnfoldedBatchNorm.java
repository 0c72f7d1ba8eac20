package dev.octet.lint;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A batch normalization right after the convolution whose weight it could be part of.
final class UnfoldedBatchNorm implements LintRule {
  @Override
  public String name() {
    return "unfolded-batch-norm";
  }

  @Override
  public String description() {
    return "A batch normalization after a convolution is arithmetic that could be part of its"
        + " weight; left as it is, it runs in float between quantized layers.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    for (LintNode node : subject.nodes()) {
      Optional<Node> before =
          node.operator().equals("BatchNormalization")
              ? node.node()
                  .input(0)
                  .filter(UnfoldedBatchNorm::isOnlyReadHere)
                  .flatMap(Value::producer)
              : Optional.empty();
      before
          .filter(producer -> producer.is("Conv"))
          .filter(conv -> LintSubject.constant(conv, 1).isPresent() && isConstant(node.node()))
          .ifPresent(
              conv ->
                  findings.add(
                      at(
                          node,
                          "",
                          "could be folded into the weight of " + conv.describe(),
                          Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT))));
    }
    return findings;
  }

  private static boolean isConstant(Node norm) {
    return IntStream.rangeClosed(1, 4)
        .allMatch(input -> LintSubject.constant(norm, input).isPresent());
  }

  private static boolean isOnlyReadHere(Value value) {
    return value.useCount() == 1 && !value.isGraphOutput();
  }
}
