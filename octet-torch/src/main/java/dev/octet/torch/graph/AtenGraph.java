package dev.octet.torch.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Operator calls in execution order, over values referenced by SSA name.
///
/// @param inputs in the order of the program's input specs; of a subgraph, its operands
/// @param nodes each reads only inputs and results of earlier nodes
/// @param outputs in the order of the program's output specs
/// @param tensorValues what is known of each tensor value, inputs included
/// @param symIntValues integers the graph computes, by name
/// @param symBoolValues booleans the graph computes, by name
/// @param symFloatValues floating-point scalars the graph computes, by name
/// @param customObjectValues scripted objects, by name
/// @param singleTensorReturn of a subgraph: whether it returns a bare tensor
public record AtenGraph(
    List<AtenArgument> inputs,
    List<AtenNode> nodes,
    List<AtenArgument> outputs,
    Map<String, TensorMeta> tensorValues,
    Map<String, SymInt> symIntValues,
    Map<String, SymScalar<Boolean>> symBoolValues,
    Map<String, SymScalar<Double>> symFloatValues,
    Map<String, AtenArgument.CustomObject> customObjectValues,
    boolean singleTensorReturn) {

  public AtenGraph {
    inputs = List.copyOf(inputs);
    nodes = List.copyOf(nodes);
    outputs = List.copyOf(outputs);
    tensorValues = ordered(tensorValues);
    symIntValues = ordered(symIntValues);
    symBoolValues = ordered(symBoolValues);
    symFloatValues = ordered(symFloatValues);
    customObjectValues = ordered(customObjectValues);
  }

  /// What is recorded about a tensor value.
  ///
  /// @throws IllegalArgumentException when the graph has no such tensor
  public TensorMeta meta(String name) {
    TensorMeta meta = tensorValues.get(name);
    if (meta == null) {
      throw new IllegalArgumentException("no tensor named " + name + " in the graph");
    }
    return meta;
  }

  /// This graph with other calls.
  public AtenGraph withNodes(List<AtenNode> others) {
    return new AtenGraph(
        inputs,
        others,
        outputs,
        tensorValues,
        symIntValues,
        symBoolValues,
        symFloatValues,
        customObjectValues,
        singleTensorReturn);
  }

  /// This graph with other facts about its tensors.
  public AtenGraph withTensorValues(Map<String, TensorMeta> others) {
    return new AtenGraph(
        inputs,
        nodes,
        outputs,
        others,
        symIntValues,
        symBoolValues,
        symFloatValues,
        customObjectValues,
        singleTensorReturn);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
