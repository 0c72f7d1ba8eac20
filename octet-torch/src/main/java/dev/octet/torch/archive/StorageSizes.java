package dev.octet.torch.archive;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Bytes of an element of each storage a pickle refers to.
final class StorageSizes {
  private final Map<String, Long> sizes;
  private final Set<Pickle> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  // Not by recursion: a pickle may be nested as deep as it is long.
  private final Deque<Pickle> ahead = new ArrayDeque<>();

  private StorageSizes(Map<String, Long> sizes) {
    this.sizes = sizes;
  }

  static void collect(Pickle value, Map<String, Long> sizes) {
    StorageSizes found = new StorageSizes(sizes);
    found.ahead.add(value);
    while (!found.ahead.isEmpty()) {
      found.visit(found.ahead.remove());
    }
  }

  private void visit(Pickle value) {
    if (!seen.add(value)) {
      return;
    }
    switch (value) {
      case Pickle.Persistent(Pickle id) -> id.sequence().ifPresent(this::storage);
      case Pickle.Listing(List<Pickle> items) -> ahead.addAll(items);
      case Pickle.Tuple(List<Pickle> items) -> ahead.addAll(items);
      case Pickle.Dict(Map<Pickle, Pickle> entries) -> ahead.addAll(entries.values());
      case Pickle.Call call -> {
        ahead.addAll(call.arguments());
        ahead.addAll(call.entries().values());
        ahead.addAll(call.state());
      }
      case Pickle.Nothing _, Pickle.Truth _, Pickle.Int _, Pickle.Real _ -> {}
      case Pickle.Text _, Pickle.Bytes _, Pickle.Global _ -> {}
    }
  }

  private void storage(List<Pickle> id) {
    if (id.size() >= 3
        && id.get(1) instanceof Pickle.Global(String _, String name)
        && id.get(2) instanceof Pickle.Text(String key)) {
      PickledTensors.storageType(name).ifPresent(type -> sizes.put(key, (long) type.bytes()));
    }
  }
}
