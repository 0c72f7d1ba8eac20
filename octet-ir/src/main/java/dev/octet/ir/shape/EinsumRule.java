package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `Einsum`, explicit and implicit, with `...`.
final class EinsumRule implements ShapeRule {
  @Override
  public List<String> operators() {
    return List.of("Einsum");
  }

  @Override
  public ShapeOutcome infer(ShapeContext context) {
    String equation = context.node().stringAttribute("equation", "").replace(" ", "");
    String[] sides = equation.split("->", -1);
    String[] terms = sides[0].split(",", -1);
    if (terms.length != context.inputCount()) {
      throw new ImpossibleShape("'" + equation + "' for " + context.inputCount() + " inputs");
    }
    Map<Character, Dim> sizes = new HashMap<>();
    Map<Character, Integer> occurrences = new TreeMap<>();
    Shape ellipsis = new Shape(List.of());
    for (int i = 0; i < terms.length; i++) {
      Optional<Shape> shape = context.shape(i);
      if (shape.isEmpty()) {
        return context.likeInput(Optional.empty());
      }
      String letters = terms[i].replace("...", "");
      int before = terms[i].contains("...") ? terms[i].indexOf("...") : letters.length();
      int spread = shape.get().rank() - letters.length();
      if (spread < 0 || (spread > 0 && !terms[i].contains("..."))) {
        throw new ImpossibleShape("'" + terms[i] + "' for an input " + shape.get());
      }
      ellipsis =
          context.broadcast(
              ellipsis, Shape.of(shape.get().dims().subList(before, before + spread)));
      for (int j = 0; j < letters.length(); j++) {
        Dim dim = shape.get().dim(j < before ? j : j + spread);
        sizes.merge(letters.charAt(j), dim, EinsumRule::larger);
        occurrences.merge(letters.charAt(j), 1, Integer::sum);
      }
    }
    String output = sides.length > 1 ? sides[1] : implicit(equation, occurrences);
    return context.likeInput(Optional.of(Shape.of(dims(output, sizes, ellipsis))));
  }

  private static String implicit(String equation, Map<Character, Integer> occurrences) {
    StringBuilder output = new StringBuilder(equation.contains("...") ? "..." : "");
    occurrences.forEach((letter, count) -> output.append(count == 1 ? letter.toString() : ""));
    return output.toString();
  }

  private static List<Dim> dims(String output, Map<Character, Dim> sizes, Shape ellipsis) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < output.length(); i++) {
      if (output.startsWith("...", i)) {
        dims.addAll(ellipsis.dims());
        i += 2;
      } else {
        dims.add(sizes.getOrDefault(output.charAt(i), Dim.unknown()));
      }
    }
    return dims;
  }

  private static Dim larger(Dim left, Dim right) {
    return left instanceof Dim.Known(long size) && size == 1
        ? right
        : DimArithmetic.unify(left, right);
  }
}
