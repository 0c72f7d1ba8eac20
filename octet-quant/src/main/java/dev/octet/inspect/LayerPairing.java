package dev.octet.inspect;

import dev.octet.inspect.Layer.Operand;
import dev.octet.inspect.ModelDifference.LayerDifference;
import dev.octet.inspect.ModelDifference.Role;
import dev.octet.inspect.ModelDifference.Side;
import dev.octet.inspect.ModelDifference.Unmatched;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.shape.ShapeInference;
import dev.octet.numeric.AllClose;
import dev.octet.numeric.ErrorStatistics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Pairs the layers of two models, the surest pairs first: those with everything before and after
/// alike, then those with everything before, everything after, and at last those of the same kind
/// in the same order.
final class LayerPairing {
  private static final long LARGEST_COMPARISON = 16_000_000;

  private final List<Layer> first;
  private final List<Layer> second;
  private final LayerPlaces firstPlaces;
  private final LayerPlaces secondPlaces;
  private final IdentityHashMap<Layer, Layer> pairs = new IdentityHashMap<>();
  private final Set<Layer> partners = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Layer> firstLeft;
  private final List<Layer> secondLeft;

  LayerPairing(Model first, Model second) {
    Model one = shaped(first);
    Model two = shaped(second);
    Map<Node, Layer> oneLayers = LayerFinder.find(one.graph());
    Map<Node, Layer> twoLayers = LayerFinder.find(two.graph());
    this.first = List.copyOf(oneLayers.values());
    this.second = List.copyOf(twoLayers.values());
    this.firstPlaces = LayerPlaces.of(one.graph(), oneLayers);
    this.secondPlaces = LayerPlaces.of(two.graph(), twoLayers);
    this.firstLeft = new ArrayList<>(this.first);
    this.secondLeft = new ArrayList<>(this.second);
  }

  private record Place(Layer.Kind kind, long before, long after) {}

  /// Results of paired layers that are computed from the same kinds of constants, by name.
  Map<String, String> results() {
    pairAll();
    Map<String, String> results = new LinkedHashMap<>();
    for (Layer layer : first) {
      Layer partner = pairs.get(layer);
      if (partner != null && layer.constants().keySet().equals(partner.constants().keySet())) {
        results.put(layer.node().output(0).name(), partner.node().output(0).name());
      }
    }
    return results;
  }

  ModelDifference compare(double rtol, double atol) {
    pairAll();
    List<LayerDifference> differences = new ArrayList<>();
    List<Unmatched> unmatched = new ArrayList<>();
    for (Layer layer : first) {
      Layer partner = pairs.get(layer);
      if (partner == null) {
        lonely(layer, Side.FIRST, secondLeft, unmatched);
      } else {
        for (Role role : Role.values()) {
          compare(role, layer, partner, rtol, atol, differences, unmatched);
        }
      }
    }
    for (Layer layer : secondLeft) {
      lonely(layer, Side.SECOND, firstLeft, unmatched);
    }
    return new ModelDifference(rtol, atol, differences, unmatched);
  }

  private void pairAll() {
    pairBy(
        layer -> new Place(layer.kind(), firstPlaces.before(layer), firstPlaces.after(layer)),
        layer -> new Place(layer.kind(), secondPlaces.before(layer), secondPlaces.after(layer)));
    pairBy(
        layer -> new Place(layer.kind(), firstPlaces.before(layer), 0),
        layer -> new Place(layer.kind(), secondPlaces.before(layer), 0));
    pairBy(
        layer -> new Place(layer.kind(), 0, firstPlaces.after(layer)),
        layer -> new Place(layer.kind(), 0, secondPlaces.after(layer)));
    pairInOrder();
  }

  private static Model shaped(Model model) {
    Model copy = model.copy();
    ShapeInference.infer(copy);
    return copy;
  }

  /// Pairs layers with equal keys, in order, where both models have equally many of them.
  private <K> void pairBy(Function<Layer, K> firstKey, Function<Layer, K> secondKey) {
    Map<K, List<Layer>> ones = grouped(firstLeft, firstKey);
    Map<K, List<Layer>> twos = grouped(secondLeft, secondKey);
    ones.forEach(
        (key, layers) -> {
          List<Layer> partners = twos.getOrDefault(key, List.of());
          if (partners.size() == layers.size()) {
            for (int i = 0; i < layers.size(); i++) {
              pair(layers.get(i), partners.get(i));
            }
          }
        });
    removePaired();
  }

