package dev.octet.libtorch.align;

import dev.octet.align.layers.Observable;
import dev.octet.ir.Tensor;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.observe.Observation;
import dev.octet.observe.Recording;
import dev.octet.runtime.ModelRunner;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// A program, which can be looked into without being opened anew.
///
/// @param interpreter stays open
public record ObservedProgram(LibtorchInterpreter interpreter) implements Observable {

  @Override
  public Observation open(Collection<String> values) {
    return new Look(interpreter, new LinkedHashSet<>(values));
  }

  private record Look(LibtorchInterpreter interpreter, Set<String> values) implements Observation {
    @Override
    public ModelRunner runner() {
      return interpreter;
    }

    @Override
    public Map<String, Recording> run(Map<String, Tensor> inputs, long mostBytes) {
      return interpreter.record(inputs, values, mostBytes);
    }

    /// Leaves the interpreter to its owner.
    @Override
    public void close() {}
  }
}
