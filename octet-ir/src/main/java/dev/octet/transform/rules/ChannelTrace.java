package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.transform.RewriteContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where the output channels of one layer go: through nodes that keep each channel to itself, to
/// the layers that sum over all of them. Some channels hold one number everywhere; what that number
/// becomes on the way is worked out along with it.
final class ChannelTrace {
  private final RewriteContext context;
  private final Node layer;
  private final int channels;
  private final Map<Value, Place> places = new LinkedHashMap<>();
  private final Set<Node> operands = new LinkedHashSet<>();
  private final Set<Node> reshapes = new LinkedHashSet<>();
  private final Set<Node> ends = new LinkedHashSet<>();
  private final BitSet uneven = new BitSet();
  private @Nullable Node padding;
  private @Nullable String obstacle;

  private ChannelTrace(Node layer, int channels, RewriteContext context) {
    this.layer = layer;
    this.channels = channels;
    this.context = context;
  }

  /// How a value holds the channels.
  ///
  /// @param axis along which they lie
  /// @param repeat elements of one channel beside each other, once other axes are flattened into
  ///     this one
  /// @param constants the number that each channel holds everywhere; NaN where it is none
  record Place(int axis, int repeat, double[] constants) {
    Place with(double[] others) {
      return new Place(axis, repeat, others);
    }
  }

  /// @param constants what each channel of the layer's output holds; NaN where that is computed
  static ChannelTrace of(Node layer, double[] constants, RewriteContext context) {
    ChannelTrace trace = new ChannelTrace(layer, constants.length, context);
    Value output = layer.output(0);
    int axis = layer.is("MatMul") ? ScalarConstants.rank(output) - 1 : 1;
    trace.places.put(output, new Place(axis, 1, constants));
    trace.follow(output);
    return trace;
  }

  /// Why channels cannot be taken out; `null` when those that are no [#uneven()] can.
  @Nullable String obstacle() {
    return obstacle;
  }

  /// Channels that do not hold one number everywhere, since zeros are laid around it on the way.
  BitSet uneven() {
    return uneven;
  }

  /// A node that lays the zeros.
  Optional<Node> padding() {
    return Optional.ofNullable(padding);
  }

  /// The values on the way, and how each holds the channels.
  Map<Value, Place> places() {
    return places;
  }

  /// How a value on the way holds the channels.
  Place place(Value value) {
    return Objects.requireNonNull(places.get(value), value::name);
  }

  /// Nodes that combine the channels with a constant for each.
  Set<Node> operands() {
    return operands;
  }

  /// Nodes with a constant shape that counts the channels.
  Set<Node> reshapes() {
    return reshapes;
  }

  /// The layers that sum over the channels.
  Set<Node> ends() {
    return ends;
  }

  private void follow(Value start) {
    Deque<Value> open = new ArrayDeque<>(List.of(start));
    Set<Node> waiting = new LinkedHashSet<>();
    while (!open.isEmpty() && obstacle == null) {
      Value value = open.pop();
      if (value.isGraphOutput()) {
        obstacle = "'" + value.name() + "' is a graph output";
      } else if (value.shape().isEmpty()) {
        obstacle = "the shape of '" + value.name() + "' is not known";
      }
      for (Node reader : readers(value)) {
        if (obstacle == null && !ends.contains(reader)) {
          waiting.remove(reader);
          obstacle = visit(reader, open, waiting);
        }
      }
    }
    if (obstacle == null && !waiting.isEmpty()) {
      obstacle = mixed(waiting.iterator().next());
    }
  }

  private static Set<Node> readers(Value value) {
    Set<Node> readers = new LinkedHashSet<>();
    value.uses().stream().map(Use::node).forEach(readers::add);
    return readers;
  }

