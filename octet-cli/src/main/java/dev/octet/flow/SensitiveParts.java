package dev.octet.flow;

import dev.octet.data.SampleSource;
import dev.octet.inspect.ComputeCost;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.NodePlan;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import dev.octet.rewrite.PlanRewriter;
import dev.octet.runtime.Progress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which parts of a model lose most by being quantized, measured: each part is quantized alone and
/// judged by the noise it leaves in the outputs. Such noise adds up nearly as independent noise
/// does, so the sum over the parts that stay quantized foretells what is left when the others are
/// kept in float.
///
/// A part is a convolution or matrix product with what follows it up to the next one.
final class SensitiveParts {
  /// More parts than this are joined with their neighbours.
  private static final int MOST_PARTS = 96;

  /// Multiplications to spend on measuring: some 20 seconds on one core. Every part runs the whole
  /// model twice, once in float.
  private static final double WORK = 2e11;

  /// Samples that each part is measured on, as many as the work allows: with three, parts of nearly
  /// the same noise change places by chance; over 64 its power is steady to a tenth.
  private static final int FEWEST_SAMPLES = 3;

  private static final int MOST_SAMPLES = 64;

  /// @param nodes as schemes address them
  /// @param multiplications for one sample
  /// @param noise power in the worst output, relative to that output's own
  record Part(List<String> nodes, long multiplications, double noise) {}

  private final List<Part> parts;
  private final long total;

  private SensitiveParts(List<Part> parts, long total) {
    this.parts = parts;
    this.total = total;
  }

  /// Measures every part of a plan.
  ///
  /// @param ranges of the model the plan is for
  /// @param samples to choose a few of
  static SensitiveParts measure(
      QuantizationPlan plan,
      QuantizationScheme scheme,
      ObservedRanges ranges,
      Judge judge,
      SampleSource samples,
      Progress progress) {
    Model model = ranges.model();
    List<Part> unmeasured = joined(split(model, plan));
    List<QuantizationScheme> alone =
        unmeasured.stream().map(part -> only(scheme, part.nodes)).toList();
    List<QuantizationScheme> all = new ArrayList<>(alone);
    all.add(scheme);
    ranges.foresee(all);
    long total = Math.max(1, unmeasured.stream().mapToLong(Part::multiplications).sum());
    SampleSource few = samples.balancedSample(samplesFor(unmeasured.size(), total), 0);
    List<Part> measured = new ArrayList<>();
    for (int i = 0; i < alone.size(); i++) {
      Part part = unmeasured.get(i);
      QuantizationPlan partPlan =
          QuantizationPlanner.plan(model, alone.get(i), ranges.table(alone.get(i)));
      Trial trial =
          judge.judge(
              part.nodes.getFirst(), PlanRewriter.rewrite(model, partPlan), few, Progress.NONE);
      measured.add(new Part(part.nodes, part.multiplications, noise(trial.qualityDb())));
      progress.update(measured.size(), unmeasured.size());
    }
    return new SensitiveParts(measured, total);
  }

  /// How many samples each part is measured on.
  ///
  /// @param multiplications of the whole model for one sample
  static int samplesFor(int parts, long multiplications) {
    double each = 2.0 * Math.max(1, parts) * Math.max(1, multiplications);
    return (int) Math.clamp(WORK / each, FEWEST_SAMPLES, MOST_SAMPLES);
  }

  /// The parts to keep in float so that the noise of the others sums to no more than a goal, at
  /// little cost: first what leaves most noise for its multiplications, then without what turns
  /// out not to be needed.
  ///
  /// @param goal noise power relative to the output's
  /// @param budget largest share of the multiplications to keep in float
  List<Part> toKeep(double goal, double budget) {
    List<Part> order =
        parts.stream()
            .sorted(
                Comparator.comparingDouble(
                        (Part part) -> part.noise / (part.multiplications + total * 1e-3))
                    .reversed())
            .toList();
    List<Part> kept = new ArrayList<>();
    double left = parts.stream().mapToDouble(Part::noise).sum();
    long spent = 0;
    for (Part part : order) {
      if (left <= goal) {
        break;
      }
      if (spent + part.multiplications <= budget * total) {
        kept.add(part);
        left -= part.noise;
        spent += part.multiplications;
      }
    }
    for (Part part :
        kept.stream().sorted(Comparator.comparingLong(Part::multiplications).reversed()).toList()) {
      if (left + part.noise <= goal) {
        kept.remove(part);
        left += part.noise;
      }
    }
    return kept;
  }

  /// A scheme with some parts kept in float.
  static QuantizationScheme without(QuantizationScheme scheme, List<Part> parts) {
    List<Layer> layers = new ArrayList<>(scheme.layers());
    parts.forEach(
        part ->
            part.nodes.forEach(node -> layers.add(new Layer(Scope.NODE, node, Policy.IN_FLOAT))));
    return scheme.withLayers(layers);
  }

  static double noise(double qualityDb) {
    return Math.pow(10, -qualityDb / 10);
  }

  private static QuantizationScheme only(QuantizationScheme scheme, List<String> nodes) {
    List<Layer> layers = new ArrayList<>(scheme.layers());
    layers.add(new Layer(Scope.NODE, "*", Policy.IN_FLOAT));
    nodes.forEach(node -> layers.add(new Layer(Scope.NODE, node, Policy.QUANTIZED)));
    return scheme.withLayers(layers);
  }

  private static List<Part> split(Model model, QuantizationPlan plan) {
    Model shaped = model.copy();
    ShapeInference.infer(shaped);
    List<List<String>> nodes = new ArrayList<>();
    List<Long> costs = new ArrayList<>();
    Map<String, Integer> partOf = new HashMap<>();
    for (NodePlan node : plan.nodes()) {
      Optional<Node> place = shaped.graph().findValue(node.firstOutput()).flatMap(Value::producer);
      if (node.fate() instanceof NodePlan.Fate.Kept || place.isEmpty()) {
        continue;
      }
      Integer before = place.get().input(0).map(Value::name).map(partOf::get).orElse(null);
      boolean heavy = ComputeCost.isHeavy(place.get());
      if (heavy || before == null) {
        before = nodes.size();
        nodes.add(new ArrayList<>());
        costs.add(ComputeCost.multiplications(place.get()).orElse(0));
      }
      nodes.get(before).add(node.node());
      partOf.put(node.firstOutput(), before);
    }
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      parts.add(new Part(List.copyOf(nodes.get(i)), costs.get(i), 0));
    }
    return parts;
  }

  private static List<Part> joined(List<Part> parts) {
    int each = Math.ceilDiv(Math.max(1, parts.size()), MOST_PARTS);
    List<Part> joined = new ArrayList<>();
    for (int from = 0; from < parts.size(); from += each) {
      List<Part> run = parts.subList(from, Math.min(parts.size(), from + each));
      Set<String> seen = new HashSet<>();
      joined.add(
          new Part(
              run.stream().flatMap(part -> part.nodes.stream()).filter(seen::add).toList(),
              run.stream().mapToLong(Part::multiplications).sum(),
              0));
    }
    return joined;
  }
}
