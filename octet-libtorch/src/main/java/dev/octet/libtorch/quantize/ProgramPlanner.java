package dev.octet.libtorch.quantize;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.libtorch.quantize.QuantizationPoints.Bias;
import dev.octet.libtorch.quantize.QuantizationPoints.Constant;
import dev.octet.libtorch.quantize.QuantizationPoints.Group;
import dev.octet.libtorch.quantize.QuantizationPoints.Site;
import dev.octet.numeric.Granularity;
import dev.octet.numeric.GridRule;
import dev.octet.plan.BiasForm;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.NodePlan;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationPlan;
import dev.octet.plan.QuantizationPlanner;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.TensorPlan;
import dev.octet.plan.WeightGranularity;
import dev.octet.torch.graph.AtenNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// Plans a program's quantization by planning its ONNX model's: scheme, operators' knowledge and
/// planner are those of `dev.octet.plan`, and only the result is brought over.
///
/// The two graphs are not alike: an operator of PyTorch may be several of ONNX. A value of the
/// model that no value of the program holds cannot be put on a grid here, so the plan is made with
/// such values in float.
final class ProgramPlanner {
  private final ProgramExport export;
  private final QuantizationScheme scheme;
  private final Map<String, CalibrationNeeds.Need> needs = new LinkedHashMap<>();

  private ProgramPlanner(ProgramExport export, QuantizationScheme scheme) {
    this.export = export;
    this.scheme = scheme;
    for (CalibrationNeeds.Need need : QuantizationPlanner.needs(export.model(), scheme).needs()) {
      needs.put(export.names(need.value()).getFirst(), need);
    }
  }

  /// @throws OctetException (`USAGE`) when the scheme does not fit the program, (`FAILURE`) when
  ///     the program cannot be exported
  static ProgramPlanner of(ProgramExport export, QuantizationScheme scheme) {
    requireComputedWeights(export, scheme);
    QuantizationScheme shared = scheme;
    while (true) {
      List<String> inner =
          QuantizationPlanner.needs(export.model(), shared).values().stream()
              .filter(value -> export.names(value).isEmpty())
              .toList();
      if (inner.isEmpty()) {
        return new ProgramPlanner(export, shared);
      }
      shared = withFloats(shared, inner);
    }
  }

  /// What has to be observed before [#points], by name of the program's value.
  Map<String, CalibrationNeeds.Need> needs() {
    return needs;
  }

  /// The plan.
  ///
  /// @param table a range for each of [#needs], by name of the program's value
  QuantizationPoints points(CalibrationTable table) {
    Map<String, CalibrationTable.Entry> entries = new LinkedHashMap<>();
    needs.forEach((name, need) -> entries.put(need.value(), table.entries().get(name)));
    QuantizationPlan plan =
        QuantizationPlanner.plan(export.model(), scheme, new CalibrationTable(entries));
    return new Projection(plan).points();
  }

  /// Weights of a program take their grids from their numbers, which training changes.
  private static void requireComputedWeights(ProgramExport export, QuantizationScheme scheme) {
    List<Diagnostic> found =
        export.model().graph().initializers().stream()
            .map(Value::name)
            .filter(name -> scheme.forTensor(Policy.OPEN, name).stated() != null)
            .map(
                name ->
                    new Diagnostic(
                        "scheme-not-for-programs",
                        "tensor '" + name + "'",
                        "is a weight, and a stated grid has no form in a program of PyTorch",
                        "state grids of activations only, or octet export the program, then octet"
                            + " quantize the model with --overrides FILE"))
            .toList();
    if (!found.isEmpty()) {
      throw new OctetException(OctetException.Kind.USAGE, found, null);
    }
  }

  private static QuantizationScheme withFloats(QuantizationScheme scheme, List<String> values) {
    List<QuantizationScheme.Layer> layers = new ArrayList<>(scheme.layers());
    Policy inFloat = Policy.IN_FLOAT;
    values.forEach(
        value ->
            layers.add(
                new QuantizationScheme.Layer(QuantizationScheme.Scope.TENSOR, value, inFloat)));
    return scheme.withLayers(layers);
  }

  /// One plan, as it is brought over.
  private final class Projection {
    private final QuantizationPlan plan;
    private final Map<String, TensorPlan> tensors;
    private final Map<String, String> roots = new LinkedHashMap<>();
    private final Map<String, List<PlannedRead>> reads = new LinkedHashMap<>();
    private final List<PlannedConstant> constants = new ArrayList<>();
    private final List<QuantizedProgram.Kept> kept = new ArrayList<>();

    Projection(QuantizationPlan plan) {
      this.plan = plan;
      this.tensors = plan.byKey();
    }

