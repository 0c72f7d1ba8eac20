package dev.octet.transform.rules;

import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import java.util.Optional;

/// Axis orders of `Transpose` nodes: output axis `i` is input axis `order[i]`.
final class Permutations {
  private Permutations() {}

  /// The order a `Transpose` node puts axes in; empty for other nodes, and where the rank is needed
  /// but not known.
  static Optional<int[]> of(Node node) {
    if (!node.is("Transpose")) {
      return Optional.empty();
    }
    return node.intsAttribute("perm")
        .map(Permutations::toInts)
        .or(() -> node.input(0).flatMap(Value::shape).map(Shape::rank).map(Permutations::reversal));
  }

  static boolean isIdentity(int[] order) {
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i) {
        return false;
      }
    }
    return true;
  }

  /// The order that does `first`, then `second`.
  static int[] compose(int[] first, int[] second) {
    int[] both = new int[second.length];
    for (int i = 0; i < both.length; i++) {
      both[i] = first[second[i]];
    }
    return both;
  }

  static long[] toLongs(int[] order) {
    long[] longs = new long[order.length];
    for (int i = 0; i < order.length; i++) {
      longs[i] = order[i];
    }
    return longs;
  }

  private static int[] toInts(long[] order) {
    int[] ints = new int[order.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) order[i];
    }
    return ints;
  }

  private static int[] reversal(int rank) {
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      order[i] = rank - 1 - i;
    }
    return order;
  }
}
