package dev.octet.inspect;

import dev.octet.inspect.ModelDifference.Location;
import dev.octet.inspect.ModelDifference.Role;
import dev.octet.ir.Node;
import dev.octet.plan.QuantizationScheme;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// A node with constants of its own, as layers of two models are compared: by family, by the shape
/// of its weight, and with its numbers dequantized and turned the same way round.
///
/// @param node the node that uses the constants
/// @param family what it is called whichever way it computes: `Conv`, `MatMul`, …
/// @param constants its weight and bias
record Layer(Node node, String family, Map<Role, Operand> constants) {
  Layer {
    constants = new EnumMap<>(constants);
  }

  /// @param dims dimensions of the values
  /// @param values computes the real numbers, row-major
  record Operand(Location location, List<Long> dims, Supplier<float[]> values) {}

  Optional<Operand> operand(Role role) {
    return Optional.ofNullable(constants.get(role));
  }

  /// What a partner must share.
  record Kind(String family, List<Long> dims) {}

  Kind kind() {
    Operand weight = constants.get(Role.WEIGHT);
    Operand any = weight != null ? weight : Objects.requireNonNull(constants.get(Role.BIAS));
    return new Kind(family, any.dims());
  }

  static Operand operand(Node node, Constants.Found found) {
    return new Operand(location(node, found), found.dims(), found::realValues);
  }

  /// A matrix with its output channels first, whichever way it is stored.
  static Operand outputChannelsFirst(Node node, Constants.Found found, boolean areFirst) {
    if (areFirst || found.dims().size() != 2) {
      return operand(node, found);
    }
    return new Operand(
        location(node, found),
        List.of(found.dims().get(1), found.dims().get(0)),
        () -> Constants.transpose(found.realValues(), found.dims(), new int[] {1, 0}));
  }

  static Location location(Node node, Constants.Found found) {
    return new Location(
        QuantizationScheme.label(node),
        QuantizationScheme.opType(node),
        found.holder().name(),
        found.storage());
  }
}
