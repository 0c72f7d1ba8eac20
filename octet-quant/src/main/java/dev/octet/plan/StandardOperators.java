package dev.octet.plan;

import java.util.List;

/// The operator families that are quantized, in one list.
final class StandardOperators {
  private StandardOperators() {}

  static List<OpQuantizer> all() {
    return List.of();
  }
}
