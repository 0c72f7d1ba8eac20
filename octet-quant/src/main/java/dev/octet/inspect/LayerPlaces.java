package dev.octet.inspect;

import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Where each layer stands in its graph, as numbers that two models can be compared by: one that
/// sums up everything before the layer and one for everything after it.
///
/// Only layers and joins (nodes that read several computed values) count. Quantizing, dequantizing,
/// rectifying, pooling and reshaping are seen through, so a float model and its quantized forms get
/// the same numbers. One pass forwards and one backwards, whatever the size of the graph.
final class LayerPlaces {
  private static final long INPUT = 0x1234_5678_9abc_def1L;
  private static final long OUTPUT = 0x0fed_cba9_8765_4321L;

  private final Map<Node, Layer> layers;
  private final Map<Value, Long> before = new HashMap<>();
  private final Map<Value, Long> after = new HashMap<>();

  private LayerPlaces(Map<Node, Layer> layers) {
    this.layers = layers;
  }

  static LayerPlaces of(Graph graph, Map<Node, Layer> layers) {
    LayerPlaces places = new LayerPlaces(layers);
    List<Value> inputs = graph.inputs();
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).initializer().isEmpty()) {
        places.before.put(inputs.get(i), mix(INPUT + i));
      }
    }
    List<Node> nodes = graph.nodes();
    nodes.forEach(places::forwards);
    for (int i = 0; i < graph.outputs().size(); i++) {
      places.after.merge(graph.outputs().get(i), mix(OUTPUT + i), Long::sum);
    }
    nodes.reversed().forEach(places::backwards);
    return places;
  }

  /// Sums up what the layer computes from.
  long before(Layer layer) {
    return before.getOrDefault(layer.node().output(0), 0L);
  }

  /// Sums up what becomes of the layer's result.
  long after(Layer layer) {
    return after.getOrDefault(layer.node().output(0), 0L);
  }

  private void forwards(Node node) {
    long[] sources = sources(node);
    if (sources.length == 0) {
      return;
    }
    long own;
    if (isSeenThrough(node, sources.length)) {
      own = sources[0];
    } else {
      own = identity(node);
      for (long source : sources) {
        own = mix(own * 31 + source);
      }
    }
    // Scale and zero point of the moment are beside the data, not data.
    int results = node.is("DynamicQuantizeLinear") ? 1 : node.outputs().size();
    for (int i = 0; i < results; i++) {
      Value output = node.outputs().get(i);
      if (output != null) {
        before.put(output, i == 0 ? own : mix(own + i));
      }
    }
  }

  private void backwards(Node node) {
    long own = 0;
    for (int i = 0; i < node.outputs().size(); i++) {
      Value output = node.outputs().get(i);
      if (output != null) {
        long result = after.getOrDefault(output, 0L);
        own += i == 0 ? result : mix(result + i);
      }
    }
    if (!isSeenThrough(node, sources(node).length)) {
      own = mix(identity(node) + own);
    }
    for (int index : IntegerOperands.dataInputs(node)) {
      long contribution = own;
      node.input(index)
          .filter(before::containsKey)
          .ifPresent(value -> after.merge(value, contribution, Long::sum));
    }
  }

  /// The computed values a node reads; in no particular order where the operator has none.
  private long[] sources(Node node) {
    long[] sources =
        IntegerOperands.dataInputs(node).stream()
            .flatMap(index -> node.input(index).stream())
            .filter(before::containsKey)
            .mapToLong(value -> before.getOrDefault(value, 0L))
            .toArray();
    if (!kind(node).equals("Concat")) {
      Arrays.sort(sources);
    }
    return sources;
  }

  private boolean isSeenThrough(Node node, int sources) {
    return sources < 2 && !layers.containsKey(node);
  }

  private long identity(Node node) {
    Layer layer = layers.get(node);
    return mix(layer == null ? kind(node).hashCode() : layer.kind().hashCode());
  }

  private static String kind(Node node) {
    String type = node.opType();
    if (type.equals("DynamicQuantizeLSTM")) {
      return "LSTM";
    }
    if (type.equals("QAttention")) {
      return "Attention";
    }
    return type.startsWith("QLinear") ? type.substring("QLinear".length()) : type;
  }

  /// Stafford's variant 13 of a 64-bit finalizer: every bit of the input moves every bit out.
  private static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
