package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Node;
import dev.octet.ir.Shape;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.List;
import java.util.Optional;

/// `RNN`, `GRU`, `LSTM`: all hidden states, the last one, and LSTM's last cell state.
final class RecurrentRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("GRU", "LSTM", "RNN", "com.microsoft:DynamicQuantizeLSTM");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    Node node = context.node();
    Optional<DataType> type = context.dataType(0);
    if (type.isEmpty()) {
      return context.tensor(type, Optional.empty());
    }
    Dim directions =
        Dim.of(node.stringAttribute("direction", "forward").equals("bidirectional") ? 2 : 1);
    boolean batchFirst = node.intAttribute("layout", 0) != 0;
    Optional<Shape> input = context.shape(0).filter(shape -> shape.rank() == 3);
    Dim length = input.map(shape -> shape.dim(batchFirst ? 1 : 0)).orElseGet(Dim::unknown);
    Dim batch = input.map(shape -> shape.dim(batchFirst ? 0 : 1)).orElseGet(Dim::unknown);
    Dim hidden = hiddenSize(context);
    Shape all =
        batchFirst
            ? Shape.of(List.of(batch, length, directions, hidden))
            : Shape.of(List.of(length, directions, batch, hidden));
    Shape last =
        batchFirst
            ? Shape.of(List.of(batch, directions, hidden))
            : Shape.of(List.of(directions, batch, hidden));
    Output state = Output.of(type.get(), last);
    return ShapeOutcome.of(Output.of(type.get(), all), state, state);
  }

  private static Dim hiddenSize(ShapeContext context) {
    long stated = context.node().intAttribute("hidden_size", 0);
    if (stated > 0) {
      return Dim.of(stated);
    }
    // Recurrence weights are [directions, gates * hidden, hidden].
    return context
        .shape(2)
        .filter(shape -> shape.rank() == 3)
        .map(shape -> shape.dim(2))
        .orElseGet(Dim::unknown);
  }
}
