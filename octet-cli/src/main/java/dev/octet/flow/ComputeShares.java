package dev.octet.flow;

import dev.octet.inspect.ComputeCost;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.plan.NodePlan;
import dev.octet.plan.Places;
import dev.octet.plan.QuantizationPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Where a model's multiplications run once it is quantized.
///
/// @param total multiplications for one sample
/// @param quantized those that run on integers
/// @param kept nodes left in float, in graph order
public record ComputeShares(long total, long quantized, List<Kept> kept) {
  public ComputeShares {
    kept = List.copyOf(kept);
  }

  /// A node left in float.
  ///
  /// @param share of all multiplications, 0 to 1
  public record Kept(String node, String opType, String reason, double share) {}

  /// Nodes of one reason that are called by their names; more are counted by operator.
  private static final int NAMED = 3;

  private static final String SUFFERS = "quantizing it costs too much quality";

  /// Counts what a plan does with a model. Where the cost of a node is not known, it counts as one
  /// multiplication.
  ///
  /// @param suffering nodes that were kept in float because they suffer
  static ComputeShares of(Model model, QuantizationPlan plan, Set<String> suffering) {
    Model shaped = model.copy();
    ShapeInference.infer(shaped);
    Places places = Places.of(shaped);
    Map<NodePlan, Long> costs = new LinkedHashMap<>();
    for (NodePlan node : plan.nodes()) {
      Node place = places.node(node.firstOutput());
      costs.put(node, ComputeCost.multiplications(place).orElse(1));
    }
    long total = costs.values().stream().mapToLong(Long::longValue).sum();
    long quantized = 0;
    List<Kept> kept = new ArrayList<>();
    for (Map.Entry<NodePlan, Long> each : costs.entrySet()) {
      NodePlan node = each.getKey();
      switch (node.fate()) {
        case NodePlan.Fate.Quantized _, NodePlan.Fate.Absorbed _ -> quantized += each.getValue();
        case NodePlan.Fate.Kept(String reason) ->
            kept.add(
                new Kept(
                    node.node(),
                    node.opType(),
                    suffering.contains(node.node()) ? SUFFERS : reason,
                    total == 0 ? 0 : (double) each.getValue() / total));
      }
    }
    return new ComputeShares(total, quantized, kept);
  }

  /// Share of the multiplications that run on integers, 0 to 1; 0 without any.
  public double quantizedShare() {
    return total == 0 ? 0 : (double) quantized / total;
  }

  /// The nodes left in float for people: a line a reason, those first that multiply most.
  /// `--plan` and `--json` tell each node's fate.
  List<String> lines() {
    Map<String, List<Kept>> byReason = new LinkedHashMap<>();
    kept.forEach(each -> byReason.computeIfAbsent(each.reason, _ -> new ArrayList<>()).add(each));
    return byReason.entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -share(entry.getValue())))
        .map(entry -> nodes(entry.getValue()) + ": " + entry.getKey())
        .toList();
  }

  private static String nodes(List<Kept> nodes) {
    String share = ofTheCompute(share(nodes));
    if (nodes.size() <= NAMED) {
      return nodes.stream()
              .map(each -> each.opType + " '" + each.node + "'")
              .collect(Collectors.joining(", "))
          + share;
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    nodes.forEach(each -> counts.merge(each.opType, 1, Integer::sum));
    return counts.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", "))
        + share;
  }

  private static double share(List<Kept> nodes) {
    return nodes.stream().mapToDouble(Kept::share).sum();
  }

  private static String ofTheCompute(double share) {
    return share > 0 ? ", " + Figures.percent(share) + " of the compute" : "";
  }
}