    /// A call that reads a value rounded.
    private record PlannedRead(String value, String call) {}

    /// A constant, and the tensor plan of the activation its bias is scaled with.
    private record PlannedConstant(Constant constant, Optional<PlannedBias> bias) {}

    private record PlannedBias(String argument, String value, String activation) {}

    QuantizationPoints points() {
      for (NodePlan each : plan.nodes()) {
        Optional<Node> node =
            export.model().graph().findValue(each.firstOutput()).flatMap(Value::producer);
        switch (each.fate()) {
          case NodePlan.Fate.Quantized(List<NodePlan.Read> read, List<String> _) ->
              node.ifPresent(found -> quantized(found, read));
          case NodePlan.Fate.Kept(String reason) -> node.ifPresent(found -> kept(found, reason));
          case NodePlan.Fate.Absorbed() -> {}
        }
      }
      List<Group> groups = groups();
      List<Constant> found = new ArrayList<>();
      for (PlannedConstant each : constants) {
        Constant bare = each.constant();
        found.add(
            new Constant(
                bare.call(),
                bare.argument(),
                bare.value(),
                bare.channelAxis(),
                bare.rule(),
                each.bias().flatMap(this::bias)));
      }
      return new QuantizationPoints(groups, found, keptWhole());
    }

    /// The products of which no part is on codes.
    private List<QuantizedProgram.Kept> keptWhole() {
      Set<String> onCodes = new LinkedHashSet<>();
      reads.values().forEach(each -> each.forEach(read -> onCodes.add(read.call())));
      return kept.stream().filter(each -> !onCodes.contains(each.node())).distinct().toList();
    }

    private void quantized(Node node, List<NodePlan.Read> read) {
      Set<AtenNode> calls = export.calls(node);
      List<PlannedConstant> weights = new ArrayList<>();
      for (NodePlan.Read each : read) {
        switch (tensors.get(each.tensor())) {
          case TensorPlan.Weight weight -> {
            Optional<PlannedConstant> constant =
                calls.size() == 1
                    ? weight(node, calls.iterator().next(), weight, read)
                    : Optional.empty();
            if (constant.isEmpty()) {
              kept(node, "its constant '" + weight.value() + "' is no parameter of the program");
              return;
            }
            weights.add(constant.get());
          }
          case TensorPlan.Activation(
                  var value,
                  _,
                  var params,
                  _,
                  TensorPlan.Origin.Constant _,
                  _) ->
              calls.stream()
                  .flatMap(call -> elementwise(call, value, params).stream())
                  .forEach(weights::add);
          case TensorPlan.Activation _, TensorPlan.Bias _, TensorPlan.Dequantized _ -> {}
          case TensorPlan.Conversion conversion -> throw formless(conversion);
          case TensorPlan.Dynamic dynamic -> throw formless(dynamic);
          case null -> throw new IllegalStateException("no plan for " + each.tensor());
        }
      }
      constants.addAll(weights);
      for (NodePlan.Read each : read) {
        if (tensors.get(each.tensor()) instanceof TensorPlan.Activation activation) {
          List<String> held = export.names(activation.value());
          for (AtenNode call : calls) {
            held.stream()
                .filter(call.inputNames()::contains)
                .map(value -> new PlannedRead(value, call.name()))
                .forEach(reads.computeIfAbsent(activation.key(), _ -> new ArrayList<>())::add);
          }
        }
      }
    }

    private void kept(Node node, String reason) {
      export
          .call(node)
          .filter(call -> LayerArguments.isProduct(export.program().graph(), call))
          .map(call -> new QuantizedProgram.Kept(call.name(), reason))
          .ifPresent(kept::add);
    }

    private Optional<PlannedConstant> weight(
        Node node, AtenNode call, TensorPlan.Weight weight, List<NodePlan.Read> read) {
      if (weight.factor() != 1f) {
        return Optional.empty();
      }
      LayerArguments arguments = LayerArguments.of(export.program().graph(), call).orElse(null);
      if (arguments == null) {
        return Optional.empty();
      }
      ParameterRead parameter =
          ParameterRead.of(export.program(), call, arguments.weight()).orElse(null);
      if (parameter == null) {
        return Optional.empty();
      }
      OptionalInt axis =
          switch (weight.params().granularity()) {
            case Granularity.PerTensor _ -> OptionalInt.empty();
            case Granularity.PerChannel _ ->
                arguments.outputAxis().isPresent()
                    ? OptionalInt.of(parameter.axis(arguments.outputAxis().getAsInt()))
                    : OptionalInt.empty();
            case Granularity.PerBlock _ -> throw formless(weight);
          };
      Constant constant =
          new Constant(
              parameter.call(),
              parameter.argument(),
              parameter.value(),
              axis,
              rule(node, weight, axis),
              Optional.empty());
      return Optional.of(new PlannedConstant(constant, plannedBias(call, arguments, read)));
    }

