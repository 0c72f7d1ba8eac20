package dev.octet.libtorch.quantize;

import dev.octet.numeric.GridRule;
import dev.octet.numeric.QuantParams;
import dev.octet.torch.graph.AtenNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Where a program is put on grids: a plan for its ONNX model, seen on its own graph.
///
/// @param groups values that share a grid, in order
/// @param constants parameters that are stored as codes, in order
/// @param kept calls that could have computed on codes but stay in float
record QuantizationPoints(
    List<Group> groups, List<Constant> constants, List<QuantizedProgram.Kept> kept) {
  QuantizationPoints {
    groups = List.copyOf(groups);
    constants = List.copyOf(constants);
    kept = List.copyOf(kept);
  }

  /// Values on one grid.
  ///
  /// @param grid what calibration found for it
  /// @param sites where values are put on it, in graph order; the first value's range decides
  record Group(QuantParams grid, List<Site> sites) {
    Group {
      sites = List.copyOf(sites);
    }

    /// The value whose range decides, by which the group is called.
    String root() {
      return sites.getFirst().value();
    }
  }

  /// A value that is put on its group's grid.
  ///
  /// @param value its name
  /// @param readers names of the calls that see it rounded; empty for all of them
  record Site(String value, Set<String> readers) {
    Site {
      readers = Set.copyOf(readers);
    }

    /// Whether a call sees the value rounded. One that only asks for its size need not.
    boolean isReadBy(AtenNode call) {
      return readers.isEmpty()
          ? !call.op().name().startsWith("sym_")
          : readers.contains(call.name());
    }
  }

  /// A parameter that is stored as codes.
  ///
  /// @param call name of the call that reads it
  /// @param argument the call's argument it is
  /// @param value graph input that holds it
  /// @param channelAxis its axis with one scale for each index; empty for one scale
  /// @param rule how its grid is laid over its range
  /// @param bias what is added to its products
  record Constant(
      String call,
      String argument,
      String value,
      OptionalInt channelAxis,
      GridRule rule,
      Optional<Bias> bias) {}

  /// A parameter added to products, stored in the scale they have.
  ///
  /// @param argument the argument it is, of the call that multiplies
  /// @param value graph input that holds it
  /// @param group root of the group of the activations that are multiplied
  record Bias(String argument, String value, String group) {}

  /// The group of this root.
  ///
  /// @throws IllegalArgumentException when there is none
  Group group(String root) {
    return groups.stream()
        .filter(group -> group.root().equals(root))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(root + " is not quantized"));
  }
}