  /// Follows the channels through a node.
  ///
  /// @return why they cannot be followed, or null
  private @Nullable String visit(Node node, Deque<Value> open, Set<Node> waiting) {
    if (node.graph() != layer.graph()) {
      return node.describe() + " is in another graph";
    }
    Value data = node.input(0).orElse(null);
    Place place = data == null ? null : places.get(data);
    Optional<Place> result = Optional.empty();
    if (node.is("Conv") || LinearWeights.isLinear(node)) {
      return end(node, place);
    } else if (AxisFree.isElementwise(node)) {
      if (isWaiting(node)) {
        waiting.add(node);
        return null;
      }
      result = elementwise(node);
    } else if (data != null && place != null && node.domain().isEmpty()) {
      result = moved(node, place, data);
    }
    if (result.isEmpty()) {
      return mixed(node);
    }
    for (int i = 1; i < node.outputs().size(); i++) {
      Value other = node.outputs().get(i);
      if (other != null && !other.isUnused()) {
        return "'" + other.name() + "' is read, which " + node.describe() + " computes as well";
      }
    }
    places.put(node.output(0), result.get());
    open.add(node.output(0));
    return null;
  }

  private static String mixed(Node node) {
    return "the channels go on through " + node.describe() + ", where they cannot be told apart";
  }

  /// Whether another operand of a node may yet turn out to hold the channels too.
  private boolean isWaiting(Node node) {
    return node.inputs().stream()
        .anyMatch(
            input ->
                input != null && !places.containsKey(input) && context.constant(input).isEmpty());
  }

  private @Nullable String end(Node node, @Nullable Place place) {
    boolean elsewhere =
        node.inputs().stream()
            .skip(1)
            .anyMatch(input -> input != null && places.containsKey(input));
    if (place == null || elsewhere) {
      return mixed(node);
    }
    String why =
        node.is("Conv")
            ? ConvWeights.obstacle(node, context)
            : LinearWeights.obstacle(node, context);
    if (why != null) {
      return why;
    }
    int axis = node.is("MatMul") ? ScalarConstants.rank(node.input(0).orElseThrow()) - 1 : 1;
    if (place.axis() != axis || (node.is("Conv") && node.intAttribute("group", 1) != 1)) {
      return mixed(node);
    }
    if (node.is("Conv") && !Pooling.isUnpadded(node)) {
      requireZeros(node, place);
    }
    ends.add(node);
    return null;
  }

  private void requireZeros(Node node, Place place) {
    for (int channel = 0; channel < channels; channel++) {
      if (place.constants()[channel] != 0 && !Double.isNaN(place.constants()[channel])) {
        uneven.set(channel);
        padding = node;
      }
    }
  }

  /// Through a node that works on one channel at a time.
  private Optional<Place> moved(Node node, Place place, Value data) {
    return switch (node.opType()) {
      case "MaxPool", "GlobalAveragePool", "GlobalMaxPool" ->
          Optional.of(place).filter(_ -> place.axis() == 1);
      case "AveragePool" -> {
        boolean even =
            node.intAttribute("count_include_pad", 0) == 0
                || (Pooling.isUnpadded(node) && node.intAttribute("ceil_mode", 0) == 0);
        if (!even) {
          requireZeros(node, place);
        }
        yield Optional.of(place).filter(_ -> place.axis() == 1);
      }
      case "ReduceMean", "ReduceMax", "ReduceMin" ->
          Optional.of(place).filter(_ -> reducesOnlyBehind(node, place, data));
      case "Flatten" ->
          node.intAttribute("axis", 1) == 1 ? flattened(node, place, data) : Optional.empty();
      case "Reshape" -> {
        Optional<Place> flat = flattened(node, place, data);
        if (flat.isPresent() && node.input(1).filter(this::isMatrixShape).isPresent()) {
          reshapes.add(node);
          yield flat;
        }
        yield Optional.empty();
      }
      default -> Optional.empty();
    };
  }

  private boolean isMatrixShape(Value shape) {
    return context.constant(shape).filter(sizes -> sizes.elementCount() == 2).isPresent();
  }

  private boolean reducesOnlyBehind(Node node, Place place, Value data) {
    int rank = ScalarConstants.rank(data);
    long[] axes =
        node.intsAttribute("axes")
            .or(() -> context.constantInput(node, 1).map(DenseTensor::toLongArray))
            .orElse(new long[0]);
    return axes.length > 0
        && Arrays.stream(axes).map(axis -> axis < 0 ? axis + rank : axis).min().getAsLong()
            > place.axis();
  }

