package dev.octet.testkit;

import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.ValueType;
import java.util.Map;

/// ONNX Runtime, with its own optimizer off, as the judge of what a model computes.
public final class OnnxRuntimeOracle {
  private OnnxRuntimeOracle() {}

  /// The graph outputs by name, in order.
  public static Map<String, Tensor> run(Model model, Map<String, ? extends Tensor> inputs) {
    throw new UnsupportedOperationException("under construction");
  }

  /// The graph outputs of an encoded model by name, in order.
  public static Map<String, Tensor> run(byte[] model, Map<String, ? extends Tensor> inputs) {
    throw new UnsupportedOperationException("under construction");
  }

  /// What ONNX Runtime infers about every value of the main graph that a node computes, by name.
  /// Dimensions come back known, symbolic or unknown.
  public static Map<String, ValueType.OfTensor> inferTypes(Model model) {
    throw new UnsupportedOperationException("under construction");
  }
}
