package dev.octet.rewrite.qoperator;

import java.util.List;
import java.util.Optional;

/// Operators that only move, repeat or select elements of their first input.
final class MovementForm implements IntegerForm {
  @Override
  public List<String> opTypes() {
    return List.of(
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Transpose",
        "Slice",
        "Identity",
        "Expand",
        "Tile",
        "DepthToSpace",
        "SpaceToDepth",
        "Gather",
        "GatherElements");
  }

  @Override
  public Optional<Folded> write(CodedNode node) {
    return Movements.write(node).map(Folded.class::cast);
  }
}
