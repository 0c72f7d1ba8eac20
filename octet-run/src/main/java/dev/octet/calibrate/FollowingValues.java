package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Tensor;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.SessionOptions;
import dev.octet.stats.Collector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values that need not be observed, because their statistics follow from those of values that are.
///
/// A function of one observed value, element by element (`Sigmoid(x)`, `x * Sigmoid(x)`, a Gelu of
/// five nodes), takes the range that the function takes over what was seen: ONNX Runtime computes
/// it
/// for the argument's [Collector#support()]. A concatenation has the sum of its parts' statistics,
/// to the bit. Observing is most of what calibration costs beyond running the model, and in a
/// network with such activations two thirds of what there is to observe.
///
/// Moving averages depend on the order of samples: nothing follows from them.
final class FollowingValues {
  private final Model model;
  private final CalibrationNeeds needs;
  private final Map<String, CalibrationNeeds.Need> needed = new LinkedHashMap<>();
  private final Map<String, Value> values = new HashMap<>();

  /// By value that follows element by element: the one observed value that it is a function of.
  private final Map<String, Value> arguments = new LinkedHashMap<>();

  private final Map<String, Node> concatenations = new LinkedHashMap<>();

  private FollowingValues(Model model, CalibrationNeeds needs) {
    this.model = model;
    this.needs = needs;
    needs.needs().forEach(need -> needed.put(need.value(), need));
    model.graph().values().forEach(value -> values.put(value.name(), value));
  }

  static FollowingValues of(Model model, CalibrationNeeds needs) {
    FollowingValues following = new FollowingValues(model, needs);
    following.find();
    return following;
  }

  /// What is left to observe, in order.
  CalibrationNeeds observed() {
    return new CalibrationNeeds(
        needs.needs().stream().filter(need -> !follows(need.value())).toList());
  }

  /// Adds the statistics of the values that follow.
  ///
  /// @param observed by value
  /// @return all, in the order asked for
  /// @throws OctetException `FAILURE` when a function has no finite result for what was seen
  Map<String, Collector> completed(Map<String, Collector> observed) {
    Map<String, float[]> results = results(observed);
    Map<String, Collector> all = new LinkedHashMap<>();
    for (CalibrationNeeds.Need need : needs.needs()) {
      String name = need.value();
      Value argument = arguments.get(name);
      Node concatenation = concatenations.get(name);
      Collector collector = observed.get(name);
      if (argument != null) {
        Collector seen = observed.get(argument.name());
        float[] image = results.get(name);
        collector = seen == null || image == null ? null : seen.image(finite(name, image));
      } else if (concatenation != null) {
        collector = need.estimator().newCollector();
        for (Value part : parts(concatenation)) {
          collector.merge(Objects.requireNonNull(all.get(part.name())));
        }
      }
      if (collector != null) {
        all.put(name, collector);
      }
    }
    return all;
  }

  private boolean follows(String name) {
    return arguments.containsKey(name) || concatenations.containsKey(name);
  }

  /// In the order of the graph, so that what a value follows from was looked at before it.
  private void find() {
    for (CalibrationNeeds.Need need : needs.needs()) {
      Value value = values.get(need.value());
      Node node = value == null ? null : value.producer().orElse(null);
      if (value == null || node == null || !isFloat(value)) {
        continue;
      }
      if (node.is("Concat")) {
        if (parts(node).stream().allMatch(part -> known(part, need))) {
          concatenations.put(value.name(), node);
        }
      } else {
        argument(value)
            .filter(found -> known(found, need))
            .ifPresent(found -> arguments.put(value.name(), found));
      }
    }
  }

  /// Whether a value's statistics will be there, and serve.
  private boolean known(Value value, CalibrationNeeds.Need asked) {
    CalibrationNeeds.Need need = needed.get(value.name());
    return need != null
        && isFloat(value)
        && !value.isConstant()
        && need.method().equals(asked.method())
        && !(need.method() instanceof CalibrationMethod.MovingAverage);
  }

  /// The one observed value that this is a function of, if that is how it is computed.
  private Optional<Value> argument(Value value) {
    Set<Value> leaves = new LinkedHashSet<>();
    boolean elementwise = value.producer().filter(node -> leaves(node, leaves)).isPresent();
    return elementwise && leaves.size() == 1
        ? Optional.of(leaves.iterator().next())
        : Optional.empty();
  }

