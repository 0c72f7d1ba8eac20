package dev.octet.plan;

import dev.octet.numeric.ScaleChoice;
import dev.octet.stats.Range;
import java.util.List;

/// What a user states about the grid of one tensor instead of having it computed.
public sealed interface StatedGrid {

  /// How many entries there are: 1, or one for each channel.
  int count();

  /// Ranges of real values, from which scales and zero points are computed as usual.
  ///
  /// @param ranges one for the tensor, or one for each channel of a constant
  record Ranges(List<Range> ranges) implements StatedGrid {
    public Ranges {
      ranges = List.copyOf(ranges);
    }

    @Override
    public int count() {
      return ranges.size();
    }
  }

  /// Scales and zero points themselves.
  ///
  /// @param grids one for the tensor, or one for each channel of a constant
  record Scales(List<ScaleChoice> grids) implements StatedGrid {
    public Scales {
      grids = List.copyOf(grids);
    }

    @Override
    public int count() {
      return grids.size();
    }
  }
}
