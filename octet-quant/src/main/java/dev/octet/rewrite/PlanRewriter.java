package dev.octet.rewrite;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Graph;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.plan.OutputFormat;
import dev.octet.plan.QuantizationPlan;
import dev.octet.rewrite.dynamic.DynamicRendering;
import dev.octet.rewrite.qoperator.QOperatorFold;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Renders a plan as a model, in the plan's format.
public final class PlanRewriter {
  /// `metadata_props` key that holds [QuantizationPlan#hash()].
  public static final String PLAN_HASH = "octet.plan";

  private PlanRewriter() {}

  /// Renders the plan into a copy of the model.
  ///
  /// @param model the model the plan was made for; left as it is
  /// @throws OctetException (BAD_INPUT) when the plan names what the model does not have
  public static QuantizedModel rewrite(Model model, QuantizationPlan plan) {
    Model copy = model.copy();
    if (plan.format() == OutputFormat.DYNAMIC) {
      return dynamic(model, copy, plan);
    }
    RenderedNames names =
        switch (plan.style()) {
          case COMPACT -> new CompactNames();
          case PEER -> new PeerNames(plan.format());
        };
    QdqRendering rendering = new QdqRendering(copy, plan, names);
    copy.edit(rendering::render);
    ValueAlignment alignment = rendering.alignment();
    if (plan.format() == OutputFormat.QOPERATOR) {
      Map<String, Value> gone = new HashMap<>();
      copy.edit(
          editor ->
              gone.putAll(
                  QOperatorFold.fold(
                      editor, rendering.quantizedNodes()::contains, foldNames(plan))));
      alignment = alignment.inCodes(gone);
    }
    carrySources(model, copy, alignment);
    return new QuantizedModel(copy, plan, alignment);
  }

  private static QuantizedModel dynamic(Model model, Model copy, QuantizationPlan plan) {
    List<DynamicRendering.Rendered> rendered = new ArrayList<>();
    copy.edit(
        editor -> {
          rendered.add(DynamicRendering.render(editor, copy, plan));
          editor.setMetadata(PLAN_HASH, plan.hash());
        });
    ValueAlignment alignment = ValueAlignment.of(model, copy, rendered.getFirst());
    carrySources(model, copy, alignment);
    return new QuantizedModel(copy, plan, alignment);
  }

  /// What the float model says of the program it was made from holds for the stand-ins of its
  /// values. In branches and bodies values keep their names.
  private static void carrySources(Model floats, Model quantized, ValueAlignment alignment) {
    Map<String, Value> sources = SourceValues.of(floats).values();
    if (sources.isEmpty()) {
      return;
    }
    Map<String, Value> present = new HashMap<>();
    quantized.graph().values().forEach(value -> present.put(value.name(), value));
    Map<String, Value> standIns = new HashMap<>(inBodies(quantized));
    for (ValueAlignment.Pair pair : alignment.pairs()) {
      if (present.containsKey(pair.quantizedValue())) {
        standIns.put(pair.floatValue(), present.get(pair.quantizedValue()));
      }
    }
    Map<String, Value> carried = new LinkedHashMap<>();
    sources.forEach(
        (name, value) -> {
          if (standIns.containsKey(value.name())) {
            carried.put(name, standIns.get(value.name()));
          }
        });
    quantized.edit(editor -> new SourceValues(carried).write(editor));
  }

  private static Map<String, Value> inBodies(Model model) {
    Map<String, Value> values = new HashMap<>();
    for (Graph graph : model.graphs()) {
      if (graph != model.graph()) {
        graph.values().forEach(value -> values.put(value.name(), value));
      }
    }
    return values;
  }

  private static QOperatorFold.Names foldNames(QuantizationPlan plan) {
    return switch (plan.style()) {
      case COMPACT -> new CompactFoldNames();
      case PEER -> new PeerFoldNames();
    };
  }
}
