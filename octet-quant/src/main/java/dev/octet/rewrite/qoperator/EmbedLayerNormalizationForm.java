package dev.octet.rewrite.qoperator;

import dev.octet.ir.DataType;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `EmbedLayerNormalization` as `QEmbedLayerNormalization`: identifiers, the five tables as codes,
/// the mask, then all scales, then all zero points. Its result is float.
final class EmbedLayerNormalizationForm implements IntegerForm {
  private static final int FIRST_TABLE = 2;
  private static final int OPTIONAL_TABLE = 4;
  private static final int LAST_TABLE = 6;
  private static final int MASK = 7;

  @Override
  public List<String> opTypes() {
    return List.of(Operators.MICROSOFT + ".EmbedLayerNormalization");
  }

  @Override
  public Optional<Folded> write(CodedNode coded) {
    Node node = coded.node();
    if (node.outputs().size() > 2) {
      return Optional.empty();
    }
    List<@Nullable Value> inputs = new ArrayList<>();
    inputs.add(node.input(0).orElse(null));
    inputs.add(node.input(1).orElse(null));
    List<@Nullable Value> scales = new ArrayList<>();
    List<@Nullable Value> zeroPoints = new ArrayList<>();
    for (int i = FIRST_TABLE; i <= LAST_TABLE; i++) {
      Optional<Codes> table = coded.activation(i).filter(t -> t.type() == DataType.UINT8);
      if (table.isEmpty() && !(i == OPTIONAL_TABLE && node.input(i).isEmpty())) {
        return Optional.empty();
      }
      inputs.add(table.map(Codes::codes).orElse(null));
      scales.add(table.map(Codes::scale).orElse(null));
      zeroPoints.add(table.map(coded::zeroPoint).orElse(null));
    }
    inputs.add(node.input(MASK).orElse(null));
    inputs.addAll(scales);
    inputs.addAll(zeroPoints);
    return Folded.toReal(Operators.microsoft("QEmbedLayerNormalization", node).inputs(inputs));
  }
}
