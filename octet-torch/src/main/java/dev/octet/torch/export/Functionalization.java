package dev.octet.torch.export;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Makes a graph functional: no call writes a tensor, and nothing is left that only mutates state.
///
/// An in-place call becomes the plain call, and later readers read its result. When what is written
/// is a view, its base is put together anew from the result ([Views.View#written(String, String)]),
/// and so on up to the
/// tensor that owns the memory; other views of that memory that are read later are taken again. An
/// in-place call for which that is impossible stays as it is, for the exporter to report.
public final class Functionalization {
  // In-place operators whose plain form is not the name without the underscore.
  private static final Map<String, String> PLAIN_NAMES = Map.of("zero_", "zeros_like");

  private final ExportedProgram program;
  private final List<AtenNode> nodes = new ArrayList<>();
  private final Map<String, TensorMeta> metas;
  private final Views views = new Views();

  /// The tensor a name stands for: the result of an in-place call is the tensor it wrote.
  private final Map<String, String> aliases = new HashMap<>();

  /// The value that holds a tensor's contents now.
  private final Map<String, String> latest = new HashMap<>();

  /// What is so now about a tensor that got other sizes.
  private final Map<String, TensorMeta> sizes = new HashMap<>();

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
    this.metas = new LinkedHashMap<>(program.graph().tensorValues());
  }

  /// The program without in-place calls that can be resolved, without assertions, and without
  /// results that are mutated state.
  public static ExportedProgram functional(ExportedProgram program) {
    AtenGraph graph = of(program).graph();
    List<OutputSpec> outputs =
        graph.outputs().stream().<OutputSpec>map(OutputSpec.UserOutput::new).toList();
    return program.withGraph(graph).withOutputSpecs(outputs);
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
    recordAliases(graph);
    recordLastUses(graph);
    for (int index = 0; index < graph.nodes().size(); index++) {
      AtenNode node = graph.nodes().get(index);
      if (!isAssertion(node)) {
        take(node, index);
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
            metas,
            graph.symIntValues(),
            graph.symBoolValues(),
            graph.symFloatValues(),
            graph.customObjectValues(),
            graph.singleTensorReturn());
    return new Functional(AtenGraphBuilder.of(functional).dropDeadNodes().build(), notes);
  }

  private void recordAliases(AtenGraph graph) {
    for (AtenNode node : graph.nodes()) {
      String written = aliased(node, "!");
      if (node.op().isInPlace() && !written.isEmpty()) {
        node.outputNames().forEach(output -> aliases.put(output, written));
      }
    }
  }

  private void recordLastUses(AtenGraph graph) {
    for (int index = 0; index < graph.nodes().size(); index++) {
      for (String name : graph.nodes().get(index).inputNames()) {
        lastUse.put(tensor(name), index);
      }
    }
    for (int i = 0; i < graph.outputs().size(); i++) {
      if (program.outputSpecs().get(i) instanceof OutputSpec.UserOutput) {
        graph.outputs().get(i).references().forEach(this::readAtTheEnd);
      }
    }
  }

  private void readAtTheEnd(String name) {
    lastUse.put(tensor(name), Integer.MAX_VALUE);
  }

  private void take(AtenNode node, int index) {
    String written = aliased(node, "!");
    if (!node.op().isInPlace() || written.isEmpty()) {
      String viewed = aliased(node, "");
      if (!viewed.isEmpty()) {
        views.add(node, tensor(viewed), this::meta);
      }
      nodes.add(resolved(node));
      return;
    }
    String target = tensor(written);
    boolean resized = node.op().name().equals("resize_");
    if (!canBeSeenToChange(target, index) || (resized && isSharedLater(target, index))) {
      nodes.add(resolved(node));
      return;
    }
    String fqn = state.get(target);
    if (fqn != null) {
      dropped(fqn);
    }
    String name = node.op().name();
    String plain = PLAIN_NAMES.getOrDefault(name, name.substring(0, name.length() - 1));
    String overload = name.equals("zero_") ? "default" : node.op().overload();
    AtenOp op = new AtenOp(node.op().namespace(), plain, overload);
    nodes.add(renamed(resolved(node).withOp(op)));
    latest.put(target, node.output());
    if (resized) {
      // No number has changed, so no base has.
      sizes.put(target, meta(node.output()));
    } else {
      renewBases(target);
    }
  }

  /// Arguments of a few plain forms have other names at the same places.
  private static AtenNode renamed(AtenNode node) {
    List<AtenSchemas.Parameter> parameters = AtenSchemas.standard().parameters(node.op());
    List<NamedArgument> arguments = new ArrayList<>(node.arguments());
    boolean same = parameters.stream().anyMatch(each -> each.name().equals("self"));
    if (!same && !parameters.isEmpty() && arguments.getFirst().name().equals("self")) {
      NamedArgument written = arguments.removeFirst();
      arguments.addFirst(NamedArgument.of(parameters.getFirst().name(), written.value()));
    }
    return node.withArguments(arguments);
  }

  /// Whether everything that shares memory with a tensor and is read later can be renewed.
  private boolean canBeSeenToChange(String target, int index) {
    String base = target;
    boolean reachable = true;
    while (views.of(base).isPresent()) {
      Views.View view = views.of(base).get();
      reachable &= view.canBeWritten();
      base = view.base();
      if (!reachable && isReadLater(base, index)) {
        return false;
      }
    }
    boolean root = reachable;
    return views.below(base).stream()
        .filter(view -> !view.name().equals(target) && isReadLater(view.name(), index))
        .allMatch(view -> root && view.isCertain());
  }

  /// Whether other tensors show the same memory and are read later.
  private boolean isSharedLater(String target, int index) {
    String base = target;
    while (views.of(base).isPresent()) {
      base = views.of(base).get().base();
      if (isReadLater(base, index)) {
        return true;
      }
    }
    return views.below(base).stream()
        .anyMatch(view -> !view.name().equals(target) && isReadLater(view.name(), index));
  }

  private boolean isReadLater(String name, int index) {
    return lastUse.getOrDefault(name, -1) > index;
  }

  /// Puts the bases of a written view together anew, up to the owner of the memory, and takes the
  /// other views again.
  private void renewBases(String target) {
    String changed = target;
    Set<String> renewed = new HashSet<>(Set.of(target));
    while (views.of(changed).isPresent()) {
      Views.View view = views.of(changed).get();
      if (!view.canBeWritten()) {
        break;
      }
      String base = view.base();
      emit(base, view.written(current(base), current(changed)));
      renewed.add(base);
      changed = base;
    }
    for (Views.View view : views.below(changed)) {
      if (renewed.add(view.name()) && view.isCertain()) {
        emit(view.name(), resolved(view.node()));
      }
    }
  }

  /// Adds a call that gives a tensor its new contents.
  private void emit(String tensor, AtenNode node) {
    int version = 1;
    while (metas.containsKey(tensor + "_v" + version)) {
      version++;
    }
    String name = tensor + "_v" + version;
    metas.put(name, meta(tensor));
    nodes.add(
        new AtenNode(
            name,
            node.op(),
            node.arguments(),
            List.of(AtenArgument.tensor(name)),
            node.metadata(),
            null));
    latest.put(tensor, name);
  }

  private TensorMeta meta(String name) {
    TensorMeta meta = sizes.getOrDefault(name, metas.get(name));
    return Objects.requireNonNull(meta, () -> "no facts about " + name);
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

  private AtenNode resolved(AtenNode node) {
    return node.withArguments(
        node.arguments().stream()
            .map(argument -> argument.withValue(argument.value().renamed(this::current)))
            .toList());
  }

  private String tensor(String name) {
    String tensor = name;
    for (String next = aliases.get(tensor); next != null; next = aliases.get(tensor)) {
      tensor = next;
    }
    return tensor;
  }

  private String current(String name) {
    String tensor = tensor(name);
    return latest.getOrDefault(tensor, tensor);
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
