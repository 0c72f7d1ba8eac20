package dev.octet.libtorch.align;

import dev.octet.align.layers.OnnxPairs;
import dev.octet.align.layers.Place;
import dev.octet.align.layers.UnseenBody;
import dev.octet.align.layers.ValuePair;
import dev.octet.align.layers.ValuePairs;
import dev.octet.diagnostic.OctetException;
import dev.octet.inspect.CodeGrids;
import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.export.UserLine;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.Term;
import dev.octet.transform.SourceValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Which values of a program and of an ONNX model denote the same.
public final class ProgramPairs {
  private static final String DECOMPOSED = "quantized_decomposed";

  private final ExportedProgram program;
  private final Map<String, AtenNode> producers = new LinkedHashMap<>();

  private ProgramPairs(ExportedProgram program) {
    this.program = program;
    for (AtenNode node : program.graph().nodes()) {
      for (String name : node.outputNames()) {
        if (program.graph().tensorValues().containsKey(name)) {
          producers.put(name, node);
        }
      }
    }
  }

  /// Pairs the values that the program's graph and the model's main graph compute.
  ///
  /// @param visible whether a value of the model can be observed
  public static ValuePairs of(ExportedProgram program, Model model, Predicate<String> visible) {
    return new ProgramPairs(program).with(model, visible);
  }

  /// Pairs the values that two programs call by one name and compute by one operator.
  public static ValuePairs of(ExportedProgram reference, ExportedProgram other) {
    Map<String, AtenNode> theirs = new ProgramPairs(other).producers;
    Map<String, AtenNode> ours = new ProgramPairs(reference).producers;
    List<ValuePair> pairs = new ArrayList<>();
    ours.forEach(
        (name, node) -> {
          AtenNode same = theirs.get(name);
          if (same != null && same.op().equals(node.op())) {
            pairs.add(ValuePair.of(place(name, node), place(name, same)));
          }
        });
    return new ValuePairs(
        pairs,
        ours.size() - pairs.size(),
        theirs.size() - pairs.size(),
        List.of(),
        "by name and operator");
  }

  private ValuePairs with(Model model, Predicate<String> visible) {
    Map<String, Value> partners = new HashMap<>(SourceValues.of(model).values());
    partners.keySet().retainAll(producers.keySet());
    String how = "recorded when the model was exported";
    if (partners.isEmpty()) {
      partners.putAll(TorchOnnxNotes.pairs(producers, model));
      int noted = partners.size();
      byPlace(model).forEach(partners::putIfAbsent);
      how = "%d by the notes of torch.onnx, %d by place".formatted(noted, partners.size() - noted);
    }
    Set<Value> used = new HashSet<>(partners.values());
    Set<String> direct = used.stream().map(Value::name).collect(Collectors.toSet());
    List<ValuePair> pairs = new ArrayList<>();
    for (Map.Entry<String, AtenNode> entry : producers.entrySet()) {
      Value partner = partners.get(entry.getKey());
      if (partner != null) {
        // What another value of the program stands for is compared with that one.
        Predicate<String> free =
            name -> visible.test(name) && (name.equals(partner.name()) || !direct.contains(name));
        OnnxPairs.shown(partner, free)
            .ifPresent(
                shown -> {
                  used.add(shown);
                  pairs.add(pair(entry.getKey(), entry.getValue(), shown));
                });
      }
    }
    long otherAlone =
        OnnxPairs.computed(model).values().stream().filter(value -> !used.contains(value)).count();
    return new ValuePairs(
        pairs, producers.size() - pairs.size(), (int) otherAlone, UnseenBody.of(model), how);
  }

  private ValuePair pair(String name, AtenNode node, Value partner) {
    ValuePair pair =
        ValuePair.of(place(name, node), Place.of(partner)).onGrid(CodeGrids.of(partner));
    if (!node.op().namespace().equals(DECOMPOSED)) {
      return pair;
    }
    Optional<String> input = node.tensorArgument("input");
    return switch (node.op().name()) {
      case "quantize_per_tensor" -> pair.rounded(grid(node), input);
      case "dequantize_per_tensor" ->
          pair.rounded(
              Optional.empty(),
              input
                  .map(producers::get)
                  .filter(rounding -> rounding.op().name().equals("quantize_per_tensor"))
                  .flatMap(rounding -> rounding.tensorArgument("input")));
      default -> pair;
    };
  }

  private static Place place(String name, AtenNode node) {
    return new Place(name, node.op().toString(), node.modulePath(), UserLine.of(node));
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
  private Map<String, Value> byPlace(Model model) {
    Model exported;
    try {
      exported = TorchExporter.export(program, ExportOptions.standard());
    } catch (OctetException untranslatable) {
      return Map.of();
    }
    Map<String, Value> theirs = OnnxPairs.computed(model);
    Map<String, Value> partners = new HashMap<>();
    OnnxPairs.of(exported, model, name -> true)
        .pairs()
        .forEach(pair -> partners.put(pair.reference().value(), theirs.get(pair.other().value())));
    Map<String, Value> pairs = new HashMap<>();
    SourceValues.of(exported)
        .values()
        .forEach(
            (name, value) -> {
              if (partners.containsKey(value.name()) && producers.containsKey(name)) {
                pairs.put(name, partners.get(value.name()));
              }
            });
    return pairs;
  }
}
