package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.NodeSpec;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Convolutions of one to three dimensions → `Conv`, `ConvTranspose`. PyTorch's weight layouts are
/// ONNX's.
final class ConvTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.conv1d",
        "aten.conv2d",
        "aten.conv3d",
        "aten.conv_transpose1d",
        "aten.conv_transpose2d",
        "aten.conv_transpose3d",
        "aten.convolution");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean general = call.op().equals("convolution");
    boolean transposed = general ? call.flag("transposed") : call.op().startsWith("conv_transpose");
    TensorMeta weight = call.meta("weight");
    int dims = weight.rank() - 2;
    if (call.rank("input") != weight.rank()) {
      return Translation.unsupported(
          "the input has no batch dimension", "give the input a batch dimension");
    }
    List<Long> kernel = new ArrayList<>();
    for (SymInt size : weight.sizes().subList(2, weight.rank())) {
      kernel.add(fixed(size));
    }
    List<Long> dilations = call.integers("dilation", dims);
    NodeSpec spec =
        NodeSpec.of(transposed ? "ConvTranspose" : "Conv")
            .inputs(
                call.maybeTensor("bias")
                    .map(bias -> List.of(call.tensor("input"), call.tensor("weight"), bias))
                    .orElseGet(() -> List.of(call.tensor("input"), call.tensor("weight"))))
            .attribute("kernel_shape", new Attribute.OfInts(kernel));
    spec = unless(spec, "strides", call.integers("stride", dims), 1);
    spec = unless(spec, "pads", pads(call, kernel, dilations), 0);
    spec = unless(spec, "dilations", dilations, 1);
    long groups = call.integer("groups");
    spec = groups == 1 ? spec : spec.attribute("group", groups);
    if (transposed) {
      spec = unless(spec, "output_padding", call.integers("output_padding", dims), 0);
    }
    return Translation.of(onnx.add(spec));
  }

  // "same" pads d·(k−1) in all, the odd one at the end; ONNX's SAME_UPPER means that for stride 1
  // only, so the pads are written out.
  private static List<Long> pads(Call call, List<Long> kernel, List<Long> dilations) {
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    if (call.overload().equals("padding")) {
      boolean same = call.text("padding").equals("same");
      for (int axis = 0; axis < kernel.size(); axis++) {
        long total = same ? dilations.get(axis) * (kernel.get(axis) - 1) : 0;
        before.add(total / 2);
        after.add(total - total / 2);
      }
    } else {
      before.addAll(call.integers("padding", kernel.size()));
      after.addAll(before);
    }
    before.addAll(after);
    return before;
  }

  private static NodeSpec unless(NodeSpec spec, String name, List<Long> values, long usual) {
    return values.equals(Collections.nCopies(values.size(), usual))
        ? spec
        : spec.attribute(name, new Attribute.OfInts(values));
  }

  private static long fixed(SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> value;
      case SymInt.Expression expression ->
          throw new UnsupportedArgument("the kernel's size " + expression + " is not fixed");
    };
  }
}
