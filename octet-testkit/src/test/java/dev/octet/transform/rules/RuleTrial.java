package dev.octet.transform.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.io.OnnxText;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.testkit.RewriteAssertions;
import dev.octet.testkit.Tolerance;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.Pass;
import dev.octet.transform.Pipeline;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.RewriteRule;
import java.util.List;

/// One pass under test, with shapes inferred first and leftovers removed afterwards, as every
/// pipeline has it.
final class RuleTrial {
  private final Pass pass;

  private RuleTrial(Pass pass) {
    this.pass = pass;
  }

  static RuleTrial of(RewriteRule... rules) {
    return new RuleTrial(Pass.of("trial", "Rules under test.", rules));
  }

  static RuleTrial of(ModelRewrite rewrite) {
    return new RuleTrial(Pass.of(rewrite));
  }

  /// Asserts all of [RewriteAssertions#assertRewrite].
  void turns(String before, String after) {
    RewriteAssertions.assertRewrite(this::rewrite, before, after);
  }

  /// Asserts that outputs stay and gives the operators left, in order.
  List<String> operatorsAfter(String before) {
    Model model =
        RewriteAssertions.assertRewriteKeepsOutputs(this::rewrite, before, Tolerance.FLOAT32);
    return operators(model);
  }

  /// The model afterwards; asserts nothing.
  Model after(String before) {
    Model model = OnnxText.parse(before);
    rewrite(model);
    return model;
  }

  private static List<String> operators(Model model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  /// Asserts that the model stays as it is, and that the report gives a reason.
  void declines(String text, String reason) {
    PipelineReport report = assertUntouched(text);
    assertThat(report.declined()).anyMatch(refusal -> refusal.reason().contains(reason));
  }

  /// Asserts that the model stays as it is, and that there is nothing to report.
  void ignores(String text) {
    assertThat(assertUntouched(text).declined()).isEmpty();
  }

  private PipelineReport assertUntouched(String text) {
    Model model = OnnxText.parse(text);
    ShapeInference.infer(model);
    String before = OnnxText.print(model);
    PipelineReport report = Pipeline.of(pass).run(model);
    assertThat(OnnxText.print(model)).isEqualTo(before);
    assertThat(report.changed()).isFalse();
    return report;
  }

  private void rewrite(Model model) {
    ShapeInference.infer(model);
    Pipeline.of(pass, Pass.of(new RemoveUnused())).run(model);
  }
}
