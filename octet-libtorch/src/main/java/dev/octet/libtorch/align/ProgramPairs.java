package dev.octet.libtorch.align;

import dev.octet.align.layers.ComputedValues;
import dev.octet.align.layers.OnnxPairs;
import dev.octet.align.layers.Place;
import dev.octet.align.layers.ValuePair;
import dev.octet.align.layers.ValuePairs;
import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.CodeGrids;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.libtorch.align.ProgramValues.Computed;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.Term;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;

/// Which values of a program and of an ONNX model denote the same.
public final class ProgramPairs {
  private static final String DECOMPOSED = "quantized_decomposed";

  private final ExportedProgram program;
  private final ProgramValues values;

  private ProgramPairs(ExportedProgram program) {
    this.program = program;
    this.values = ProgramValues.of(program);
  }

  /// Pairs the values that the program and the model compute, those of branches and bodies
  /// included.
  ///
  /// @param visible whether a value of the model, called by its place, can be observed
  public static ValuePairs of(ExportedProgram program, Model model, Predicate<String> visible) {
    return new ProgramPairs(program).with(model, visible);
  }

  /// Pairs the values that two programs call by one name and compute by one operator.
  public static ValuePairs of(ExportedProgram reference, ExportedProgram other) {
    Map<String, Computed> theirs = ProgramValues.of(other).byName();
    Map<String, Computed> ours = ProgramValues.of(reference).byName();
    List<ValuePair> pairs = new ArrayList<>();
    ours.forEach(
        (name, computed) -> {
          Computed same = theirs.get(name);
          if (same != null && same.node().op().equals(computed.node().op())) {
            pairs.add(ValuePair.of(computed.place(), same.place()));
          }
        });
    return new ValuePairs(
        pairs, ours.size() - pairs.size(), theirs.size() - pairs.size(), "by name and operator");
  }

  private ValuePairs with(Model model, Predicate<String> visible) {
    ComputedValues theirs = ComputedValues.of(model);
    Map<String, Value> partners = new HashMap<>(SourceValues.of(model).values());
    partners.keySet().retainAll(values.byName().keySet());
    partners.values().retainAll(new HashSet<>(theirs.byName().values()));
    String how = "recorded when the model was exported";
    if (partners.isEmpty()) {
      partners.putAll(TorchOnnxNotes.pairs(values, model));
      int noted = partners.size();
      byPlace(model, theirs).forEach(partners::putIfAbsent);
      how = "%d by the notes of torch.onnx, %d by place".formatted(noted, partners.size() - noted);
    }
    Set<Value> used = new HashSet<>(partners.values());
    Set<Value> direct = Set.copyOf(used);
    List<ValuePair> pairs = new ArrayList<>();
    for (Computed computed : values.byName().values()) {
      Value partner = partners.get(computed.name());
      if (partner != null) {
        // What another value of the program stands for is compared with that one.
        Predicate<Value> free =
            value ->
                visible.test(theirs.name(value))
                    && (value.equals(partner) || !direct.contains(value));
        OnnxPairs.shown(partner, free)
            .ifPresent(
                shown -> {
                  used.add(shown);
                  pairs.add(pair(computed, theirs.place(shown), CodeGrids.of(shown)));
                });
      }
    }
    long otherAlone =
        theirs.byName().values().stream().filter(value -> !used.contains(value)).count();
    return new ValuePairs(pairs, values.byName().size() - pairs.size(), (int) otherAlone, how);
  }

  private ValuePair pair(Computed computed, Place partner, Optional<QuantParams> partnerGrid) {
    AtenNode node = computed.node();
    ValuePair pair = ValuePair.of(computed.place(), partner).onGrid(partnerGrid);
    if (!node.op().namespace().equals(DECOMPOSED)) {
      return pair;
    }
    Optional<String> input = node.tensorArgument("input").map(computed::beside);
    return switch (node.op().name()) {
      case "quantize_per_tensor" -> pair.rounded(grid(node), input);
      case "dequantize_per_tensor" ->
          pair.rounded(
              Optional.empty(),
              input
                  .map(values.byName()::get)
                  .filter(codes -> codes.node().op().name().equals("quantize_per_tensor"))
                  .flatMap(codes -> codes.node().tensorArgument("input").map(codes::beside)));
      default -> pair;
    };
  }

  /// Scale and zero point of a quantizing call, where they are numbers. The type is of no
  /// consequence for reading codes.
  private static Optional<QuantParams> grid(AtenNode node) {
    OptionalDouble scale = number(node, "scale");
    OptionalDouble zero = number(node, "zero_point");
    return scale.isPresent() && scale.getAsDouble() > 0 && zero.isPresent()
        ? Optional.of(
            QuantParams.perTensor(
                QuantType.INT32, (float) scale.getAsDouble(), (int) zero.getAsDouble()))
        : Optional.empty();
  }

  private static OptionalDouble number(AtenNode node, String argument) {
    return switch (node.argument(argument).orElse(null)) {
      case AtenArgument.FloatValue(double value) -> OptionalDouble.of(value);
      case AtenArgument.IntValue(long value) -> OptionalDouble.of((double) value);
      case AtenArgument.SymFloatValue(Term.Literal<Double>(Double value)) ->
          OptionalDouble.of(value);
      case AtenArgument.SymIntValue(Term.Literal<Long>(Long value)) ->
          OptionalDouble.of((double) value);
      case null, default -> OptionalDouble.empty();
    };
  }

  /// Pairs by way of Octet's own export of the program; none where it does not export.
  private Map<String, Value> byPlace(Model model, ComputedValues theirs) {
    Model exported;
    try {
      exported = TorchExporter.export(program, ExportOptions.standard());
    } catch (OctetException untranslatable) {
      return Map.of();
    }
    Map<String, Value> partners = new HashMap<>();
    OnnxPairs.of(exported, model, name -> true)
        .pairs()
        .forEach(
            pair ->
                partners.put(pair.reference().value(), theirs.byName().get(pair.other().value())));
    ComputedValues ours = ComputedValues.of(exported);
    Map<String, Value> pairs = new HashMap<>();
    SourceValues.of(exported)
        .values()
        .forEach(
            (name, value) -> {
              Value partner = partners.get(ours.name(value));
              if (partner != null && values.byName().containsKey(name)) {
                pairs.put(name, partner);
              }
            });
    return pairs;
  }
}