    /// What is added to the products, unless the scheme leaves biases in float. A linear layer is a
    /// product and a sum in ONNX until it is one node again, so what counts is the layer.
    private Optional<PlannedBias> plannedBias(
        AtenNode call, LayerArguments arguments, List<NodePlan.Read> read) {
      Optional<String> activation =
          read.stream()
              .map(each -> tensors.get(each.tensor()))
              .filter(TensorPlan.Activation.class::isInstance)
              .map(TensorPlan::key)
              .findFirst();
      Optional<String> bias =
          arguments
              .bias()
              .flatMap(call::tensorArgument)
              .filter(value -> ProgramEditor.fqn(export.program(), value) != null)
              .filter(value -> export.program().graph().meta(value).rank() == 1);
      boolean plain = call.argument("beta").isEmpty() && call.argument("alpha").isEmpty();
      return scheme.defaults().biases() == BiasForm.CODES
              && plain
              && bias.isPresent()
              && activation.isPresent()
          ? Optional.of(
              new PlannedBias(arguments.bias().orElseThrow(), bias.get(), activation.get()))
          : Optional.empty();
    }

    /// A parameter that is read as if computed, under the name the export gave it: its own.
    private Optional<PlannedConstant> elementwise(
        AtenNode call, String constant, dev.octet.numeric.QuantParams params) {
      return call.arguments().stream()
          .filter(
              argument ->
                  argument.value().references().stream()
                      .anyMatch(name -> constant.equals(ProgramEditor.fqn(export.program(), name))))
          .findFirst()
          .flatMap(argument -> ParameterRead.of(export.program(), call, argument.name()))
          .map(
              parameter ->
                  new PlannedConstant(
                      new Constant(
                          parameter.call(),
                          parameter.argument(),
                          parameter.value(),
                          OptionalInt.empty(),
                          scheme.defaults().toBuilder()
                              .activationType(params.type())
                              .build()
                              .activationRule(),
                          Optional.empty()),
                      Optional.empty()));
    }

    private GridRule rule(Node node, TensorPlan.Weight weight, OptionalInt axis) {
      WeightGranularity granularity =
          axis.isPresent() ? WeightGranularity.PER_CHANNEL : WeightGranularity.PER_TENSOR;
      return scheme.forTensor(scheme.forNode(node), weight.value()).toBuilder()
          .weightType(weight.params().type())
          .granularity(granularity)
          .build()
          .weightRule();
    }

    private Optional<Bias> bias(PlannedBias planned) {
      return Optional.ofNullable(roots.get(planned.activation()))
          .map(root -> new Bias(planned.argument(), planned.value(), root));
    }

    private List<Group> groups() {
      Map<String, List<TensorPlan.Activation>> members = new LinkedHashMap<>();
      for (TensorPlan each : plan.tensors()) {
        if (each instanceof TensorPlan.Activation activation
            && !(activation.origin() instanceof TensorPlan.Origin.Constant)) {
          members
              .computeIfAbsent(
                  activation.sharedWith().orElse(activation.key()), _ -> new ArrayList<>())
              .add(activation);
        }
      }
      List<Group> groups = new ArrayList<>();
      for (List<TensorPlan.Activation> sharing : members.values()) {
        List<Site> sites = sharing.stream().flatMap(each -> sites(each).stream()).toList();
        if (!sites.isEmpty()) {
          Group group = new Group(sharing.getFirst().params(), sites);
          groups.add(group);
          sharing.forEach(each -> roots.put(each.key(), group.root()));
        }
      }
      return groups;
    }

    private List<Site> sites(TensorPlan.Activation activation) {
      List<String> held = export.names(activation.value());
      if (held.isEmpty()) {
        return List.of();
      }
      if (activation.readers() == TensorPlan.Readers.ALL) {
        return List.of(new Site(held.getFirst(), Set.of()));
      }
      Map<String, Set<String>> readers = new TreeMap<>();
      for (PlannedRead read : reads.getOrDefault(activation.key(), List.of())) {
        readers.computeIfAbsent(read.value(), _ -> new LinkedHashSet<>()).add(read.call());
      }
      List<Site> sites = new ArrayList<>();
      for (String value : held) {
        Set<String> calls = readers.get(value);
        if (calls != null) {
          sites.add(new Site(value, calls));
        }
      }
      return sites;
    }

    /// [ProgramForms] has refused what would lead here.
    private static IllegalStateException formless(TensorPlan tensor) {
      return new IllegalStateException("no form in a program: " + tensor);
    }
  }
}
