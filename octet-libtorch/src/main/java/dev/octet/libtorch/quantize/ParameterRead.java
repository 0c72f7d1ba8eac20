package dev.octet.libtorch.quantize;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A float parameter that a call reads, directly or with its axes in another order.
///
/// @param call name of the call that reads the parameter itself
/// @param argument the argument it is there
/// @param value graph input that holds it
/// @param axes for each axis as read in the end, the parameter's own
record ParameterRead(String call, String argument, String value, List<Integer> axes) {
  ParameterRead {
    axes = List.copyOf(axes);
  }

  /// The parameter's axis that is axis `index` as read in the end.
  int axis(int index) {
    return axes.get(index);
  }

  /// The parameter behind an argument; empty when that is computed otherwise or is no parameter or
  /// persistent buffer of floats.
  static Optional<ParameterRead> of(ExportedProgram program, AtenNode reader, String argument) {
    AtenNode call = reader;
    String name = argument;
    String value = call.tensorArgument(name).orElse("");
    List<Integer> axes = null;
    while (true) {
      String current = value;
      if (ProgramEditor.fqn(program, current) != null) {
        boolean floats =
            program.tensorOf(current).filter(t -> t.dtype() == TorchDtype.FLOAT32).isPresent();
        int rank = program.graph().meta(current).rank();
        List<Integer> found = axes == null ? identity(rank) : axes;
        return floats
            ? Optional.of(new ParameterRead(call.name(), name, current, found))
            : Optional.empty();
      }
      AtenNode producer =
          program.graph().nodes().stream()
              .filter(node -> node.outputNames().contains(current))
              .findFirst()
              .orElse(null);
      if (producer == null || ConvBatchNorm.readers(program, current) != 1) {
        return Optional.empty();
      }
      int rank = program.graph().meta(current).rank();
      List<Integer> order = order(producer, rank);
      if (order.isEmpty()) {
        return Optional.empty();
      }
      axes = (axes == null ? identity(rank) : axes).stream().map(order::get).toList();
      call = producer;
      name = "self";
      value = producer.tensorArgument("self").orElse("");
    }
  }

  /// For each axis of the result, the axis of what is read; empty when the call does something
  /// else.
  private static List<Integer> order(AtenNode call, int rank) {
    return switch (call.op().name()) {
      case "t" -> swapped(rank, 0, rank - 1);
      case "transpose" -> swapped(rank, number(call, "dim0"), number(call, "dim1"));
      case "permute" ->
          call.argument("dims").orElse(null) instanceof AtenArgument.Ints(List<Long> dims)
              ? dims.stream().map(dim -> Math.floorMod(dim.intValue(), rank)).toList()
              : List.of();
      default -> List.of();
    };
  }

  private static List<Integer> swapped(int rank, int one, int other) {
    List<Integer> order = new ArrayList<>(identity(rank));
    if (rank > 1) {
      Collections.swap(order, Math.floorMod(one, rank), Math.floorMod(other, rank));
    }
    return order;
  }

  private static int number(AtenNode call, String argument) {
    return call.argument(argument).orElse(null) instanceof AtenArgument.IntValue(long value)
        ? (int) value
        : 0;
  }

  private static List<Integer> identity(int rank) {
    return IntStream.range(0, rank).boxed().toList();
  }
}
