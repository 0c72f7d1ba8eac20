package dev.octet.torch.export;

import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.TensorMeta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Hands each call of a graph to the translator of its operator family; branches and bodies of
/// control flow come back here.
final class GraphTranslation {
  private final DimNames dims;
  private final Complaints complaints;

  GraphTranslation(DimNames dims, Complaints complaints) {
    this.dims = dims;
    this.complaints = complaints;
  }

  /// Adds the nodes that compute what the graph's calls compute.
  ///
  /// @param scope holds the graph's inputs; its results are added
  /// @param onnx writes to the ONNX graph that is to hold the nodes
  void translate(AtenGraph graph, Scope scope, OnnxNodes onnx) {
    for (AtenNode node : graph.nodes()) {
      onnx.at(node);
      translate(node, scope, onnx);
    }
  }

  /// The ONNX type of a tensor of the program.
  ValueType type(TensorMeta meta) {
    return ValueType.tensor(OnnxNodes.onnx(meta.dtype()), dims.shape(meta));
  }

  private void translate(AtenNode written, Scope scope, OnnxNodes onnx) {
    Map<String, AtenTranslator> translators =
        isComplex(written, scope)
            ? StandardTranslators.onComplexNumbers()
            : StandardTranslators.byOperator();
    AtenNode node = written;
    @Nullable AtenTranslator translator = translators.get(key(written.op()));
    Optional<AtenOp> synonym = Synonyms.of(written.op());
    if (translator == null && synonym.isPresent()) {
      node = written.withOp(synonym.get());
      translator = translators.get(key(node.op()));
    }
    if (translator == null) {
      Refusal refusal = Refusal.of(written.op(), isComplex(written, scope));
      complaints.add(written, refusal.reason(), refusal.hint());
      return;
    }
    Translation translation;
    try {
      translation = translator.translate(new Call(node, scope, onnx, this), onnx);
    } catch (UnsupportedArgument e) {
      if (e.isConsequence()) {
        return;
      }
      translation = Translation.unsupported(e.reason(), e.hint());
    }
    switch (translation) {
      case Translation.Values(List<@Nullable Value> values) -> {
        List<String> names = node.outputNames();
        for (int i = 0; i < Math.min(names.size(), values.size()); i++) {
          Value value = values.get(i);
          if (value != null) {
            scope.define(names.get(i), value);
          }
        }
      }
      case Translation.Scalar(Size size) -> scope.define(node.output(), size);
      case Translation.Unsupported(String reason, String hint) ->
          complaints.add(node, reason, hint);
    }
  }

  private static String key(AtenOp op) {
    return op.namespace() + "." + op.name();
  }

  private static boolean isComplex(AtenNode node, Scope scope) {
    return Stream.concat(node.inputNames().stream(), node.outputNames().stream())
        .anyMatch(name -> scope.find(name).filter(meta -> meta.dtype().isComplex()).isPresent());
  }
}
