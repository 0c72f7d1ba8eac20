package dev.octet.inspect;

import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.TensorDetail.Quantization;
import dev.octet.inspect.TensorDetail.Source;
import dev.octet.inspect.TensorDetail.Statistics;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.Use;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.plan.FoldedConstants;
import dev.octet.plan.NearNames;
import dev.octet.plan.OwnGrids;
import java.util.List;
import java.util.Optional;

/// Looks at one tensor of a model.
final class TensorInspector {
  private TensorInspector() {}

  static TensorDetail inspect(Model model, String name) {
    Value value = model.graph().findValue(name).orElseThrow(() -> unknown(model, name));
    Optional<DenseTensor> data = FoldedConstants.of(value);
    Optional<Quantization> quantization = quantization(value);
    TensorDetail bare =
        new TensorDetail(
            name,
            source(value),
            value.type().map(Object::toString).or(() -> data.map(Object::toString)).orElse("?"),
            quantization,
            data,
            Optional.empty(),
            value.uses().stream().map(TensorInspector::reader).toList());
    return new TensorDetail(
        bare.name(),
        bare.source(),
        bare.type(),
        bare.quantization(),
        bare.data(),
        bare.realValues().map(TensorInspector::statistics),
        bare.readers());
  }

  private static Source source(Value value) {
    if (value.isGraphInput()) {
      return new Source.Input();
    }
    if (value.initializer().isPresent()) {
      return new Source.Initializer();
    }
    return value
        .producer()
        .map(
            node ->
                node.is("Constant")
                    ? (Source) new Source.ConstantNode(node.name())
                    : new Source.Computed(node.describe()))
        .orElseGet(Source.Input::new);
  }

  /// Scale and zero point from the nearest node that applies them: the one that computes the value
  /// from codes or to codes, or one that reads it so; or the integer operator that takes it with
  /// them.
  private static Optional<Quantization> quantization(Value value) {
    Optional<Quantization> found =
        value
            .producer()
            .filter(node -> node.is("DequantizeLinear") || node.is("QuantizeLinear"))
            .flatMap(node -> linear(node, rank(value)));
    for (Use use : value.uses()) {
      if (found.isPresent()) {
        break;
      }
      Node node = use.node();
      if (use.index() == 0 && (node.is("DequantizeLinear") || node.is("QuantizeLinear"))) {
        found = linear(node, rank(value));
      } else {
        found = integerOperand(node, use.index());
      }
    }
    return found;
  }

  private static Optional<Quantization> linear(Node node, int rank) {
    Optional<DataType> codes =
        node.is("DequantizeLinear")
            ? node.input(0).flatMap(TensorInspector::dataType)
            : node.input(2).flatMap(TensorInspector::dataType);
    return OwnGrids.of(node, codes.orElse(DataType.UINT8), rank)
        .map(params -> at(node, params, node.input(1), node.input(2)));
  }

  private static Optional<Quantization> integerOperand(Node node, int index) {
    return IntegerOperands.weight(node)
        .filter(operand -> operand.codes() == index)
        .flatMap(
            operand ->
                IntegerOperands.find(node, operand)
                    .flatMap(Constants.Found::params)
                    .map(
                        params ->
                            at(
                                node,
                                params,
                                node.input(operand.scale()),
                                node.input(operand.zeroPoint()))));
  }

  private static Quantization at(
      Node node, QuantParams params, Optional<Value> scale, Optional<Value> zeroPoint) {
    return new Quantization(
        params,
        scale.map(Value::name).orElse(""),
        zeroPoint.map(Value::name).orElse(""),
        node.describe());
  }

  private static Optional<DataType> dataType(Value value) {
    return value.dataType().or(() -> FoldedConstants.of(value).map(DenseTensor::dataType));
  }

  private static int rank(Value value) {
    return value
        .shape()
        .map(shape -> shape.rank())
        .or(() -> FoldedConstants.of(value).map(tensor -> tensor.dims().size()))
        .orElse(1);
  }

  private static String reader(Use use) {
    return use.node().describe() + " input " + use.index();
  }

  static Statistics statistics(float[] values) {
    long zeros = 0;
    long nonFinite = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      if (!Float.isFinite(value)) {
        nonFinite++;
        continue;
      }
      zeros += value == 0 ? 1 : 0;
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      squares += (double) value * value;
    }
    long finite = values.length - nonFinite;
    double mean = finite == 0 ? Double.NaN : sum / finite;
    double variance = finite == 0 ? Double.NaN : Math.max(0, squares / finite - mean * mean);
    return new Statistics(values.length, zeros, nonFinite, min, max, mean, Math.sqrt(variance));
  }

  private static OctetException unknown(Model model, String name) {
    List<String> names = model.graph().values().stream().map(Value::name).toList();
    List<String> near = NearNames.of(name, names);
    return OctetException.usage(
        "no-such-tensor",
        "tensor '" + name + "'",
        "the model has none of that name",
        near.isEmpty()
            ? "the lists of nodes and initializers give its names"
            : "did you mean " + String.join(" or ", near) + "?");
  }
}
