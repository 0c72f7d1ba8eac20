package dev.octet.libtorch.align;

import dev.octet.align.layers.Observable;
import dev.octet.ir.Tensor;
import dev.octet.runtime.ModelRunner;
import dev.octet.runtime.TensorSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A runner that can observe any value without being opened anew, lent out for a while.
///
/// @param runner stays open
public record ObservedProgram(ModelRunner runner) implements Observable {

  @Override
  public ModelRunner open(Collection<String> values) {
    return new Lent(runner);
  }

  private record Lent(ModelRunner runner) implements ModelRunner {
    @Override
    public String description() {
      return runner.description();
    }

    @Override
    public List<TensorSpec> inputs() {
      return runner.inputs();
    }

    @Override
    public List<TensorSpec> outputs() {
      return runner.outputs();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
      return runner.run(inputs);
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Set<String> observe) {
      return runner.run(inputs, observe);
    }

    /// Leaves the runner to its owner.
    @Override
    public void close() {}
  }
}
