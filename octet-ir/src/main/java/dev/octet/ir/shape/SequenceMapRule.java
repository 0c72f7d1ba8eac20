package dev.octet.ir.shape;

import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `SequenceMap`: the body sees one element of each sequence, and tensors as they are.
final class SequenceMapRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("SequenceMap");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    List<@Nullable ValueType> in = new ArrayList<>();
    for (int i = 0; i < context.inputCount(); i++) {
      ValueType type = context.type(i).orElse(null);
      in.add(type instanceof ValueType.OfSequence(ValueType element) ? element : type);
    }
    List<@Nullable Output> outputs = new ArrayList<>();
    for (Output result : context.inferSubgraph(context.subgraph("body"), in)) {
      outputs.add(Output.of(new ValueType.OfSequence(result == null ? null : result.type())));
    }
    return new ShapeOutcome.Inferred(outputs);
  }
}
