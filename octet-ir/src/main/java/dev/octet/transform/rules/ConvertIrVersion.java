package dev.octet.transform.rules;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.io.LocalFunctions;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Writes a model in another version of the file format: as a whole or, where something in it came
/// with a newer one, not at all.
///
/// Runtimes refuse a format newer than they know even when a model uses nothing of it. Annotations
/// that came later (metadata of nodes, device configurations) stay: older readers pass over them.
public final class ConvertIrVersion implements ModelRewrite {
  /// Before it, every initializer is an input too, and opsets are not imported.
  public static final int FIRST = 4;

  /// The newest that is known here.
  public static final int LAST = 14;

  private static final int FIRST_WITH_FUNCTIONS = 8;

  private final int target;

  private ConvertIrVersion(int target) {
    this.target = target;
  }

  /// Conversion of every model that is in another version.
  ///
  /// @param target version of the file format, [#FIRST] to [#LAST]
  /// @throws IllegalArgumentException when there is no such version
  public static ConvertIrVersion to(int target) {
    if (target < FIRST || target > LAST) {
      throw new IllegalArgumentException(
          "IR version " + target + " is not one of " + FIRST + " to " + LAST);
    }
    return new ConvertIrVersion(target);
  }

  @Override
  public String name() {
    return "convert-ir-version";
  }

  @Override
  public String description() {
    return "The model is written in version " + target + " of the file format.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    ModelInfo info = editor.model().info();
    if (info.irVersion() == target) {
      return;
    }
    inspect(editor.model(), log);
    if (log.declined().isEmpty()) {
      editor.setInfo(
          new ModelInfo(
              target,
              info.producerName(),
              info.producerVersion(),
              info.domain(),
              info.modelVersion()));
      log.applied("model", "IR version " + info.irVersion() + " → " + target);
    }
  }

  private void inspect(Model model, RewriteLog log) {
    if (target < FIRST_WITH_FUNCTIONS) {
      LocalFunctions.of(model)
          .forEach(name -> log.declined(name, needs("functions", FIRST_WITH_FUNCTIONS)));
    }
    inspect(
        model.graph(),
        (place, type) -> {
          if (since(type) > target) {
            log.declined(place, needs(type.toString(), since(type)));
          }
        });
  }

  private static String needs(String what, int version) {
    return what + " came with IR version " + version;
  }

  private static void inspect(Graph graph, BiConsumer<String, DataType> used) {
    for (Value value : graph.values()) {
      Optional<DataType> type = value.initializer().map(Tensor::dataType).or(value::dataType);
      type.ifPresent(known -> used.accept("'" + value.name() + "'", known));
    }
    for (Node node : graph.nodes()) {
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.OfTensor(Tensor tensor)) {
          used.accept(node.describe(), tensor.dataType());
        }
      }
      node.subgraphs().forEach(subgraph -> inspect(subgraph, used));
    }
  }

  /// The version of the format that brought an element type.
  private static int since(DataType type) {
    return switch (type) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> 9;
      case UINT4, INT4 -> 10;
      case FLOAT4E2M1 -> 11;
      case FLOAT8E8M0 -> 12;
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, COMPLEX64, COMPLEX128, STRING, BOOL -> FIRST;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> FIRST;
    };
  }
}
