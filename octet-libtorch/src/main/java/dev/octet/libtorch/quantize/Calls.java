package dev.octet.libtorch.quantize;

import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Calls and state added at one place of a graph that is only run, never saved.
final class Calls {
  /// Prefix of everything added to a program's state.
  static final String STATE = "octet.";

  private final ProgramEditor editor;
  private final List<AtenNode> added = new ArrayList<>();

  Calls(ProgramEditor editor) {
    this.editor = editor;
  }

  /// Calls an operator with one tensor result.
  ///
  /// @return the result's name
  String add(String hint, String op, String overload, NamedArgument... arguments) {
    String name = editor.graph().freshName(hint);
    added.add(AtenNode.of(name, AtenOp.aten(op, overload), List.of(arguments), Map.of()));
    return name;
  }

  String reshaped(String value, int rank, int axis) {
    long[] sizes = new long[rank];
    java.util.Arrays.fill(sizes, 1);
    sizes[axis] = -1;
    return add(
        value + "_shaped",
        "reshape",
        "default",
        tensor("self", value),
        NamedArgument.of("shape", AtenArgument.ints(sizes)));
  }

  /// A buffer of numbers.
  String floats(String name, float... values) {
    return editor.addBuffer(
        STATE + name, TorchTensor.of(DenseTensor.ofFloats(values, values.length)));
  }

  /// A buffer of 32-bit integers.
  String ints(String name, int... values) {
    return editor.addBuffer(
        STATE + name, TorchTensor.of(DenseTensor.ofInts(values, values.length)));
  }

  /// A number that is trained, one for each channel.
  String trained(String name, float... values) {
    return editor.addParameter(
        STATE + name, TorchTensor.of(DenseTensor.ofFloats(values, values.length)));
  }

  /// A switch, shared by all who ask for it.
  String flag(boolean on) {
    String fqn = STATE + (on ? "on" : "off");
    return editor
        .find(fqn)
        .orElseGet(
            () ->
                editor.addBuffer(
                    fqn, TorchTensor.of(DenseTensor.ofLongs(new long[] {on ? 1 : 0}, 1))));
  }

  /// The graph input that holds state added before.
  String known(String name) {
    return editor.find(STATE + name).orElseThrow();
  }

  /// Puts the calls in front of another.
  void before(String call) {
    added.forEach(node -> editor.graph().insertBefore(call, node));
  }

  /// Puts the calls where a value has just been computed, or first if it is an input.
  void after(String value) {
    editor.graph().nodes().stream()
        .filter(node -> node.outputNames().contains(value))
        .findFirst()
        .ifPresentOrElse(
            producer ->
                added.reversed().forEach(node -> editor.graph().insertAfter(producer.name(), node)),
            () -> added.reversed().forEach(editor.graph()::insertFirst));
  }

  static NamedArgument tensor(String name, String value) {
    return NamedArgument.of(name, AtenArgument.tensor(value));
  }

  static NamedArgument integer(String name, long value) {
    return NamedArgument.of(name, AtenArgument.of(value));
  }

  static NamedArgument number(String name, double value) {
    return NamedArgument.of(name, AtenArgument.of(value));
  }
}
