package dev.octet.plan;

import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The wish that a tensor stored in its own type be brought to another for some of its readers:
/// `Q(A) → DQ(A) → Q(B) → DQ(B)`, so that operators of different precision meet.
///
/// @param type the other type
/// @param symmetry where its zero point may lie; null for that of the tensor's own policy
/// @param stated its range or scale; null for the range of the tensor itself
/// @param readers globs over the nodes that read the converted form; empty for all of them
public record TypeConversion(
    QuantType type,
    @Nullable Symmetry symmetry,
    @Nullable StatedGrid stated,
    List<String> readers) {
  public TypeConversion {
    readers = List.copyOf(readers);
  }

  /// A conversion for every reader.
  public static TypeConversion to(QuantType type, Symmetry symmetry) {
    return new TypeConversion(type, symmetry, null, List.of());
  }

  /// A conversion for the readers that one of the globs matches.
  public static TypeConversion to(QuantType type, Symmetry symmetry, List<String> readers) {
    return new TypeConversion(type, symmetry, null, readers);
  }

  /// Whether a reader of this label reads the converted form.
  boolean isFor(String reader) {
    return readers.isEmpty() || readers.stream().anyMatch(glob -> new Glob(glob).matches(reader));
  }
}
