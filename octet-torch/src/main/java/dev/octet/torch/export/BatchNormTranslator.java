package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import dev.octet.torch.graph.SymInt;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/// Batch normalization with running statistics → `BatchNormalization`; with the batch's own, where
/// the layer keeps none, → its parts.
final class BatchNormTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of(
        "aten.batch_norm",
        "aten.native_batch_norm",
        "aten._native_batch_norm_legit",
        "aten._native_batch_norm_legit_functional",
        "aten._native_batch_norm_legit_no_training");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    boolean tracked = !call.overload().equals("no_stats") && call.given("running_mean");
    boolean training = !call.op().endsWith("no_training") && call.flag("training");
    if (tracked && training) {
      return Translation.unsupported(
          "batch normalization in training mode", "call model.eval() before exporting");
    }
    return tracked
        ? Translation.of(
            onnx.add(
                NodeSpec.of("BatchNormalization")
                    .inputs(
                        call.tensor("input"),
                        orFilled(call, onnx, "weight", 1),
                        orFilled(call, onnx, "bias", 0),
                        call.tensor("running_mean"),
                        call.tensor("running_var"))
                    .attribute("epsilon", Attribute.of((float) call.number("eps")))))
        : Translation.of(byOwnStatistics(call, onnx));
  }

  /// The result, its means and its inverse standard deviations by channel.
  private static List<Value> byOwnStatistics(Call call, OnnxNodes onnx) {
    int rank = call.rank("input");
    DataType type = OnnxNodes.onnx(call.meta("input").dtype());
    List<Long> axes = LongStream.range(0, rank).filter(axis -> axis != 1).boxed().toList();
    Moments moments = Moments.over(onnx, call.tensor("input"), axes);
    Value inverse = moments.inverseDeviation(onnx, type, call.number("eps"));
    Value result = onnx.add("Mul", moments.centred(), inverse);
    Value others = onnx.vector(LongStream.range(1, rank - 1).toArray());
    if (call.given("weight")) {
      result = onnx.add("Mul", result, alongChannels(call, onnx, "weight", others));
    }
    if (call.given("bias")) {
      result = onnx.add("Add", result, alongChannels(call, onnx, "bias", others));
    }
    Value channels = onnx.vector(-1);
    return List.of(
        result,
        onnx.add("Reshape", moments.mean(), channels),
        onnx.add("Reshape", inverse, channels));
  }

  private static Value alongChannels(Call call, OnnxNodes onnx, String name, Value others) {
    Value vector = call.tensor(name);
    return call.rank("input") == 2 ? vector : onnx.add("Unsqueeze", vector, others);
  }

  private static Value orFilled(Call call, OnnxNodes onnx, String name, double value) {
    return call.maybeTensor(name)
        .orElseGet(
            () -> {
              if (!(call.meta("running_mean").sizes().getFirst()
                  instanceof SymInt.Known(long size))) {
                throw new UnsupportedArgument(
                    "batch normalization of a varying number of channels");
              }
              DataType type = OnnxNodes.onnx(call.meta("input").dtype());
              return onnx.filled(name, type, value, List.of(size));
            });
  }
}
