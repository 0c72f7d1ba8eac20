package dev.octet.observe;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A node of control flow whose branches or bodies are run by themselves, as often as ONNX says.
sealed interface ObservedNode extends AutoCloseable
    permits ObservedIf, ObservedLoop, ObservedScan, UnknownControl {

  /// @param bodies those to look into, by attribute
  /// @param values whole names of the values to look at in them
  static ObservedNode of(Node node, Map<String, ObservedGraph> bodies, Set<String> values) {
    Parts parts = new Parts(node, Map.copyOf(bodies), Set.copyOf(values));
    return switch (node.domain().isEmpty() ? node.opType() : "") {
      case "If" -> new ObservedIf(parts);
      case "Loop" -> new ObservedLoop(parts);
      case "Scan" -> new ObservedScan(parts);
      default -> new UnknownControl(parts);
    };
  }

  /// How many results of a body are needed to go on: a loop's condition, and what is carried.
  static int results(Node node, Graph body) {
    return switch (node.opType()) {
      case "Loop" -> node.inputs().size() - 1;
      case "Scan" -> body.inputs().size() - (int) node.intAttribute("num_scan_inputs", 0);
      default -> 0;
    };
  }

  Parts parts();

  /// Runs the bodies.
  ///
  /// @param known tensors of the graph around, by name
  /// @param rounds of the bodies around that graph
  void run(Map<String, Tensor> known, List<Long> rounds, Recorder recorder);

  /// Whole names of the values to look at.
  default Set<String> values() {
    return parts().values();
  }

  /// Names of what the node and its bodies read from the graph around.
  default Set<String> reads() {
    Set<String> reads = new LinkedHashSet<>();
    for (Value input : parts().node().inputs()) {
      if (input != null) {
        reads.add(input.name());
      }
    }
    parts().bodies().values().forEach(body -> reads.addAll(parts().readFromAround(body)));
    return reads;
  }

  @Override
  default void close() {
    parts().bodies().values().forEach(ObservedGraph::close);
  }

  /// @param bodies those to look into, by attribute
  /// @param values whole names of the values to look at in them
  record Parts(Node node, Map<String, ObservedGraph> bodies, Set<String> values) {

    /// The only body there is.
    ObservedGraph body() {
      return bodies.values().iterator().next();
    }

    List<String> readFromAround(ObservedGraph body) {
      return body.inputs().subList(body.ownInputs(), body.inputs().size());
    }

    /// What a body reads from around it, by name.
    Map<String, Tensor> around(ObservedGraph body, Map<String, Tensor> known) {
      Map<String, Tensor> feeds = new LinkedHashMap<>();
      readFromAround(body).forEach(name -> feeds.put(name, required(known, name)));
      return feeds;
    }

    boolean has(int input) {
      return node.input(input).isPresent();
    }

    /// What the node reads.
    Tensor input(int index, Map<String, Tensor> known) {
      return required(known, node.input(index).orElseThrow().name());
    }

    private Tensor required(Map<String, Tensor> known, String name) {
      Tensor tensor = known.get(name);
      if (tensor == null) {
        throw OctetException.failure(
            "body-not-run", node.describe(), "reads '" + name + "', which is no tensor", "", null);
      }
      return tensor;
    }
  }

  /// The number in a tensor of one, a truth value being 0 or 1.
  static long number(Tensor tensor) {
    return ((DenseTensor) tensor).longAt(0);
  }
}
