package dev.octet.inspect;

import dev.octet.inspect.Layer.Operand;
import dev.octet.inspect.ModelDifference.Role;
import dev.octet.ir.Graph;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the layers of a model: every node with a constant weight or bias, in graph order. A
/// constant added right after a matrix product is that product's bias.
final class LayerFinder {
  private final Map<Node, Layer> layers = new LinkedHashMap<>();
  private final Set<Node> taken = new HashSet<>();

  private LayerFinder() {}

  static Map<Node, Layer> find(Graph graph) {
    LayerFinder finder = new LayerFinder();
    for (Node node : graph.nodes()) {
      if (!finder.taken.contains(node) && !DynamicWeights.isScaleProduct(node)) {
        finder.layer(node);
      }
    }
    return finder.layers;
  }

  private void layer(Node node) {
    Map<Role, Operand> constants = new EnumMap<>(Role.class);
    String family =
        switch (node.opType()) {
          case "Conv", "FusedConv", "QLinearConv", "ConvInteger" -> {
            weight(node).ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            bias(node, 2).ifPresent(found -> put(constants, Role.BIAS, node, found));
            if (node.is("ConvInteger") && !constants.isEmpty()) {
              addedBias(node).ifPresent(bias -> constants.put(Role.BIAS, bias));
            }
            yield "Conv";
          }
          case "ConvTranspose" -> {
            weight(node).ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            bias(node, 2).ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield "ConvTranspose";
          }
          case "Gemm", "FusedGemm", "QGemm" -> {
            boolean first = node.intAttribute("transB", 0) != 0;
            weight(node)
                .ifPresent(
                    found ->
                        constants.put(Role.WEIGHT, Layer.outputChannelsFirst(node, found, first)));
            bias(node, 2).ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield "MatMul";
          }
          case "MatMul",
              "FusedMatMul",
              "QLinearMatMul",
              "MatMulIntegerToFloat",
              "MatMulInteger" -> {
            weight(node)
                .ifPresent(
                    found ->
                        constants.put(Role.WEIGHT, Layer.outputChannelsFirst(node, found, false)));
            if (!constants.isEmpty()) {
              addedBias(node).ifPresent(bias -> constants.put(Role.BIAS, bias));
            }
            yield "MatMul";
          }
          case "Add", "Sub", "Mul", "Div", "PRelu", "Gather" -> {
            for (int i = 0; i < node.inputs().size(); i++) {
              node.input(i)
                  .flatMap(Constants::real)
                  .filter(found -> found.elements() > 1)
                  .ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            }
            yield node.opType();
          }
          case "BatchNormalization", "InstanceNormalization", "LayerNormalization" -> {
            node.input(1)
                .flatMap(Constants::real)
                .ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            bias(node, 2).ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield node.opType();
          }
          case "LSTM", "GRU", "RNN" -> {
            node.input(1)
                .flatMap(Constants::real)
                .ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            bias(node, 3).ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield node.opType();
          }
          case "DynamicQuantizeLSTM" -> {
            DynamicWeights.ofRecurrence(node)
                .ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            node.input(3)
                .flatMap(Constants::real)
                .ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield "LSTM";
          }
          case "Attention", "QAttention" -> {
            weight(node).ifPresent(found -> put(constants, Role.WEIGHT, node, found));
            node.input(2)
                .flatMap(Constants::real)
                .ifPresent(found -> put(constants, Role.BIAS, node, found));
            yield "Attention";
          }
          default -> node.opType();
        };
    if (!constants.isEmpty()) {
      layers.put(node, new Layer(node, family, constants));
    }
  }

  private static void put(
      Map<Role, Operand> constants, Role role, Node node, Constants.Found found) {
    constants.put(role, Layer.operand(node, found));
  }

  private static Optional<Constants.Found> weight(Node node) {
    return IntegerOperands.weight(node)
        .flatMap(operand -> IntegerOperands.find(node, operand))
        .or(
            () ->
                node.is("MatMulInteger") || node.is("ConvInteger")
                    ? DynamicWeights.ofProduct(node)
                    : Optional.empty())
        .or(() -> node.input(1).flatMap(Constants::real));
  }

  private static Optional<Constants.Found> bias(Node node, int input) {
    return IntegerOperands.bias(node)
        .flatMap(operand -> IntegerBias.find(node, operand))
        .or(
            () ->
                IntegerOperands.isInteger(node)
                    ? Optional.empty()
                    : node.input(input).flatMap(Constants::real));
  }

  /// The constant of an addition that is all that becomes of a product, through nodes that only
  /// change how numbers are stored.
  private Optional<Operand> addedBias(Node product) {
    Optional<Node> reader = loneReader(product.output(0));
    while (reader.isPresent()
        && (reader.get().is("QuantizeLinear")
            || reader.get().is("DequantizeLinear")
            || reader.get().is("Cast")
            || DynamicWeights.isRescaling(reader.get()))) {
      reader = loneReader(reader.get().output(0));
    }
    if (reader.isEmpty() || !reader.get().is("Add")) {
      return Optional.empty();
    }
    Node add = reader.get();
    for (int i = 0; i < 2; i++) {
      Optional<Constants.Found> found =
          add.input(i).map(LayerFinder::beforeReshape).flatMap(Constants::real);
      if (found.isPresent() && found.get().elements() > 1) {
        taken.add(add);
        return Optional.of(Layer.operand(add, found.get()));
      }
    }
    return Optional.empty();
  }

  /// A bias is reshaped so that it is added along the channels.
  private static Value beforeReshape(Value value) {
    return value
        .producer()
        .filter(node -> node.is("Reshape"))
        .flatMap(node -> node.input(0))
        .orElse(value);
  }

  private static Optional<Node> loneReader(Value value) {
    List<Use> uses = value.uses();
    return uses.size() == 1 && !value.isGraphOutput()
        ? Optional.of(uses.getFirst().node())
        : Optional.empty();
  }
}