  private boolean leaves(Node node, Set<Value> leaves) {
    if (!ElementwiseFunctions.has(node)) {
      return false;
    }
    for (Value input : node.inputs()) {
      if (input == null || ElementwiseFunctions.isScalar(input)) {
        continue;
      }
      boolean observed = needed.containsKey(input.name()) && !follows(input.name());
      if (observed) {
        leaves.add(input);
      } else if (input.producer().filter(each -> leaves(each, leaves)).isEmpty()) {
        return false;
      }
    }
    return leaves.size() == 1;
  }

  /// What all functions make of what stands for their arguments, by value: one small model of the
  /// functions alone, run once.
  private Map<String, float[]> results(Map<String, Collector> observed) {
    Map<String, float[]> supports = new LinkedHashMap<>();
    arguments
        .values()
        .forEach(
            argument ->
                Optional.ofNullable(observed.get(argument.name()))
                    .flatMap(Collector::support)
                    .ifPresent(support -> supports.put(argument.name(), support)));
    List<String> functions =
        arguments.keySet().stream()
            .filter(name -> supports.containsKey(argumentOf(name).name()))
            .toList();
    if (functions.isEmpty()) {
      return Map.of();
    }
    Map<String, Tensor> feed = new LinkedHashMap<>();
    supports.forEach(
        (name, support) -> feed.put(name, DenseTensor.ofFloats(support, support.length)));
    Map<String, float[]> results = new HashMap<>();
    try (InferenceSession session =
        InferenceSession.open(
            functionsAlone(functions, supports.keySet()),
            "the functions of observed values",
            SessionOptions.UNCHANGED)) {
      session
          .run(feed)
          .forEach((name, result) -> results.put(name, ((DenseTensor) result).toFloatArray()));
    }
    return results;
  }

  private Value argumentOf(String name) {
    return Objects.requireNonNull(arguments.get(name));
  }

  private Model functionsAlone(List<String> functions, Set<String> inputs) {
    ModelInfo info = ModelInfo.octet(model.info().irVersion());
    Model alone = Model.create(info, model.opset().orElseThrow(), "functions");
    alone.edit(
        editor -> {
          Map<String, Value> copies = new HashMap<>();
          for (String name : inputs) {
            ValueType type =
                ValueType.tensor(
                    DataType.FLOAT, Shape.of(List.of(new Dim.Symbol("values of " + name))));
            Value input = editor.namedValue(name, type);
            editor.addInput(editor.graph(), input);
            copies.put(name, input);
          }
          for (String name : functions) {
            editor.addOutput(
                editor.graph(), copied(editor, Objects.requireNonNull(values.get(name)), copies));
          }
        });
    return alone;
  }

  private static Value copied(GraphEditor editor, Value value, Map<String, Value> copies) {
    Value known = copies.get(value.name());
    if (known != null) {
      return known;
    }
    Optional<Tensor> constant = value.initializer();
    if (constant.isPresent()) {
      Value copy = editor.addInitializer(editor.graph(), value.name(), constant.get());
      copies.put(value.name(), copy);
      return copy;
    }
    Node node = value.producer().orElseThrow();
    List<@Nullable Value> inputs = new ArrayList<>();
    for (Value input : node.inputs()) {
      inputs.add(input == null ? null : copied(editor, input, copies));
    }
    Value copy = editor.namedValue(value.name(), null);
    editor.append(
        editor.graph(),
        NodeSpec.of(node.opType()).inputs(inputs).outputs(copy).attributes(node.attributes()));
    copies.put(value.name(), copy);
    return copy;
  }

  private static boolean isFloat(Value value) {
    return value.dataType().filter(type -> type == DataType.FLOAT).isPresent();
  }

  private static List<Value> parts(Node concatenation) {
    return concatenation.inputs().stream().map(Objects::requireNonNull).toList();
  }

  private static float[] finite(String name, float[] results) {
    for (float result : results) {
      if (!Float.isFinite(result)) {
        throw OctetException.failure(
            "value-not-finite",
            "value '" + name + "'",
            "is " + result + " for values that its input takes",
            "keep what computes the value in float",
            null);
      }
    }
    return results;
  }
}
