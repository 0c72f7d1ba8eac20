package dev.octet.torch.export;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Which tensors of a graph show another tensor's memory, and how a write through them is told to
/// the tensor they show.
final class Views {
  private static final Set<String> RESHAPING =
      Set.of("view", "unsqueeze", "squeeze", "unflatten", "_unsafe_view");
  private static final Set<String> RESHAPING_OR_COPYING = Set.of("reshape", "flatten");
  private static final Set<String> SAME = Set.of("alias", "detach", "lift_fresh");
  private static final Set<String> SAME_OR_COPY = Set.of("to", "contiguous", "type_as");

  private final Map<String, View> views = new LinkedHashMap<>();
  private final Map<String, List<View>> children = new HashMap<>();

  /// @param name the tensor that is a view
  /// @param base the tensor it shows a part or another arrangement of
  /// @param node the call that made it
  /// @param kind how the two relate
  record View(String name, String base, AtenNode node, Kind kind) {

    /// Whether the base can be put together from the view's new contents.
    boolean canBeWritten() {
      return kind != Kind.OTHER && kind != Kind.UNSURE;
    }

    /// Whether making the view again shows the base's new contents.
    boolean isCertain() {
      return kind != Kind.UNSURE;
    }

    /// The call that puts the base together: `base` where the view does not show it, `view` where
    /// it does.
    AtenNode written(String baseValue, String viewValue) {
      AtenArgument whole = AtenArgument.tensor(baseValue);
      AtenArgument part = AtenArgument.tensor(viewValue);
      return switch (kind) {
        case SAME -> call("alias", List.of(NamedArgument.keyword("self", part)));
        case RESHAPED ->
            call(
                "view_as",
                List.of(
                    NamedArgument.keyword("self", part), NamedArgument.keyword("other", whole)));
        case TURNED -> {
          List<NamedArgument> arguments = new ArrayList<>(turnedBack());
          arguments.addFirst(NamedArgument.keyword("self", part));
          yield call(node.op().name(), node.op().overload(), arguments);
        }
        case PART -> {
          List<NamedArgument> arguments = new ArrayList<>(others());
          arguments.addFirst(NamedArgument.keyword("src", part));
          arguments.addFirst(NamedArgument.keyword("self", whole));
          yield call(node.op().name() + "_scatter", arguments);
        }
        case OTHER, UNSURE -> throw new IllegalStateException(node + " cannot be written through");
      };
    }

    private List<NamedArgument> others() {
      return node.arguments().stream().filter(each -> !each.name().equals("self")).toList();
    }

    private List<NamedArgument> turnedBack() {
      if (!(node.argument("dims").orElse(null) instanceof AtenArgument.Ints(List<Long> order))) {
        return others();
      }
      Long[] back = new Long[order.size()];
      for (int i = 0; i < back.length; i++) {
        back[(int) Math.floorMod(order.get(i), (long) back.length)] = (long) i;
      }
      return List.of(NamedArgument.keyword("dims", new AtenArgument.Ints(List.of(back))));
    }

    private AtenNode call(String op, List<NamedArgument> arguments) {
      return call(op, "default", arguments);
    }

    private AtenNode call(String op, String overload, List<NamedArgument> arguments) {
      return AtenNode.of(name, AtenOp.aten(op, overload), arguments, node.metadata());
    }
  }

  /// How a view relates to its base.
  enum Kind {
    /// The same elements in the same places.
    SAME,
    /// The same elements under other dimensions.
    RESHAPED,
    /// The same elements with axes in another order.
    TURNED,
    /// Some of the elements, along one axis.
    PART,
    /// A view nothing is known about writing through.
    OTHER,
    /// A view or a copy, as the memory happens to be laid out; or one of several of one call.
    UNSURE
  }

  /// Takes note of a call that returns views of `base`.
  void add(AtenNode node, String base, Function<String, TensorMeta> metas) {
    List<String> names = node.outputNames();
    for (String name : names) {
      @Nullable Kind kind =
          names.size() == 1 ? kind(node, metas.apply(base), metas.apply(name)) : Kind.UNSURE;
      if (kind != null) {
        View view = new View(name, base, node, kind);
        views.put(name, view);
        children.computeIfAbsent(base, key -> new ArrayList<>()).add(view);
      }
    }
  }

  /// How this tensor is a view; empty when it owns its memory.
  Optional<View> of(String name) {
    return Optional.ofNullable(views.get(name));
  }

  /// Views of a tensor, and theirs, bases first.
  List<View> below(String base) {
    List<View> found = new ArrayList<>();
    for (View view : children.getOrDefault(base, Collections.emptyList())) {
      found.add(view);
      found.addAll(below(view.name()));
    }
    return found;
  }

  private static @Nullable Kind kind(AtenNode node, TensorMeta base, TensorMeta result) {
    String op = node.op().name();
    if (SAME.contains(op)) {
      return Kind.SAME;
    }
    if (SAME_OR_COPY.contains(op)) {
      boolean copied = base.dtype() != result.dtype() || !base.strides().equals(result.strides());
      return copied ? null : Kind.SAME;
    }
    if (RESHAPING.contains(op)) {
      return Kind.RESHAPED;
    }
    if (RESHAPING_OR_COPYING.contains(op)) {
      return isRowByRow(base) ? Kind.RESHAPED : Kind.UNSURE;
    }
    return switch (op) {
      case "transpose", "t", "permute", "swapaxes", "swapdims" -> Kind.TURNED;
      case "slice", "select" -> Kind.PART;
      default -> Kind.OTHER;
    };
  }

  // Whether the elements lie in memory in the order of their indices.
  private static boolean isRowByRow(TensorMeta meta) {
    long expected = 1;
    for (int axis = meta.rank() - 1; axis >= 0; axis--) {
      if (!meta.strides().get(axis).equals(SymInt.of(expected))) {
        return false;
      }
      if (axis > 0) {
        if (!(meta.sizes().get(axis) instanceof SymInt.Known(long size))) {
          return false;
        }
        expected *= size;
      }
    }
    return true;
  }
}