  /// The longest common run of kinds among what is left, gaps allowed. Models so different that it
  /// would take too long to find have no places to speak of: nothing is paired then.
  private void pairInOrder() {
    int n = firstLeft.size();
    int m = secondLeft.size();
    if ((long) n * m > LARGEST_COMPARISON) {
      return;
    }
    int[][] longest = new int[n + 1][m + 1];
    for (int i = n - 1; i >= 0; i--) {
      for (int j = m - 1; j >= 0; j--) {
        longest[i][j] =
            alike(i, j)
                ? longest[i + 1][j + 1] + 1
                : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    int i = 0;
    int j = 0;
    List<Layer> ones = List.copyOf(firstLeft);
    List<Layer> twos = List.copyOf(secondLeft);
    while (i < n && j < m) {
      if (alike(i, j)) {
        pair(ones.get(i++), twos.get(j++));
      } else if (longest[i + 1][j] >= longest[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
    removePaired();
  }

  private boolean alike(int i, int j) {
    return firstLeft.get(i).kind().equals(secondLeft.get(j).kind());
  }

  private void pair(Layer one, Layer two) {
    pairs.put(one, two);
    partners.add(two);
  }

  private void removePaired() {
    firstLeft.removeIf(pairs::containsKey);
    secondLeft.removeIf(partners::contains);
  }

  private static <K> Map<K, List<Layer>> grouped(List<Layer> layers, Function<Layer, K> key) {
    Map<K, List<Layer>> groups = new LinkedHashMap<>();
    for (Layer layer : layers) {
      groups.computeIfAbsent(key.apply(layer), k -> new ArrayList<>()).add(layer);
    }
    return groups;
  }

  private static void compare(
      Role role,
      Layer one,
      Layer two,
      double rtol,
      double atol,
      List<LayerDifference> differences,
      List<Unmatched> unmatched) {
    Optional<Operand> actual = one.operand(role);
    Optional<Operand> desired = two.operand(role);
    if (actual.isEmpty() && desired.isEmpty()) {
      return;
    }
    if (actual.isEmpty() || desired.isEmpty()) {
      Operand lone = actual.or(() -> desired).orElseThrow();
      unmatched.add(
          new Unmatched(
              actual.isPresent() ? Side.FIRST : Side.SECOND,
              role,
              lone.location(),
              "its partner '" + (actual.isPresent() ? two : one).node().describe() + "' has none"));
      return;
    }
    float[] actualValues = actual.get().values().get();
    float[] desiredValues = desired.get().values().get();
    if (actualValues.length != desiredValues.length) {
      unmatched.add(
          new Unmatched(
              Side.FIRST,
              role,
              actual.get().location(),
              "its shape "
                  + actual.get().dims()
                  + " is not its partner's "
                  + desired.get().dims()));
      return;
    }
    ErrorStatistics error = new ErrorStatistics();
    error.accept(desiredValues, actualValues);
    differences.add(
        new LayerDifference(
            role,
            actual.get().location(),
            desired.get().location(),
            actual.get().dims(),
            AllClose.of(actualValues, desiredValues, rtol, atol),
            error.sqnr()));
  }

  private static void lonely(
      Layer layer, Side side, List<Layer> candidates, List<Unmatched> unmatched) {
    String reason =
        candidates.stream()
            .filter(other -> other.family().equals(layer.family()))
            .findFirst()
            .map(
                other ->
                    "the other model's nearest "
                        + layer.family()
                        + " '"
                        + other.node().describe()
                        + "' has shape "
                        + other.kind().dims()
                        + ", not "
                        + layer.kind().dims())
            .orElse("the other model has no " + layer.family() + " left to pair it with");
    layer
        .constants()
        .forEach(
            (role, operand) ->
                unmatched.add(new Unmatched(side, role, operand.location(), reason)));
  }
}
