package dev.octet.plan;

import dev.octet.numeric.QuantParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A plan's text forms: one to read, one exact to the bit for hashing and comparing.
final class PlanText {
  private PlanText() {}

  static List<String> readable(QuantizationPlan plan) {
    long quantized = count(plan, NodePlan.Fate.Quantized.class);
    long absorbed = count(plan, NodePlan.Fate.Absorbed.class);
    List<String> lines = new ArrayList<>();
    lines.add(
        "plan %s: %d nodes quantized, %d absorbed, %d kept in float"
            .formatted(
                plan.hash().substring(0, 12),
                quantized,
                absorbed,
                plan.nodes().size() - quantized - absorbed));
    int width =
        plan.nodes().stream()
            .mapToInt(n -> n.opType().length() + n.node().length() + 1)
            .max()
            .orElse(0);
    for (NodePlan node : plan.nodes()) {
      String what =
          switch (node.fate()) {
            case NodePlan.Fate.Quantized(List<NodePlan.Read> reads, var folded) ->
                "int8   reads "
                    + reads.stream().map(NodePlan.Read::tensor).collect(Collectors.joining(", "));
            case NodePlan.Fate.Absorbed() ->
                "gone   the codes of its result saturate where it does";
            case NodePlan.Fate.Kept(String reason) -> "float  " + reason;
          };
      lines.add(
          ("  %-" + Math.max(1, width) + "s  %s")
              .formatted(node.opType() + " " + node.node(), what));
    }
    int tensorWidth = plan.tensors().stream().mapToInt(t -> t.key().length()).max().orElse(0);
    for (TensorPlan tensor : plan.tensors()) {
      lines.add(
          ("  %-" + Math.max(1, tensorWidth) + "s  %s").formatted(tensor.key(), describe(tensor)));
    }
    return lines;
  }

  static List<String> exact(QuantizationPlan plan) {
    List<String> lines = new ArrayList<>();
    lines.add("format " + plan.format());
    lines.add("style " + plan.style());
    lines.add("quantizing nodes " + plan.qdq());
    byPlace(plan).forEach((place, text) -> lines.add(place + " = " + text));
    return lines;
  }

  static Map<String, String> byPlace(QuantizationPlan plan) {
    Map<String, String> places = new LinkedHashMap<>();
    for (NodePlan node : plan.nodes()) {
      places.put("node " + node.firstOutput(), node.opType() + " " + fate(node.fate()));
    }
    for (TensorPlan tensor : plan.tensors()) {
      places.put("tensor " + tensor.key(), exact(tensor));
    }
    return places;
  }

  private static String fate(NodePlan.Fate fate) {
    return switch (fate) {
      case NodePlan.Fate.Quantized(List<NodePlan.Read> reads, List<String> folded) ->
          "int8 "
              + folded
              + " "
              + reads.stream()
                  .map(read -> read.input() + ":" + read.tensor())
                  .collect(Collectors.joining(" "));
      case NodePlan.Fate.Absorbed() -> "absorbed";
      case NodePlan.Fate.Kept(String reason) -> "float, " + reason;
    };
  }

  private static String describe(TensorPlan tensor) {
    return switch (tensor) {
      case TensorPlan.Activation activation ->
          String.format(
              Locale.ROOT,
              "%s  range [%.6g, %.6g] %s",
              describe(activation.params()),
              activation.range().min(),
              activation.range().max(),
              activation.origin());
      case TensorPlan.Dequantized dequantized ->
          "%s  by the model itself".formatted(describe(dequantized.params()));
      case TensorPlan.Dynamic dynamic ->
          "uint8  scale and zero point of the moment"
              + dynamic.source().map(source -> ", as " + source).orElse("");
      case TensorPlan.Conversion conversion ->
          "%s  from %s".formatted(describe(conversion.params()), conversion.source());
      case TensorPlan.Weight weight -> describe(weight.params());
      case TensorPlan.Bias bias ->
          "int32  scale of " + bias.activation() + " times that of " + bias.weight();
    };
  }

  private static String describe(QuantParams params) {
    String zeroPoints =
        Arrays.stream(params.zeroPoints()).distinct().count() == 1
            ? Integer.toString(params.zeroPoints()[0])
            : "per channel";
    return "%s  %s  zero point %s"
        .formatted(
            params.type().name().toLowerCase(Locale.ROOT), spread(params.scales()), zeroPoints);
  }

  private static String spread(float[] scales) {
    if (scales.length == 1) {
      return String.format(Locale.ROOT, "scale %.6g", scales[0]);
    }
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float scale : scales) {
      low = Math.min(low, scale);
      high = Math.max(high, scale);
    }
    return String.format(Locale.ROOT, "%d scales %.6g … %.6g", scales.length, low, high);
  }

  private static String exact(TensorPlan tensor) {
    return switch (tensor) {
      case TensorPlan.Activation(
              var value,
              var key,
              var params,
              var range,
              var origin,
              var readers) ->
          "%s of %s range %s %s %s, read by %s"
              .formatted(exact(params), value, range.min(), range.max(), origin, readers);
      case TensorPlan.Dequantized(var value, var key, var params, var range) ->
          "%s of %s by the model itself".formatted(exact(params), value);
      case TensorPlan.Dynamic(var value, var key, var element, var source) ->
          "dynamic of %s of %s, from %s".formatted(value, element, source.orElse("the value"));
      case TensorPlan.Conversion(
              var value,
              var key,
              var source,
              var params,
              var range,
              var readers) ->
          "%s of %s from %s range %s %s, read by %s"
              .formatted(exact(params), value, source, range.min(), range.max(), readers);
      case TensorPlan.Weight(var value, var key, var params, var factor) ->
          "weight of %s times %s %s".formatted(value, factor, exact(params));
      case TensorPlan.Bias(
              var value,
              var key,
              var activation,
              var weight,
              var factor,
              var length) ->
          "bias of %s times %s, %d codes, %s, %s"
              .formatted(value, factor, length, activation, weight);
    };
  }

  private static String exact(QuantParams params) {
    return params.type()
        + " "
        + params.granularity()
        + " in "
        + params.real()
        + " "
        + Arrays.toString(params.scales())
        + " "
        + Arrays.toString(params.zeroPoints());
  }

  private static long count(QuantizationPlan plan, Class<? extends NodePlan.Fate> kind) {
    return plan.nodes().stream().filter(node -> kind.isInstance(node.fate())).count();
  }
}
