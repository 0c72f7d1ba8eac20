package dev.octet.torch.export;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Tensors brought to one shape and put together: each element with each other, blocks of one
/// matrix, sequences of different length.
final class CombinationTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.cartesian_prod",
        "aten.combinations",
        "aten.block_diag",
        "aten.pad_sequence",
        "aten.column_stack",
        "aten.dstack");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    return switch (call.op()) {
      case "cartesian_prod" -> Translation.of(product(call, onnx));
      case "combinations" -> Translation.of(chosen(call, onnx));
      case "block_diag" -> Translation.of(blocks(call, onnx));
      case "pad_sequence" -> Translation.of(padded(call, onnx));
      default -> Translation.of(stacked(call, onnx));
    };
  }

  private static Value product(Call call, OnnxNodes onnx) {
    List<String> names = call.tensorNames("tensors");
    if (names.size() == 1) {
      return call.named(names.getFirst());
    }
    List<Value> laid = new ArrayList<>();
    List<Value> lengths = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      long[] dims = new long[names.size()];
      Arrays.fill(dims, 1);
      dims[i] = -1;
      laid.add(onnx.add("Reshape", call.named(names.get(i)), onnx.vector(dims)));
      lengths.add(onnx.shapeOf(laid.getLast()));
    }
    Value shape = onnx.add(NodeSpec.of("Max").inputs(lengths));
    List<Value> columns =
        laid.stream()
            .map(each -> onnx.add("Expand", each, shape))
            .map(each -> onnx.add("Reshape", each, onnx.vector(-1, 1)))
            .toList();
    return joined(onnx, columns, 1);
  }

  private static Value chosen(Call call, OnnxNodes onnx) {
    int n = (int) known(call.meta("self").sizes().getFirst());
    int r = (int) call.integer("r");
    List<long[]> rows = new ArrayList<>();
    choose(new long[r], 0, 0, n, call.flag("with_replacement") ? 0 : 1, rows);
    long[] places = rows.stream().flatMapToLong(LongStream::of).toArray();
    Value index = onnx.constant("chosen", DenseTensor.ofLongs(places, rows.size(), r));
    return onnx.add("Gather", call.tensor("self"), index);
  }

  private static void choose(
      long[] chosen, int place, long from, int n, int apart, List<long[]> rows) {
    if (place == chosen.length) {
      rows.add(chosen.clone());
      return;
    }
    for (long next = from; next < n; next++) {
      chosen[place] = next;
      choose(chosen, place + 1, next + apart, n, apart, rows);
    }
  }

  private static Value blocks(Call call, OnnxNodes onnx) {
    List<String> names = call.tensorNames("tensors");
    List<Long> widths = names.stream().map(name -> width(call.metaOf(name))).toList();
    long all = widths.stream().mapToLong(Long::longValue).sum();
    long before = 0;
    List<Value> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      TensorMeta meta = call.metaOf(names.get(i));
      Value own = onnx.cast(call.named(names.get(i)), meta.dtype(), call.result().dtype());
      Value matrix =
          meta.rank() == 2 ? own : onnx.add("Reshape", own, onnx.vector(1, widths.get(i)));
      long after = all - before - widths.get(i);
      rows.add(onnx.add("Pad", matrix, onnx.vector(0, before, 0, after)));
      before += widths.get(i);
    }
    return joined(onnx, rows, 0);
  }

  private static long width(TensorMeta meta) {
    return meta.rank() == 0 ? 1 : known(meta.sizes().getLast());
  }

  private static Value padded(Call call, OnnxNodes onnx) {
    List<String> names = call.tensorNames("sequences");
    List<Long> lengths =
        names.stream().map(name -> known(call.metaOf(name).sizes().getFirst())).toList();
    long longest = lengths.stream().mapToLong(Long::longValue).max().orElse(0);
    Value filler = onnx.scalar(OnnxNodes.onnx(call.result().dtype()), call.number("padding_value"));
    int axis = call.flag("batch_first") ? 0 : 1;
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Value own = call.named(names.get(i));
      int rank = call.metaOf(names.get(i)).rank();
      long[] pads = new long[2 * rank];
      pads[call.text("padding_side").equals("left") ? 0 : rank] = longest - lengths.get(i);
      Value even =
          longest == lengths.get(i) ? own : onnx.add("Pad", own, onnx.vector(pads), filler);
      parts.add(onnx.add("Unsqueeze", even, onnx.vector(axis)));
    }
    return joined(onnx, parts, axis);
  }

  // Vectors become columns, or a first row of columns.
  private static Value stacked(Call call, OnnxNodes onnx) {
    boolean deep = call.op().equals("dstack");
    List<Value> parts = new ArrayList<>();
    for (String name : call.tensorNames("tensors")) {
      TensorMeta meta = call.metaOf(name);
      Value own = onnx.cast(call.named(name), meta.dtype(), call.result().dtype());
      parts.add(
          switch (meta.rank()) {
            case 0, 1 ->
                onnx.add("Reshape", own, deep ? onnx.vector(1, -1, 1) : onnx.vector(-1, 1));
            case 2 -> deep ? onnx.add("Unsqueeze", own, onnx.vector(2)) : own;
            default -> own;
          });
    }
    return joined(onnx, parts, deep ? 2 : 1);
  }

  private static Value joined(OnnxNodes onnx, List<Value> parts, int axis) {
    return parts.size() == 1
        ? parts.getFirst()
        : onnx.add(NodeSpec.of("Concat").inputs(parts).attribute("axis", axis));
  }

  private static long known(SymInt size) {
    if (size instanceof SymInt.Known(long value)) {
      return value;
    }
    throw new UnsupportedArgument("tensors of varying size put together");
  }
}
