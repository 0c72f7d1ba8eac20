package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.Arrays;
import java.util.Set;

/// Batch normalization with running statistics → `BatchNormalization`.
final class BatchNormTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.batch_norm", "aten._native_batch_norm_legit_no_training");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    if (call.op().equals("batch_norm") && call.flag("training")) {
      return Translation.unsupported(
          "batch normalization in training mode", "call model.eval() before exporting");
    }
    if (!call.given("running_mean") || !call.given("running_var")) {
      return Translation.unsupported("batch normalization without running statistics");
    }
    return Translation.of(
        onnx.add(
            NodeSpec.of("BatchNormalization")
                .inputs(
                    call.tensor("input"),
                    orFilled(call, onnx, "weight", 1),
                    orFilled(call, onnx, "bias", 0),
                    call.tensor("running_mean"),
                    call.tensor("running_var"))
                .attribute("epsilon", Attribute.of((float) call.number("eps")))));
  }

  private static Value orFilled(Call call, OnnxNodes onnx, String name, float value) {
    return call.maybeTensor(name)
        .orElseGet(
            () -> {
              if (!(call.meta("running_mean").sizes().getFirst() instanceof SymInt.Known(long size))
                  || OnnxNodes.onnx(call.meta("input").dtype()) != DataType.FLOAT) {
                throw new UnsupportedArgument("batch normalization without affine parameters");
              }
              float[] filled = new float[Math.toIntExact(size)];
              Arrays.fill(filled, value);
              return onnx.constant(name, DenseTensor.ofFloats(filled, size));
            });
  }
}
