package dev.octet.torch.export;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymExpr;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.SymRange;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds dimensions that were to vary, but that tracing fixed: a model exported from such a program
/// would take other sizes and compute nonsense, or take none.
///
/// Found are symbols that only one size satisfies, assertions that a size is some number, and
/// reshapes of a varying tensor to sizes that are all numbers. A name asked for a dimension the
/// program does not have is one too: then tracing fixed it and left no trace but its number.
final class BakedDims {
  private static final String CODE = "export-baked-dim";
  private static final String HINT = "write -1, or sizes taken from the tensor's shape, there";
  private static final Set<String> RESHAPES = Set.of("view", "reshape", "_unsafe_view");

  private final ExportedProgram program;
  private final AtenGraph graph;
  private final List<Diagnostic> found = new ArrayList<>();

  private BakedDims(ExportedProgram program) {
    this.program = program;
    this.graph = program.graph();
  }

  /// Refuses a program with a fixed dimension that is declared to vary.
  ///
  /// @param wanted names asked for the program's dynamic dimensions
  /// @param dynamic how many it has
  /// @throws OctetException of kind `BAD_INPUT`, naming the operation that fixed each
  static void refuse(ExportedProgram program, List<String> wanted, int dynamic) {
    BakedDims baked = new BakedDims(program);
    baked.findSymbolsOfOneSize();
    baked.findCalls();
    if (baked.found.isEmpty() && wanted.size() > dynamic) {
      baked.missing(wanted.get(dynamic), dynamic);
    }
    if (!baked.found.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, baked.found, null);
    }
  }

  private void findSymbolsOfOneSize() {
    for (InputSpec.UserInput input : program.userInputs()) {
      TensorMeta meta = graph.tensorValues().get(input.value());
      for (int axis = 0; meta != null && axis < meta.rank(); axis++) {
        if (meta.sizes().get(axis) instanceof SymInt.Expression size
            && size.expression() instanceof SymExpr.Symbol(String symbol)) {
          SymRange range = program.rangeConstraints().get(symbol);
          if (range != null && range.min() != null && range.min().equals(range.max())) {
            add(
                "input " + input.value(),
                "dimension %d may only be %d".formatted(axis, range.min()),
                culprit(input.value(), range.min()));
          }
        }
      }
    }
  }

  private void findCalls() {
    Map<String, AtenNode> makers = new HashMap<>();
    for (AtenNode node : graph.nodes()) {
      node.outputNames().forEach(name -> makers.put(name, node));
      if (node.op().name().equals("_assert_scalar")) {
        node.arguments().stream()
            .flatMap(argument -> symbol(argument).stream())
            .map(makers::get)
            .filter(maker -> maker != null && isSizeEqualNumber(maker))
            .findFirst()
            .ifPresent(maker -> add(place(node), "a size is asserted to be " + number(maker), ""));
      }
      if (RESHAPES.contains(node.op().name()) && fixesItsInput(node)) {
        add(
            place(node),
            node.op() + ": its result has the fixed sizes " + sizes(node) + ", its input varies",
            "");
      }
    }
  }

  private static Optional<String> symbol(NamedArgument argument) {
    return argument.value() instanceof AtenArgument.SymBoolValue(Term.Named<Boolean>(String name))
        ? Optional.of(name)
        : Optional.empty();
  }

  private static boolean isSizeEqualNumber(AtenNode node) {
    return node.op().name().equals("eq") && !number(node).isEmpty() && sizeIsNamed(node);
  }

  private static boolean sizeIsNamed(AtenNode node) {
    return node.arguments().stream()
        .anyMatch(
            argument -> argument.value() instanceof AtenArgument.SymIntValue(Term.Named<Long> _));
  }

  private static String number(AtenNode node) {
    for (NamedArgument argument : node.arguments()) {
      if (argument.value() instanceof AtenArgument.IntValue(long value)) {
        return String.valueOf(value);
      }
      if (argument.value() instanceof AtenArgument.SymIntValue(Term.Literal<Long>(Long value))) {
        return String.valueOf(value);
      }
    }
    return "";
  }

  private boolean fixesItsInput(AtenNode node) {
    TensorMeta input =
        node.tensorArgument("self").map(name -> graph.tensorValues().get(name)).orElse(null);
    TensorMeta result = graph.tensorValues().get(node.output());
    return input != null
        && result != null
        && input.sizes().stream().anyMatch(SymInt.Expression.class::isInstance)
        && result.sizes().stream().allMatch(SymInt.Known.class::isInstance);
  }

  private String sizes(AtenNode node) {
    return String.valueOf(graph.meta(node.output()).sizes());
  }

  private void missing(String name, int dynamic) {
    for (InputSpec.UserInput input : program.userInputs()) {
      TensorMeta meta = graph.tensorValues().get(input.value());
      if (meta != null) {
        for (SymInt size : meta.sizes()) {
          if (size instanceof SymInt.Known(long number)) {
            add(
                "dimension " + name,
                "the program has %d dynamic dimensions, none for this name: the sizes of %s are %s"
                    .formatted(dynamic, input.value(), meta.sizes()),
                culprit(input.value(), number));
            return;
          }
        }
      }
    }
    add(
        "dimension " + name,
        "the program has %d dynamic dimensions, none for this name".formatted(dynamic),
        "");
  }

  /// The first call after an input that is given its size as a number.
  private String culprit(String input, long size) {
    Set<String> after = new HashSet<>(Set.of(input));
    for (AtenNode node : graph.nodes()) {
      if (node.inputNames().stream().noneMatch(after::contains)) {
        continue;
      }
      after.addAll(node.outputNames());
      for (NamedArgument argument : node.arguments()) {
        if (argument.value() instanceof AtenArgument.Ints(List<Long> numbers)
            && numbers.contains(size)
            && Set.of("size", "shape", "sizes").contains(argument.name())) {
          return "; %s, with %s, is the first call to want that (%s)"
              .formatted(node.op(), numbers, place(node));
        }
      }
    }
    return "; declare it with dynamic_shapes= of torch.export.export";
  }

  private void add(String place, String what, String culprit) {
    found.add(new Diagnostic(CODE, place, "tracing fixed a dimension: " + what + culprit, HINT));
  }

  private static String place(AtenNode node) {
    String module = node.modulePath().isEmpty() ? "the model itself" : node.modulePath();
    String line = UserLine.of(node);
    return line.isEmpty() ? module : module + " (" + line + ")";
  }
}
