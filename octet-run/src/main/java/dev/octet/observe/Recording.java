package dev.octet.observe;

import dev.octet.ir.Tensor;
import java.util.List;

/// What one value held in one run: once for a value of the main graph, each time for one of a
/// branch or body.
///
/// @param moments the first of them in order, as many as were kept
/// @param times how often it was computed
/// @param obstacle why it could not be looked at; empty when it could
public record Recording(List<Moment> moments, long times, String obstacle) {
  public Recording {
    moments = List.copyOf(moments);
  }

  /// One time the value was computed.
  ///
  /// @param rounds of the bodies around it, outermost first, each from 0 on; 0 for a branch
  public record Moment(List<Long> rounds, Tensor value) {
    public Moment {
      rounds = List.copyOf(rounds);
    }
  }

  /// Whether some moments were not kept.
  public boolean isCut() {
    return moments.size() < times;
  }

  /// Bytes held.
  public long byteSize() {
    return moments.stream().mapToLong(moment -> moment.value().byteSize()).sum();
  }
}
