package dev.octet.plan;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// A name pattern: `*` stands for any run of characters, `?` for one, everything else for itself
/// (ONNX names are full of `/`, `.` and brackets, which therefore mean nothing special).
record Glob(String text) {

  /// Linear in the name for each `*`: after a mismatch only the last `*` takes one character more.
  boolean matches(String name) {
    int star = -1;
    int resume = 0;
    int p = 0;
    int n = 0;
    while (n < name.length()) {
      if (p < text.length() && text.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < text.length() && (text.charAt(p) == '?' || text.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < text.length() && text.charAt(p) == '*') {
      p++;
    }
    return p == text.length();
  }

  /// The up to three names closest to the pattern by edit distance, nearest first; only those that
  /// could be slips of the pen.
  List<String> near(Collection<String> names) {
    int limit = Math.max(2, text.length() / 2);
    return names.stream()
        .filter(name -> !name.isEmpty())
        .distinct()
        .map(name -> new Candidate(name, distance(text, name)))
        .filter(candidate -> candidate.distance <= limit)
        .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .limit(3)
        .map(Candidate::name)
        .toList();
  }

  private record Candidate(String name, int distance) {}

  /// Levenshtein distance, ignoring case.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        boolean same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
        int replaced = previous[j - 1] + (same ? 0 : 1);
        current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
