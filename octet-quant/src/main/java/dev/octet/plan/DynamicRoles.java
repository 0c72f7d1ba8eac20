package dev.octet.plan;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Node;
import dev.octet.plan.DynamicDecision.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What several operator families ask about a node's inputs.
final class DynamicRoles {
  private DynamicRoles() {}

  /// Roles by input, the others left alone.
  static List<Role> of(Node node, Map<Integer, Role> roles) {
    List<Role> operands =
        new ArrayList<>(Collections.nCopies(node.inputs().size(), new Role.Untouched()));
    roles.forEach(operands::set);
    return operands;
  }

  /// Why an input cannot be an activation: anything but 16-, 32- or 64-bit floats.
  static Optional<String> whyNoActivation(Node node, int index, ModelFacts facts) {
    Optional<DataType> type = node.input(index).flatMap(facts::type);
    if (type.isPresent() && isPlainFloat(type.get())) {
      return Optional.empty();
    }
    String name = node.input(index).map(value -> value.name()).orElse("");
    return Optional.of("its input '" + name + "' is not known to hold floats");
  }

  /// The constant in an input, when it holds plain floats.
  static Optional<DenseTensor> floatConstant(Node node, int index, ModelFacts facts) {
    return facts.constantInput(node, index).filter(tensor -> isPlainFloat(tensor.dataType()));
  }

  static boolean isPlainFloat(DataType type) {
    return switch (type) {
      case FLOAT, FLOAT16, BFLOAT16, DOUBLE -> true;
      default -> false;
    };
  }
}
