package dev.octet.transform.rules;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Graph;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Node;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.transform.ModelRewrite;
import dev.octet.transform.RewriteLog;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Keeps one of several initializers of a graph that are equal bit for bit.
///
/// Small tensors are left alone, but for the 64-bit integers that shapes are made of: merging them
/// saves nothing, and a bias that two layers share can no longer be quantized to the scale of each.
public final class DeduplicateInitializers implements ModelRewrite {
  /// Bytes below which data is left alone.
  private static final long WORTHWHILE = 1024;

  private static final long SAMPLED_WORDS = 64;

  /// What equal tensors have in common.
  private record Kind(DataType type, List<Long> dims) {}

  @Override
  public String name() {
    return "deduplicate-initializers";
  }

  @Override
  public String description() {
    return "Initializers that are equal bit for bit become one.";
  }

  @Override
  public void apply(GraphEditor editor, RewriteLog log) {
    merge(editor, editor.graph(), log);
  }

  private static void merge(GraphEditor editor, Graph graph, RewriteLog log) {
    Map<Kind, List<Value>> byKind = new LinkedHashMap<>();
    for (Value value : graph.initializers()) {
      Tensor tensor = value.initializer().orElseThrow();
      boolean small = tensor.dataType() != DataType.INT64 && tensor.byteSize() < WORTHWHILE;
      if (tensor instanceof DenseTensor && !small) {
        byKind
            .computeIfAbsent(new Kind(tensor.dataType(), tensor.dims()), _ -> new ArrayList<>())
            .add(value);
      }
    }
    // Bytes are only read where type and dimensions agree already.
    byKind.values().stream()
        .filter(values -> values.size() > 1)
        .forEach(values -> mergeEqual(editor, graph, values, log));
    for (Node node : graph.nodes()) {
      node.subgraphs().forEach(subgraph -> merge(editor, subgraph, log));
    }
  }

  private static void mergeEqual(
      GraphEditor editor, Graph graph, List<Value> values, RewriteLog log) {
    Map<Long, List<Value>> kept = new HashMap<>();
    for (Value value : values) {
      Tensor tensor = value.initializer().orElseThrow();
      List<Value> candidates = kept.computeIfAbsent(sample(tensor.data()), _ -> new ArrayList<>());
      Value equal =
          candidates.stream()
              .filter(candidate -> candidate.initializer().orElseThrow().equals(tensor))
              .findFirst()
              .orElse(null);
      if (equal == null) {
        candidates.add(value);
        continue;
      }
      Value visible = isVisible(equal) ? equal : value;
      if (isVisible(visible)) {
        log.declined(
            visible.name(),
            "equal to '%s', but callers see it"
                .formatted(visible == value ? equal.name() : value.name()));
        if (visible == equal) {
          candidates.set(candidates.indexOf(equal), value);
        }
        continue;
      }
      editor.replaceAllUses(value, equal);
      editor.removeInitializer(graph, value);
      log.applied(value.name(), "equal to '" + equal.name() + "', which takes its place");
    }
  }

  /// Whether callers may replace a constant, or get it.
  private static boolean isVisible(Value value) {
    return !value.isConstant() || value.isGraphOutput();
  }

  /// A hash of words spread over all of the data. Enough to tell trained weights apart without
  /// reading gigabytes; what agrees in these is compared in full.
  private static long sample(MemorySegment data) {
    long hash = data.byteSize();
    long words = data.byteSize() / Long.BYTES;
    long step = Math.max(1, words / SAMPLED_WORDS);
    for (long i = 0; i < words; i += step) {
      hash = hash * 0x9E3779B97F4A7C15L + data.get(ValueLayout.JAVA_LONG_UNALIGNED, i * Long.BYTES);
    }
    for (long i = words * Long.BYTES; i < data.byteSize(); i++) {
      hash = hash * 31 + data.get(ValueLayout.JAVA_BYTE, i);
    }
    return hash;
  }
}
