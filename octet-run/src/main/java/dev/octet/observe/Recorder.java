package dev.octet.observe;

import dev.octet.ir.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Writes down what values hold during one run, each up to a limit.
public final class Recorder {
  private final long mostBytes;
  private final Map<String, Track> tracks = new HashMap<>();

  /// @param mostBytes kept of each value; the first moment is kept in any case
  public Recorder(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /// Notes that a value was computed.
  ///
  /// @param name of the value
  /// @param rounds of the bodies around it, outermost first
  /// @param value asked for only when it is kept
  public void record(String name, List<Long> rounds, Supplier<Tensor> value) {
    track(name).add(rounds, value, mostBytes);
  }

  /// Notes that a value cannot be looked at.
  public void giveUp(String name, String obstacle) {
    track(name).obstacle = obstacle;
  }

  /// What these values held; a value never computed has no moments.
  public Map<String, Recording> recordings(Collection<String> names) {
    Map<String, Recording> recordings = new LinkedHashMap<>();
    names.forEach(name -> recordings.put(name, track(name).recording()));
    return recordings;
  }

  private Track track(String name) {
    return tracks.computeIfAbsent(name, ignored -> new Track());
  }

  private static final class Track {
    private final List<Recording.Moment> moments = new ArrayList<>();
    private long bytes;
    private long times;
    private String obstacle = "";

    void add(List<Long> rounds, Supplier<Tensor> value, long mostBytes) {
      // Without gaps: the moments of two models are compared in order.
      boolean whole = moments.size() == times++;
      if (whole && (bytes < mostBytes || moments.isEmpty())) {
        Tensor tensor = value.get();
        bytes += tensor.byteSize();
        moments.add(new Recording.Moment(rounds, tensor));
      }
    }

    Recording recording() {
      return obstacle.isEmpty()
          ? new Recording(moments, times, "")
          : new Recording(List.of(), 0, obstacle);
    }
  }
}