  /// From `[N, C, …]` to `[N, C·…]`.
  private static Optional<Place> flattened(Node node, Place place, Value data) {
    List<Dim> dims = data.shape().orElseThrow().dims();
    Shape result = node.output(0).shape().orElse(Shape.of());
    if (place.axis() != 1 || place.repeat() != 1 || result.rank() != 2) {
      return Optional.empty();
    }
    long repeat = 1;
    for (Dim dim : dims.subList(2, dims.size())) {
      if (!(dim instanceof Dim.Known(long size))) {
        return Optional.empty();
      }
      repeat *= size;
    }
    boolean whole = result.dim(1).equals(Dim.of(repeat * place.constants().length));
    return whole
        ? Optional.of(new Place(1, Math.toIntExact(repeat), place.constants()))
        : Optional.empty();
  }

  /// Through a node that works on one element at a time.
  private Optional<Place> elementwise(Node node) {
    List<Value> inputs = new ArrayList<>();
    node.inputs().stream().filter(input -> input != null).forEach(inputs::add);
    Optional<Place> first =
        inputs.stream().filter(places::containsKey).map(places::get).findFirst();
    if (first.isEmpty() || !agree(inputs, node, first.get())) {
      return Optional.empty();
    }
    boolean ofOne = inputs.size() == 1 || node.is("Clip");
    if (!ofOne && inputs.size() != 2) {
      return Optional.empty();
    }
    double[] results = new double[channels];
    for (int channel = 0; channel < channels; channel++) {
      double x = number(inputs.getFirst(), channel);
      OptionalDouble result =
          ofOne
              ? ChannelArithmetic.of(node, x, context)
              : ChannelArithmetic.of(node, x, number(inputs.get(1), channel));
      if (result.isEmpty() || Double.isInfinite(result.getAsDouble())) {
        return Optional.empty();
      }
      boolean computed = Double.isNaN(first.get().constants()[channel]);
      results[channel] = computed ? Double.NaN : result.getAsDouble();
      if (!computed && Double.isNaN(results[channel])) {
        return Optional.empty();
      }
    }
    if (inputs.stream().anyMatch(input -> isForEachChannel(input))) {
      operands.add(node);
    }
    return Optional.of(first.get().with(results));
  }

  /// Whether all operands hold the channels alike, or a constant that is one number for each, or
  /// one for all.
  private boolean agree(List<Value> inputs, Node node, Place place) {
    int rank = ScalarConstants.rank(node.output(0));
    Set<Integer> ranks = new HashSet<>();
    for (Value input : inputs) {
      Place other = places.get(input);
      if (other != null) {
        ranks.add(ScalarConstants.rank(input));
        if (other.axis() != place.axis() || other.repeat() != place.repeat()) {
          return false;
        }
      } else if (!isForEachChannel(input) && ScalarConstants.of(input, rank, context).isEmpty()) {
        return false;
      } else if (isForEachChannel(input) && !liesAlong(input, place, rank)) {
        return false;
      }
    }
    return ranks.equals(Set.of(rank));
  }

  private boolean isForEachChannel(Value input) {
    return !places.containsKey(input)
        && channels > 1
        && context
            .constant(input)
            .filter(tensor -> FloatTensors.supports(tensor.dataType()))
            .filter(tensor -> tensor.elementCount() == channels)
            .isPresent();
  }

  private boolean liesAlong(Value input, Place place, int rank) {
    List<Long> dims = context.constant(input).orElseThrow().dims();
    int axis = place.axis() - (rank - dims.size());
    return place.repeat() == 1 && axis >= 0 && dims.get(axis) == channels;
  }

  private double number(Value input, int channel) {
    Place place = places.get(input);
    if (place != null) {
      return place.constants()[channel];
    }
    DenseTensor constant = context.constant(input).orElseThrow();
    return constant.doubleAt(constant.elementCount() == 1 ? 0 : channel);
  }
}
