package dev.octet.torch.export;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.SymExpr;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Names of the program's symbols in the exported model.
final class DimNames {
  private static final List<String> STANDARD = List.of("batch");

  private final Map<String, String> names = new LinkedHashMap<>();

  private DimNames() {}

  /// Gives the symbols of the user inputs the wanted names in order of appearance; the first is
  /// `batch` when none is wanted.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when tracing fixed a dimension that was to vary
  static DimNames of(ExportedProgram program, List<String> wanted) {
    DimNames dims = new DimNames();
    List<String> symbols = new ArrayList<>();
    for (InputSpec.UserInput input : program.userInputs()) {
      TensorMeta meta = program.graph().tensorValues().get(input.value());
      if (meta != null) {
        for (SymInt size : meta.sizes()) {
          if (size instanceof SymInt.Expression expression) {
            symbols.addAll(expression.expression().symbols());
          }
        }
      }
    }
    List<String> distinct = symbols.stream().distinct().toList();
    BakedDims.refuse(program, wanted, distinct.size());
    List<String> given = wanted.isEmpty() ? STANDARD : wanted;
    for (int i = 0; i < distinct.size(); i++) {
      dims.names.put(distinct.get(i), i < given.size() ? given.get(i) : distinct.get(i));
    }
    return dims;
  }

  /// The shape recorded for a tensor.
  Shape shape(TensorMeta meta) {
    return Shape.of(meta.sizes().stream().map(this::dim).toList());
  }

  /// The recorded shape without the numbers, which may be wrong after operators that tracing
  /// unrolls.
  Shape symbolicShape(TensorMeta meta) {
    return Shape.of(
        meta.sizes().stream()
            .map(size -> size instanceof SymInt.Known ? Dim.unknown() : dim(size))
            .toList());
  }

  private Dim dim(SymInt size) {
    return switch (size) {
      case SymInt.Known(long value) -> Dim.of(value);
      case SymInt.Expression expression ->
          Dim.of(renamed(expression.expression()).toString().replace(" ", ""));
    };
  }

  private SymExpr renamed(SymExpr expression) {
    return switch (expression) {
      case SymExpr.Literal literal -> literal;
      case SymExpr.Symbol(String name) -> new SymExpr.Symbol(names.getOrDefault(name, name));
      case SymExpr.Call(String function, List<SymExpr> arguments) ->
          new SymExpr.Call(function, arguments.stream().map(this::renamed).toList());
    };
  }
}
