package dev.octet.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.ir.io.OnnxText;
import dev.octet.transform.Verifier.Verdict;
import dev.octet.transform.rules.RemoveIdentity;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PipelineTest {
  private static final String MODEL =
      """
      g (float[2] x) => (float[2] y) {
        a = Identity (x)
        b = Relu (a)
        y = Neg (b)
      }
      """;

  /// Turns one operator into another, which changes what the model computes.
  private record Swap(String name, String from, String to) implements RewriteRule {
    @Override
    public String description() {
      return "For tests.";
    }

    @Override
    public RuleOutcome apply(Node node, RewriteContext context) {
      if (!node.is(from)) {
        return RuleOutcome.noMatch();
      }
      context.replace(node, NodeSpec.of(to).inputs(node.inputs()));
      return RuleOutcome.applied("swapped");
    }
  }

  @Test
  void onlyTheRuleAtFaultIsRolledBack() {
    Model model = OnnxText.parse(MODEL);
    Pipeline pipeline =
        Pipeline.of(
            Pass.of("both", "For tests.", new Swap("bad", "Neg", "Exp"), new RemoveIdentity()));
    VerifiedRun run =
        pipeline.run(
            model,
            (step, candidate) ->
                OnnxText.print(candidate).contains("Exp")
                    ? new Verdict.Rejected("outputs differ by 3")
                    : new Verdict.Accepted());
    assertThat(run.model().graph().nodes()).extracting(Node::opType).containsExactly("Relu", "Neg");
    assertThat(run.report().rolledBack()).extracting(PassReport::pass).containsExactly("bad");
    assertThat(run.report().toString()).contains("bad: rolled back, outputs differ by 3");
    assertThat(OnnxText.print(model)).isEqualTo(OnnxText.print(OnnxText.parse(MODEL)));
  }

  @Test
  void aVerifierIsNotAskedAboutPassesThatDidNothing() {
    Pipeline pipeline = Pipeline.of(Pass.of(new Swap("idle", "Sin", "Cos")));
    VerifiedRun run =
        pipeline.run(
            OnnxText.parse(MODEL),
            (step, candidate) -> {
              throw new AssertionError("asked about " + step);
            });
    assertThat(run.report().changed()).isFalse();
  }

  @Test
  void rulesThatUndoEachOtherAreCaught() {
    Pipeline pipeline =
        Pipeline.of(
            Pass.of(
                "endless",
                "For tests.",
                new Swap("there", "Neg", "Exp"),
                new Swap("back", "Exp", "Neg")));
    assertThatThrownBy(() -> pipeline.run(OnnxText.parse(MODEL)))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("endless");
  }

  /// A chain on which each rewrite makes the next one possible, in both directions.
  @Test
  void aLongChainSettlesInVisitsLinearInItsLength() {
    for (boolean identities : new boolean[] {true, false}) {
      AtomicLong visits = new AtomicLong();
      int length = 5000;
      Model model = chain(length, identities);
      RewriteRule counted =
          new RewriteRule() {
            private final RewriteRule rule =
                identities ? new RemoveIdentity() : new BackwardsRule();

            @Override
            public String name() {
              return rule.name();
            }

            @Override
            public String description() {
              return rule.description();
            }

            @Override
            public RuleOutcome apply(Node node, RewriteContext context) {
              visits.incrementAndGet();
              return rule.apply(node, context);
            }
          };
      Pipeline.of(Pass.of(counted)).run(model);
      assertThat(model.graph().nodes()).extracting(Node::opType).doesNotContain("Identity", "Abs");
      assertThat(visits.get()).isLessThan(6L * length);
    }
  }

  /// Turns an Abs into a Neg once what reads it is one already: works its way from the end.
  private static final class BackwardsRule implements RewriteRule {
    @Override
    public String name() {
      return "backwards";
    }

    @Override
    public String description() {
      return "For tests.";
    }

    @Override
    public RuleOutcome apply(Node node, RewriteContext context) {
      Value output = node.output(0);
      boolean ready =
          output.isGraphOutput() || output.uses().stream().allMatch(use -> use.node().is("Neg"));
      if (!node.is("Abs") || !ready) {
        return RuleOutcome.noMatch();
      }
      context.replace(node, NodeSpec.of("Neg").inputs(node.inputs()));
      return RuleOutcome.applied("turned");
    }
  }

  private static Model chain(int length, boolean identities) {
    Model model = Model.create(ModelInfo.octet(8), 17, "chain");
    model.edit(
        editor -> {
          Value value = editor.addInput(model.graph(), "x", null);
          for (int i = 0; i < length; i++) {
            String op = identities ? "Identity" : "Abs";
            value = editor.append(model.graph(), NodeSpec.of(op).inputs(value)).output(0);
          }
          value = editor.append(model.graph(), NodeSpec.of("Neg").inputs(value)).output(0);
          editor.addOutput(model.graph(), value);
        });
    return model;
  }
}
