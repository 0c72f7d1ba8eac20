package dev.octet.lint;

import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// A size fixed inside the model that the model declares to be dynamic: what an exporter leaves
/// behind that traced one batch size.
final class BakedDimension implements LintRule {
  @Override
  public String name() {
    return "baked-dimension";
  }

  @Override
  public String description() {
    return "A dimension that the inputs declare to be dynamic is fixed by a constant inside: the"
        + " model works, or means what it should, at one size only.";
  }

  @Override
  public Severity severity() {
    return Severity.WARNING;
  }

  @Override
  public List<Finding> check(LintSubject subject) {
    Set<Dim> declared = new LinkedHashSet<>();
    for (Value input : subject.model().graph().inputs()) {
      input
          .shape()
          .ifPresent(
              shape ->
                  shape.dims().stream().filter(BakedDimension::isSymbol).forEach(declared::add));
    }
    List<Finding> findings = new ArrayList<>();
    if (declared.isEmpty()) {
      return findings;
    }
    for (LintNode node : subject.nodes()) {
      switch (node.operator()) {
        case "Reshape" -> reshape(node, declared, subject).ifPresent(findings::add);
        case "Resize" -> resize(node, declared, subject).ifPresent(findings::add);
        case "LSTM", "GRU", "RNN" -> recurrent(node, declared).ifPresent(findings::add);
        default -> {}
      }
    }
    return findings;
  }

  private Optional<Finding> reshape(LintNode node, Set<Dim> declared, LintSubject subject) {
    Optional<Shape> data = node.node().input(0).flatMap(Value::shape);
    Optional<long[]> target = node.node().input(1).flatMap(subject::integers);
    if (data.isEmpty() || target.isEmpty() || data.get().rank() == 0) {
      return Optional.empty();
    }
    Optional<Dim> dynamic = data.get().dims().stream().filter(declared::contains).findFirst();
    if (dynamic.isEmpty()) {
      return Optional.empty();
    }
    long[] sizes = target.get();
    String shapeTensor = node.node().input(1).map(Value::name).orElse("");
    if (isFixed(sizes)) {
      return Optional.of(
          at(
              node,
              shapeTensor,
              "reshapes %s to the constant %s, which fits one value of '%s' only"
                  .formatted(data.get(), Shape.of(sizes), dynamic.get()),
              again(declared)));
    }
    boolean leads = data.get().dim(0).equals(dynamic.get()) && sizes.length > 0 && sizes[0] > 0;
    return leads && !keepsInFront(sizes, data.get())
        ? Optional.of(
            at(
                node,
                shapeTensor,
                "reshapes %s with its first dimension fixed to %d, so '%s' ends up in another one"
                    .formatted(data.get(), sizes[0], dynamic.get()),
                again(declared)))
        : Optional.empty();
  }

  private Optional<Finding> resize(LintNode node, Set<Dim> declared, LintSubject subject) {
    Optional<Shape> data = node.node().input(0).flatMap(Value::shape);
    Optional<long[]> sizes = node.node().input(3).flatMap(subject::integers);
    if (data.isEmpty() || sizes.isEmpty() || sizes.get().length != data.get().rank()) {
      return Optional.empty();
    }
    Dim batch = data.get().dim(0);
    return declared.contains(batch)
        ? Optional.of(
            at(
                node,
                node.node().input(3).map(Value::name).orElse(""),
                "resizes %s to %d in the dimension '%s', which is not one of the picture's"
                    .formatted(data.get(), sizes.get()[0], batch),
                again(declared)))
        : Optional.empty();
  }

  /// An initial state that is constant holds the state of as many sequences as were traced.
  private Optional<Finding> recurrent(LintNode node, Set<Dim> declared) {
    boolean batchFirst = node.node().intAttribute("layout", 0) == 1;
    Optional<Dim> batch =
        node.node()
            .input(0)
            .flatMap(Value::shape)
            .filter(shape -> shape.rank() == 3)
            .map(shape -> shape.dim(batchFirst ? 0 : 1))
            .filter(declared::contains);
    Optional<Value> state =
        node.node().input(5).filter(value -> LintSubject.constant(value).isPresent());
    return batch.isPresent() && state.isPresent()
        ? Optional.of(
            at(
                node,
                state.get().name(),
                "starts from a constant state of shape %s, though it reads '%s' sequences at once"
                    .formatted(state.get().shape().orElseThrow(), batch.get()),
                again(declared)))
        : Optional.empty();
  }

  private static boolean isSymbol(Dim dim) {
    return dim instanceof Dim.Symbol;
  }

  /// No dimension is taken over (0) or computed (-1).
  private static boolean isFixed(long[] sizes) {
    for (long size : sizes) {
      if (size <= 0) {
        return false;
      }
    }
    return true;
  }

  /// Adding leading dimensions of size 1 and computing the next keeps what varies in front:
  /// `[N,C,H,W]` to `[1,-1,C,H,W]`.
  private static boolean keepsInFront(long[] sizes, Shape data) {
    int ones = 0;
    while (ones < sizes.length && sizes[ones] == 1) {
      ones++;
    }
    if (ones == 0 || ones == sizes.length || sizes[ones] != -1) {
      return false;
    }
    OptionalLong rest = Shape.of(data.dims().subList(1, data.rank())).elementCount();
    long product = 1;
    for (int i = ones + 1; i < sizes.length; i++) {
      product *= sizes[i];
    }
    return rest.isPresent() && rest.getAsLong() == product;
  }

  /// Exporting names dynamic dimensions in the order in which the inputs have them.
  private static Fix again(Set<Dim> declared) {
    List<String> words = new ArrayList<>(List.of("export", Fix.PROGRAM, "-o", Fix.RESULT));
    declared.forEach(dim -> words.addAll(List.of("--dim", dim.toString())));
    words.add("--verify");
    return new Fix.Command(words);
  }
}
