package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.GridRule;
import dev.octet.numeric.RealType;
import dev.octet.numeric.Symmetry;
import dev.octet.numeric.TinyScales;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputFormat;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Which values the peer calibrates: every computed float value that a node of a chosen operator
/// type reads or computes, whether the node is excluded or not.
final class PeerCalibration {
  private PeerCalibration() {}

  static CalibrationNeeds needs(PeerGraph graph, PeerOptions options) {
    if (options.format() == OutputFormat.DYNAMIC) {
      return new CalibrationNeeds(List.of());
    }
    Set<String> opTypes = PeerOperators.chosen(options);
    Set<Value> values = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      if (opTypes.contains(node.opType())) {
        node.inputs().stream().filter(Objects::nonNull).forEach(values::add);
        node.outputs().stream().filter(Objects::nonNull).forEach(values::add);
      }
    }
    List<CalibrationNeeds.Need> needs = new ArrayList<>();
    for (Value value : values) {
      if (!graph.isInitializer(value)) {
        graph
            .realType(value)
            .ifPresent(
                real ->
                    needs.add(
                        new CalibrationNeeds.Need(
                            value.name(), options.calibration(), rule(options, real))));
      }
    }
    return new CalibrationNeeds(needs);
  }

  /// The ranges as the options want them.
  static CalibrationTable ranges(CalibrationTable table, PeerOptions options) {
    if (!options.has(PeerSwitch.SYMMETRIC_RANGES)) {
      return table;
    }
    Map<String, CalibrationTable.Entry> widened = new LinkedHashMap<>();
    table
        .entries()
        .forEach(
            (name, entry) -> {
              float reach = Math.max(-entry.range().min(), entry.range().max());
              widened.put(
                  name,
                  new CalibrationTable.Entry(
                      new Range(-reach, reach), entry.method(), entry.observed()));
            });
    return new CalibrationTable(widened);
  }

  private static GridRule rule(PeerOptions options, RealType real) {
    return new GridRule(
        options.activationType(),
        options.has(PeerSwitch.ACTIVATION_SYMMETRIC) || options.has(PeerSwitch.SYMMETRIC_RANGES)
            ? Symmetry.SYMMETRIC
            : Symmetry.ASYMMETRIC,
        CodeSpan.FULL,
        options.minimumRealRange(),
        real,
        TinyScales.KEPT);
  }
}
