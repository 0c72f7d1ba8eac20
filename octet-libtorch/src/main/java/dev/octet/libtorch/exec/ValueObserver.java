package dev.octet.libtorch.exec;

import dev.octet.torch.graph.BodyNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Who looks at the values of one graph while it runs, and of the branches and bodies it runs.
final class ValueObserver {
  /// Looks at nothing.
  static final ValueObserver NONE = new ValueObserver(new Wanted(), "", List.of(), (v, r, t) -> {});

  /// Told of each value looked at.
  interface Listener {
    /// @param name the way to the value included; see [BodyNames]
    /// @param rounds of the bodies around it, outermost first
    /// @param value may be freed when the call returns
    void see(String name, List<Long> rounds, TorchValue value);
  }

  /// Names of a graph's values, and of those in its bodies, by body.
  private static final class Wanted {
    private final Set<String> names = new HashSet<>();
    private final Map<String, Wanted> bodies = new HashMap<>();

    void add(String name) {
      int end = name.indexOf('/');
      if (end < 0) {
        names.add(name);
      } else {
        bodies
            .computeIfAbsent(name.substring(0, end), ignored -> new Wanted())
            .add(name.substring(end + 1));
      }
    }
  }

  private final Wanted wanted;
  private final String body;
  private final List<Long> rounds;
  private final Listener listener;

  private ValueObserver(Wanted wanted, String body, List<Long> rounds, Listener listener) {
    this.wanted = wanted;
    this.body = body;
    this.rounds = rounds;
    this.listener = listener;
  }

  /// Looks at values of a program's graph.
  static ValueObserver of(Set<String> names, Listener listener) {
    Wanted wanted = new Wanted();
    names.forEach(wanted::add);
    return new ValueObserver(wanted, "", List.of(), listener);
  }

  /// Tells of a value, if it is to be looked at.
  void see(String name, TorchValue value) {
    if (wanted.names.contains(name)) {
      listener.see(whole(name), rounds, value);
    }
  }

  /// Looks at what a body of this graph computes in one round.
  ///
  /// @param name what the body is called from here
  ValueObserver inside(String name, long round) {
    Wanted there = wanted.bodies.get(name);
    if (there == null) {
      return NONE;
    }
    List<Long> all = new ArrayList<>(rounds);
    all.add(round);
    return new ValueObserver(there, whole(name), List.copyOf(all), listener);
  }

  private String whole(String name) {
    return body.isEmpty() ? name : BodyNames.value(body, name);
  }
}
