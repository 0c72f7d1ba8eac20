package dev.octet.torch.export;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.OutputSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes a graph functional: no call writes a tensor, and nothing is left that only mutates state.
///
/// An in-place call on a tensor nobody sees through another view becomes the plain call, and later
/// readers read its result. An in-place call whose effect other views would see stays as it is, for
/// the exporter to report.
final class Functionalization {
  // In-place operators whose plain form is not the name without the underscore.
  private static final Map<String, String> PLAIN_NAMES = Map.of("zero_", "zeros_like");

  private final ExportedProgram program;
  private final List<AtenNode> nodes = new ArrayList<>();
  private final Map<String, String> renamed = new HashMap<>();
  // Values that share memory, by representative.
  private final Map<String, String> roots = new HashMap<>();
  private final Map<String, Set<String>> groups = new HashMap<>();
  private final Map<String, Integer> lastUse = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<String, String> state = new LinkedHashMap<>();

  /// A functional graph whose outputs are the program's user outputs.
  ///
  /// @param graph without in-place calls but those that could not be resolved
  /// @param notes effects that were dropped
  record Functional(AtenGraph graph, List<String> notes) {}

  private Functionalization(ExportedProgram program) {
    this.program = program;
  }

  static Functional of(ExportedProgram program) {
    return new Functionalization(program).run();
  }

  private Functional run() {
    AtenGraph graph = program.graph();
    for (InputSpec spec : program.inputSpecs()) {
      switch (spec) {
        case InputSpec.Buffer(String value, String fqn, boolean _) -> state.put(value, fqn);
        case InputSpec.Parameter(String value, String fqn) -> state.put(value, fqn);
        case InputSpec.TensorConstant _,
            InputSpec.UserInput _,
            InputSpec.CustomObject _,
            InputSpec.Token _,
            InputSpec.ConstantInput _ -> {}
      }
    }
    recordLastUses(graph);
    for (int index = 0; index < graph.nodes().size(); index++) {
      AtenNode node = graph.nodes().get(index);
      if (!isAssertion(node)) {
        take(resolved(node), index);
      }
    }
    List<AtenArgument> outputs = new ArrayList<>();
    for (int i = 0; i < program.outputSpecs().size(); i++) {
      AtenArgument output = graph.outputs().get(i).renamed(this::current);
      switch (program.outputSpecs().get(i)) {
        case OutputSpec.UserOutput _ -> outputs.add(output);
        case OutputSpec.BufferMutation(String _, String fqn) -> dropped(fqn);
        case OutputSpec.ParameterMutation(String _, String fqn) -> dropped(fqn);
        case OutputSpec.UserInputMutation(String _, String input) -> dropped("input " + input);
        case OutputSpec.LossOutput _,
            OutputSpec.GradientToParameter _,
            OutputSpec.GradientToUserInput _,
            OutputSpec.Token _ -> {}
      }
    }
    AtenGraph functional =
        new AtenGraph(
            graph.inputs(),
            nodes,
            outputs,
            graph.tensorValues(),
            graph.symIntValues(),
            graph.symBoolValues(),
            graph.symFloatValues(),
            graph.customObjectValues(),
            graph.singleTensorReturn());
    return new Functional(AtenGraphBuilder.of(functional).dropDeadNodes().build(), notes);
  }

  private void recordLastUses(AtenGraph graph) {
    for (int index = 0; index < graph.nodes().size(); index++) {
      for (String name : graph.nodes().get(index).inputNames()) {
        lastUse.put(name, index);
      }
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      if (program.outputSpecs().get(i) instanceof OutputSpec.UserOutput) {
        graph.outputs().get(i).references().forEach(name -> lastUse.put(name, Integer.MAX_VALUE));
      }
    }
  }

  private void take(AtenNode node, int index) {
    String written = aliased(node, "!");
    if (!node.op().isInPlace() || written.isEmpty()) {
      String viewed = aliased(node, "");
      if (!viewed.isEmpty()) {
        node.outputNames().forEach(output -> join(output, viewed));
      }
      nodes.add(node);
      return;
    }
    if (isSeenOtherwise(written, node, index)) {
      nodes.add(node);
      return;
    }
    String fqn = state.get(written);
    if (fqn != null) {
      dropped(fqn);
    }
    String name = node.op().name();
    String plain = PLAIN_NAMES.getOrDefault(name, name.substring(0, name.length() - 1));
    String overload = name.equals("zero_") ? "default" : node.op().overload();
    nodes.add(node.withOp(new AtenOp(node.op().namespace(), plain, overload)));
    renamed.put(written, node.output());
  }

  // The tensor the call writes ("!") or returns a view of (""), by the schema.
  private static String aliased(AtenNode node, String mark) {
    for (AtenSchemas.Parameter parameter : AtenSchemas.standard().parameters(node.op())) {
      boolean writes = parameter.alias().endsWith("!");
      if (!parameter.alias().isEmpty() && writes == mark.equals("!")) {
        return node.tensorArgument(parameter.name()).orElse("");
      }
    }
    return "";
  }

  private boolean isSeenOtherwise(String written, AtenNode node, int index) {
    Set<String> group = groups.getOrDefault(roots.getOrDefault(written, written), Set.of());
    return group.stream()
        .filter(other -> !other.equals(written) && !node.outputNames().contains(other))
        .filter(other -> !renamed.containsKey(other))
        .anyMatch(other -> lastUse.getOrDefault(other, -1) > index);
  }

  private void join(String view, String base) {
    String root = roots.getOrDefault(base, base);
    roots.put(view, root);
    groups.computeIfAbsent(root, key -> new HashSet<>(Set.of(root))).add(view);
  }

  private AtenNode resolved(AtenNode node) {
    return node.withArguments(
        node.arguments().stream()
            .map(argument -> argument.withValue(argument.value().renamed(this::current)))
            .toList());
  }

  private String current(String name) {
    String now = name;
    for (String next = renamed.get(now); next != null; next = renamed.get(now)) {
      now = next;
    }
    return now;
  }

  private void dropped(String fqn) {
    String note = "the update of " + fqn + " is left out: an exported model keeps no state";
    if (!notes.contains(note)) {
      notes.add(note);
    }
  }

  private static boolean isAssertion(AtenNode node) {
    String name = node.op().name();
    return name.startsWith("_assert")
        || name.startsWith("sym_constrain_range")
        || (node.op().namespace().equals("aten") && node.outputs().isEmpty());
  }
}
