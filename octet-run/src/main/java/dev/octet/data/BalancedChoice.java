package dev.octet.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which samples a class-balanced subsample keeps.
final class BalancedChoice {
  private BalancedChoice() {}

  /// Deals from shuffled classes in turn until `count` are chosen or none are left; a class that
  /// runs out leaves its share to the others.
  ///
  /// @param labels class of each sample; unlabelled ones share a number of their own
  /// @return the positions chosen
  static BitSet choose(int[] labels, int count, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException("cannot choose " + count + " samples");
    }
    SortedMap<Integer, List<Integer>> classes = new TreeMap<>();
    for (int i = 0; i < labels.length; i++) {
      classes.computeIfAbsent(labels[i], ignored -> new ArrayList<>()).add(i);
    }
    Random random = new Random(seed);
    List<Deque<Integer>> decks = new ArrayList<>();
    for (List<Integer> members : classes.values()) {
      Collections.shuffle(members, random);
      decks.add(new ArrayDeque<>(members));
    }
    // Which classes get one more when the count does not divide evenly must not favour the first.
    Collections.shuffle(decks, random);
    BitSet chosen = new BitSet(labels.length);
    int left = Math.min(count, labels.length);
    while (left > 0) {
      for (Deque<Integer> deck : decks) {
        if (left > 0 && !deck.isEmpty()) {
          chosen.set(deck.pop());
          left--;
        }
      }
    }
    return chosen;
  }
}
