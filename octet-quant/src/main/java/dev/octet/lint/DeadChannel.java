package dev.octet.lint;

import dev.octet.ir.Model;
import dev.octet.transform.Pass;
import dev.octet.transform.PassReport;
import dev.octet.transform.Pipeline;
import dev.octet.transform.PipelineReport;
import dev.octet.transform.rules.FoldBatchNormIntoConv;
import dev.octet.transform.rules.FoldBatchNormIntoLinear;
import dev.octet.transform.rules.PruneDeadChannels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Output channels whose weights are all zero, or too small to matter: they give their bias, and
/// nothing else.
final class DeadChannel implements LintRule {
  private static final String PASS = new PruneDeadChannels().name();

  @Override
  public String name() {
    return "dead-channel";
  }

  @Override
  public String description() {
    return "An output channel whose weights are all zero (or under 2^-24 of the largest) gives its"
        + " bias whatever comes in: work and storage for a constant.";
  }

  @Override
  public Severity severity() {
    return Severity.NOTE;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    List<Finding> findings = new ArrayList<>();
    Optional<Pruning> pruning = Optional.empty();
    for (LayerWeight weight : subject.weights()) {
      List<Integer> channels = dead(weight);
      if (!channels.isEmpty()) {
        pruning = pruning.or(() -> Optional.of(Pruning.of(subject.model())));
        findings.add(finding(weight, channels, pruning.get()));
      }
    }
    return findings;
  }

  private static List<Integer> dead(LayerWeight weight) {
    double lost = weight.largestOfAll() * PruneDeadChannels.LOST;
    float[] largest = weight.largest();
    return IntStream.range(0, largest.length).filter(i -> largest[i] <= lost).boxed().toList();
  }

  private Finding finding(LayerWeight weight, List<Integer> channels, Pruning pruning) {
    boolean oneScale = weight.scales().isPresent() && !weight.isPerChannel();
    Fix fix;
    if (oneScale) {
      fix = Fix.command("quantize", Fix.FLOAT_MODEL, "--data", Fix.DATA, "-o", Fix.RESULT);
    } else if (weight.isPerChannel()) {
      fix = Fix.command("prepare", Fix.FLOAT_MODEL, "-o", Fix.RESULT, "--enable", PASS);
    } else {
      fix = pruning.fix(weight);
    }
    return at(
        weight.node(),
        weight.holder().name(),
        "%s of '%s' %s zero %s"
            .formatted(
                Channels.text(channels, weight.channels()),
                weight.holder().name(),
                channels.size() == 1 ? "has" : "have",
                oneScale
                    ? "codes only: zero weights, or too small for the one scale"
                    : "weights only"),
        fix);
  }

  /// What came of taking dead channels out of a copy of the model.
  ///
  /// @param left nodes that still have some
  private record Pruning(PipelineReport report, List<String> left) {
    static Pruning of(Model model) {
      Model trial = model.copy();
      PipelineReport report =
          Pipeline.of(
                  Pass.of(new FoldBatchNormIntoConv()),
                  Pass.of(new FoldBatchNormIntoLinear()),
                  Pass.of(new PruneDeadChannels()))
              .run(trial);
      List<String> left =
          LintSubject.of(trial, Optional.empty()).weights().stream()
              .filter(weight -> !dead(weight).isEmpty())
              .map(weight -> weight.node().node().describe())
              .toList();
      return new Pruning(report, left);
    }

    Fix fix(LayerWeight weight) {
      String node = weight.node().node().describe();
      if (!left.contains(node)) {
        return Fix.command("prepare", Fix.MODEL, "-o", Fix.RESULT, "--enable", PASS);
      }
      String reason =
          report.declined().stream()
              .filter(refusal -> refusal.rule().equals(PASS) && refusal.where().equals(node))
              .map(PassReport.Refusal::reason)
              .findFirst()
              .orElse("not all of them can go");
      return Fix.change(
          "prepare leaves them, since "
              + reason
              + "; remove these channels from the layer and from the inputs of the next, and train"
              + " on; quantization itself does no harm to them");
    }
  }
}
