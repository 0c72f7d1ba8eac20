package dev.octet.plan;

import dev.octet.ir.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tensor plans made so far, by key, in the order the graph needs them.
final class PlannedTensors {
  private final Places places;
  private final Map<String, TensorPlan> plans = new LinkedHashMap<>();
  private final Map<String, Integer> keys = new HashMap<>();

  PlannedTensors(Places places) {
    this.places = places;
  }

  /// What plans call a value.
  String name(Value value) {
    return places.of(value);
  }

  /// A key that no plan has had yet: the value's place, or with a number where that is taken.
  String newKey(Value value) {
    String place = places.of(value);
    String key = place;
    while (keys.putIfAbsent(key, 1) != null) {
      key = place + "#" + keys.merge(place, 1, Integer::sum);
    }
    return key;
  }

  /// Adds a plan, or puts another in its place.
  void put(TensorPlan plan) {
    plans.put(plan.key(), plan);
  }

  void remove(String key) {
    plans.remove(key);
  }

  TensorPlan get(String key) {
    TensorPlan plan = plans.get(key);
    if (plan == null) {
      throw new IllegalStateException("no plan '" + key + "'");
    }
    return plan;
  }

  List<TensorPlan> all() {
    return List.copyOf(plans.values());
  }
}
