package dev.octet.torch.export;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Repetition of elements → `Expand`, `Tile`.
final class ExpandTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.expand", "aten.expand_as", "aten.repeat", "aten.tile", "aten.copy");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int rank = call.rank("self");
    Value input = call.tensor("self");
    return switch (call.op()) {
      case "expand" -> {
        // ONNX's Expand broadcasts: where PyTorch says "as it is", a 1 does.
        List<Size> sizes =
            call.sizes("size").stream()
                .map(size -> size.equals(Size.of(-1)) ? Size.of(1) : size)
                .toList();
        yield Translation.of(onnx.add("Expand", input, onnx.sizes(sizes)));
      }
      case "expand_as" ->
          Translation.of(onnx.add("Expand", input, onnx.shapeOf(call.tensor("other"))));
      case "copy" -> {
        Value source = call.operand("src", call.result().dtype());
        boolean same = call.meta("src").sizes().equals(call.meta("self").sizes());
        yield Translation.of(same ? source : onnx.add("Expand", source, onnx.shapeOf(input)));
      }
      default -> {
        List<Size> repeats =
            new ArrayList<>(call.sizes(call.op().equals("tile") ? "dims" : "repeats"));
        while (repeats.size() < rank) {
          repeats.addFirst(Size.of(1));
        }
        Value source = input;
        if (repeats.size() > rank) {
          List<Long> axes = new ArrayList<>();
          for (long axis = 0; axis < repeats.size() - rank; axis++) {
            axes.add(axis);
          }
          source = onnx.add("Unsqueeze", input, onnx.vector(axes));
        }
        yield Translation.of(onnx.add("Tile", source, onnx.sizes(repeats)));
      }
    };
  }
}
