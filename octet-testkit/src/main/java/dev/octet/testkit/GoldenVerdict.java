package dev.octet.testkit;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What ONNX Runtime makes of a small exported model, against what PyTorch recorded.
public sealed interface GoldenVerdict {
  /// Types, shapes and numbers are the same: integers exactly, floating point numbers within a
  /// tolerance of their precision.
  ///
  /// @param worst greatest difference of a number
  record Agrees(double worst) implements GoldenVerdict {}

  /// Something is not the same.
  record Departs(String how) implements GoldenVerdict {}

  /// The model is valid, but ONNX Runtime has no kernel for an operator in the type asked for.
  record NoKernel(String operator, boolean doubles) implements GoldenVerdict {}

  Pattern MISSING = Pattern.compile("Could not find an implementation for (\\w+)\\(");

  /// Runs the model on the samples' inputs.
  static GoldenVerdict of(Model model, ArchiveSamples samples) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<Value> wanted = model.graph().inputs();
    for (int i = 0; i < wanted.size(); i++) {
      inputs.put(wanted.get(i).name(), samples.inputs().get(i));
    }
    List<Tensor> outputs;
    try {
      outputs = List.copyOf(OnnxRuntimeOracle.run(model, inputs).values());
    } catch (AssertionError refusal) {
      String message = String.valueOf(refusal.getMessage());
      Matcher missing = MISSING.matcher(message);
      boolean doubles =
          inputs.values().stream().anyMatch(tensor -> tensor.dataType() == DataType.DOUBLE);
      return missing.find() ? new NoKernel(missing.group(1), doubles) : new Departs(message);
    }
    double worst = 0;
    for (int i = 0; i < outputs.size(); i++) {
      switch (compare((DenseTensor) outputs.get(i), samples.outputs().get(i))) {
        case Agrees(double apart) -> worst = Math.max(worst, apart);
        case Departs(String how) -> {
          return new Departs("output " + i + ": " + how);
        }
        case NoKernel missing -> {
          return missing;
        }
      }
    }
    return new Agrees(worst);
  }

  private static GoldenVerdict compare(DenseTensor actual, DenseTensor expected) {
    if (actual.dataType() != expected.dataType() || !actual.dims().equals(expected.dims())) {
      return new Departs(
          "%s%s is not %s%s"
              .formatted(actual.dataType(), actual.dims(), expected.dataType(), expected.dims()));
    }
    boolean floating = actual.dataType().isFloat();
    Tolerance tolerance = tolerance(actual.dataType());
    double worst = 0;
    for (long i = 0; i < actual.elementCount(); i++) {
      double got = floating ? actual.doubleAt(i) : actual.longAt(i);
      double wanted = floating ? expected.doubleAt(i) : expected.longAt(i);
      if (!tolerance.accepts(got, wanted)) {
        return new Departs("element %d is %s, not %s".formatted(i, got, wanted));
      }
      worst = Double.isFinite(wanted) ? Math.max(worst, Math.abs(got - wanted)) : worst;
    }
    return new Agrees(worst);
  }

  private static Tolerance tolerance(DataType type) {
    return switch (type) {
      case FLOAT16 -> new Tolerance(1e-2, 1e-2);
      case FLOAT -> new Tolerance(1e-4, 1e-5);
      case DOUBLE -> new Tolerance(1e-6, 1e-7);
      default -> new Tolerance(0, 0);
    };
  }
}
