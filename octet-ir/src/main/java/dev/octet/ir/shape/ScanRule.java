package dev.octet.ir.shape;

import dev.octet.ir.DataType;
import dev.octet.ir.Dim;
import dev.octet.ir.Graph;
import dev.octet.ir.Shape;
import dev.octet.ir.ValueType;
import dev.octet.ir.shape.ShapeOutcome.Output;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `Scan`. Inputs: states, then scanned tensors. Opset 8 has an optional tensor of lengths before
/// them, and a batch axis everywhere that the body does not see.
final class ScanRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Scan");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    boolean batched = context.opset() < 9;
    int first = batched ? 1 : 0;
    int scanned = (int) context.node().intAttribute("num_scan_inputs", 0);
    int states = context.inputCount() - scanned - first;
    Graph body = context.subgraph("body");
    long[] inputAxes = context.node().intsAttribute("scan_input_axes").orElse(new long[scanned]);

    Dim batch = Dim.unknown();
    List<@Nullable ValueType> state = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      ValueType type = context.type(first + i).orElse(null);
      batch = batched ? DimArithmetic.unify(batch, size(type, 0)) : batch;
      state.add(batched ? without(type, 0) : type);
    }
    Dim length = Dim.unknown();
    List<@Nullable ValueType> slices = new ArrayList<>();
    for (int i = 0; i < scanned; i++) {
      ValueType type = context.type(first + states + i).orElse(null);
      if (batched) {
        batch = DimArithmetic.unify(batch, size(type, 0));
        type = without(type, 0);
      }
      int axis = type == null ? 0 : axis(context, type, inputAxes[i], 0);
      length = DimArithmetic.unify(length, size(type, axis));
      slices.add(without(type, axis));
    }
    List<@Nullable Output> results =
        new CarriedState(context, body, List.of(), slices, 0).settle(state);

    long[] outputAxes =
        context
            .node()
            .intsAttribute("scan_output_axes")
            .orElse(new long[Math.max(0, results.size() - states)]);
    List<@Nullable Output> outputs = new ArrayList<>();
    for (ValueType type : state) {
      outputs.add(output(batched ? with(type, 0, batch) : type));
    }
    for (int i = states; i < results.size(); i++) {
      Output result = results.get(i);
      ValueType slice = result == null ? null : result.type();
      int axis = slice == null ? 0 : axis(context, slice, outputAxes[i - states], 1);
      ValueType stacked = with(slice, axis, length);
      outputs.add(output(batched ? with(stacked, 0, batch) : stacked));
    }
    return new ShapeOutcome.Inferred(outputs);
  }

  private static @Nullable Output output(@Nullable ValueType type) {
    return type == null ? null : Output.of(type);
  }

  private static int axis(ShapeContext context, ValueType type, long stated, int more) {
    return type instanceof ValueType.OfTensor(var _, Shape shape) && shape != null
        ? context.axis(stated, shape.rank() + more)
        : 0;
  }

  private static Dim size(@Nullable ValueType type, int axis) {
    return type instanceof ValueType.OfTensor(var _, Shape shape) && shape != null
        ? shape.dim(axis)
        : Dim.unknown();
  }

  private static @Nullable ValueType without(@Nullable ValueType type, int axis) {
    if (!(type instanceof ValueType.OfTensor(DataType element, Shape shape)) || shape == null) {
      return type;
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.remove(axis);
    return ValueType.tensor(element, Shape.of(dims));
  }

  private static @Nullable ValueType with(@Nullable ValueType type, int axis, Dim size) {
    if (!(type instanceof ValueType.OfTensor(DataType element, Shape shape)) || shape == null) {
      return type;
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.add(axis, size);
    return ValueType.tensor(element, Shape.of(dims));
  }
}
