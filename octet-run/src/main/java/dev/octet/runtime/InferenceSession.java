package dev.octet.runtime;

import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A model run by ONNX Runtime on the CPU.
public final class InferenceSession implements TimedRunner {
  private InferenceSession() {}

  /// Opens a model file.
  public static InferenceSession open(Path file, SessionOptions options) {
    throw new UnsupportedOperationException("coming");
  }

  /// Opens a model held in memory.
  ///
  /// @param description what messages call it
  public static InferenceSession open(Model model, String description, SessionOptions options) {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public String description() {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public List<TensorSpec> inputs() {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public List<TensorSpec> outputs() {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> observe) {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public PreparedRun prepare(Map<String, Tensor> inputs) {
    throw new UnsupportedOperationException("coming");
  }

  @Override
  public void close() {}
}
