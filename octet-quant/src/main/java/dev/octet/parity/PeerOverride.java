package dev.octet.parity;

import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One dictionary of the peer's `TensorQuantOverrides`: what is said of a tensor, or of one of its
/// channels. Whatever is left out (`null`) holds as for every other tensor.
///
/// @param type `quant_type`
/// @param symmetric `symmetric`
/// @param span `reduce_range`
/// @param min `rmin`
/// @param max `rmax`
/// @param grid `scale` and `zero_point`
/// @param axis `axis`, in the first of a tensor's dictionaries
/// @param conversion `convert`
public record PeerOverride(
    @Nullable QuantType type,
    @Nullable Boolean symmetric,
    @Nullable CodeSpan span,
    @Nullable Float min,
    @Nullable Float max,
    @Nullable ScaleChoice grid,
    @Nullable Integer axis,
    @Nullable Conversion conversion) {
  /// Says nothing.
  public static final PeerOverride NONE =
      new PeerOverride(null, null, null, null, null, null, null, null);

  /// `convert`: the tensor is brought to another type for some of its readers.
  ///
  /// @param to the other type, and what else differs
  /// @param readers `recv_nodes`, names of nodes; null for all
  public record Conversion(PeerOverride to, @Nullable List<String> readers) {
    public Conversion {
      readers = readers == null ? null : List.copyOf(readers);
    }
  }
}
