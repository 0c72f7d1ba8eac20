package dev.octet.ir.shape;

import dev.octet.ir.Dim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// An exact integer expression over the named sizes of a model: `batch`, `2*N`,
/// `floor((T+3)/16)-4`. Immutable and kept in normal form, a sum of products of atoms, so that
/// expressions that simplify to the same form are equal.
///
/// Symbols stand for sizes: integers, zero or more.
public final class DimExpression {
  /// Sums longer than this are no help to anyone.
  private static final int MAX_PRINTED_LENGTH = 160;

  private static final DimExpression ZERO = new DimExpression(new TreeMap<>());

  /// An indivisible factor.
  private sealed interface Atom extends Comparable<Atom> {
    @Override
    default int compareTo(Atom other) {
      return toString().compareTo(other.toString());
    }
  }

  private record Name(String name) implements Atom {
    @Override
    public String toString() {
      return name;
    }
  }

  private record Floor(DimExpression dividend, DimExpression divisor) implements Atom {
    @Override
    public String toString() {
      return "floor(" + dividend.asFactor() + "/" + divisor.asFactor() + ")";
    }
  }

  private record Extreme(boolean largest, DimExpression left, DimExpression right) implements Atom {
    @Override
    public String toString() {
      return (largest ? "max(" : "min(") + left + "," + right + ")";
    }
  }

  /// A product of atoms in order, repeated for powers; the empty product is 1.
  private record Product(List<Atom> factors) implements Comparable<Product> {
    private static final Product ONE = new Product(List.of());

    @Override
    public int compareTo(Product other) {
      if (factors.equals(other.factors)) {
        return 0;
      }
      // Constants last, higher degrees first: reads as people write it.
      return Comparator.<Product>comparingInt(product -> -product.factors.size())
          .thenComparing(Product::toString)
          .compare(this, other);
    }

    Product times(Product other) {
      List<Atom> all = new ArrayList<>(factors);
      all.addAll(other.factors);
      all.sort(null);
      return new Product(List.copyOf(all));
    }

    Optional<Product> without(Product divisor) {
      List<Atom> left = new ArrayList<>(factors);
      for (Atom atom : divisor.factors) {
        if (!left.remove(atom)) {
          return Optional.empty();
        }
      }
      return Optional.of(new Product(List.copyOf(left)));
    }

    @Override
    public String toString() {
      return String.join("*", factors.stream().map(Atom::toString).toList());
    }
  }

  private final SortedMap<Product, Long> terms;

  private DimExpression(SortedMap<Product, Long> terms) {
    this.terms = terms;
  }

  public static DimExpression of(long value) {
    return value == 0 ? ZERO : single(Product.ONE, value);
  }

  /// A plain symbol, not parsed.
  public static DimExpression symbol(String name) {
    return single(new Product(List.of(new Name(name))), 1);
  }

  /// The expression `text` spells, in the syntax of [#toString()] and with `//` for floor division;
  /// a text in another syntax is one symbol of that name.
  public static DimExpression parse(String text) {
    if (DimExpressionParser.isPlainName(text)) {
      return symbol(text);
    }
    return new DimExpressionParser(text).parse().orElseGet(() -> symbol(text));
  }

  /// What a dimension says; empty when it says nothing.
  public static Optional<DimExpression> of(Dim dim) {
    return switch (dim) {
      case Dim.Known(long size) -> Optional.of(of(size));
      case Dim.Symbol(String name) ->
          name.equals("?") ? Optional.empty() : Optional.of(parse(name));
      case Dim.Unknown() -> Optional.empty();
    };
  }

  /// This expression as a dimension; unknown when it is negative or too long to be of use.
  public Dim toDim() {
    OptionalLong value = value();
    if (value.isPresent()) {
      return value.getAsLong() < 0 ? Dim.unknown() : Dim.of(value.getAsLong());
    }
    String text = name().orElseGet(this::toString);
    return text.length() > MAX_PRINTED_LENGTH ? Dim.unknown() : Dim.of(text);
  }

  /// The number this is, when no symbol is left in it.
  public OptionalLong value() {
    if (terms.isEmpty()) {
      return OptionalLong.of(0);
    }
    return terms.size() == 1 && terms.firstKey().equals(Product.ONE)
        ? OptionalLong.of(constant())
        : OptionalLong.empty();
  }

  /// The symbol this is, when it is nothing but one.
  public Optional<String> name() {
    return terms.size() == 1
            && terms.firstKey().factors().size() == 1
            && terms.firstKey().factors().getFirst() instanceof Name(String name)
            && terms.containsValue(1L)
        ? Optional.of(name)
        : Optional.empty();
  }

  /// This expression with other expressions for some of its symbols.
  ///
  /// @throws ArithmeticException when a divisor becomes zero
  public DimExpression substitute(Map<String, DimExpression> meaning) {
    DimExpression sum = ZERO;
    for (Map.Entry<Product, Long> term : terms.entrySet()) {
      DimExpression product = of(term.getValue());
      for (Atom atom : term.getKey().factors()) {
        product = product.times(substitute(atom, meaning));
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  /// Whether a symbol of this name is in it.
  public boolean mentions(String name) {
    return terms.keySet().stream()
        .flatMap(product -> product.factors().stream())
        .anyMatch(atom -> mentions(atom, name));
  }

  /// Whether this is the number `value`.
  public boolean is(long value) {
    return value().equals(OptionalLong.of(value));
  }

  public DimExpression plus(DimExpression other) {
    if (other.terms.isEmpty()) {
      return this;
    }
    SortedMap<Product, Long> sum = new TreeMap<>(terms);
    other.terms.forEach((product, factor) -> addTo(sum, product, factor));
    return new DimExpression(sum);
  }

  public DimExpression plus(long value) {
    return plus(of(value));
  }

  public DimExpression minus(DimExpression other) {
    return plus(other.times(of(-1)));
  }

  public DimExpression times(DimExpression other) {
    if (other.is(1)) {
      return this;
    }
    SortedMap<Product, Long> result = new TreeMap<>();
    terms.forEach(
        (left, a) ->
            other.terms.forEach(
                (right, b) -> addTo(result, left.times(right), Math.multiplyExact(a, b))));
    return new DimExpression(result);
  }

  public DimExpression times(long value) {
    return times(of(value));
  }

  /// The largest integer not above the quotient.
  ///
  /// @throws ArithmeticException when `divisor` is the number 0
  public DimExpression floorDiv(DimExpression divisor) {
    OptionalLong number = divisor.value();
    if (number.isPresent()) {
      long by = number.getAsLong();
      return by < 0 ? times(-1).floorDivByNumber(Math.negateExact(by)) : floorDivByNumber(by);
    }
    return divideExactly(divisor)
        .orElseGet(() -> single(new Product(List.of(new Floor(this, divisor))), 1));
  }

  public DimExpression floorDiv(long divisor) {
    return floorDiv(of(divisor));
  }

  /// The smallest integer not below the quotient; `divisor` is taken to be positive.
  public DimExpression ceilDiv(DimExpression divisor) {
    return divideExactly(divisor).orElseGet(() -> plus(divisor).plus(-1).floorDiv(divisor));
  }

  public DimExpression ceilDiv(long divisor) {
    return ceilDiv(of(divisor));
  }

  /// The quotient, when it provably has no remainder: `divisor` is a number or a product, and
  /// divides every term.
  public Optional<DimExpression> divideExactly(DimExpression divisor) {
    if (divisor.terms.size() != 1) {
      return equals(divisor) && !divisor.terms.isEmpty() ? Optional.of(of(1)) : Optional.empty();
    }
    Product by = divisor.terms.firstKey();
    long factor = divisor.terms.values().iterator().next();
    SortedMap<Product, Long> quotient = new TreeMap<>();
    for (Map.Entry<Product, Long> term : terms.entrySet()) {
      Optional<Product> left = term.getKey().without(by);
      if (left.isEmpty() || term.getValue() % factor != 0) {
        return Optional.empty();
      }
      addTo(quotient, left.get(), term.getValue() / factor);
    }
    return Optional.of(new DimExpression(quotient));
  }

  public DimExpression max(DimExpression other) {
    return extreme(true, other);
  }

  public DimExpression min(DimExpression other) {
    return extreme(false, other);
  }

  /// The value when every symbol has the given size; empty when a symbol has none or a divisor
  /// turns out to be zero.
  public OptionalLong evaluate(Map<String, Long> sizes) {
    long sum = 0;
    for (Map.Entry<Product, Long> term : terms.entrySet()) {
      long product = term.getValue();
      for (Atom atom : term.getKey().factors()) {
        OptionalLong value = evaluate(atom, sizes);
        if (value.isEmpty()) {
          return OptionalLong.empty();
        }
        product = Math.multiplyExact(product, value.getAsLong());
      }
      sum = Math.addExact(sum, product);
    }
    return OptionalLong.of(sum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DimExpression expression && terms.equals(expression.terms);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(terms);
  }

  /// Canonical text, which [#parse] reads back.
  @Override
  public String toString() {
    if (terms.isEmpty()) {
      return "0";
    }
    StringBuilder text = new StringBuilder();
    terms.forEach(
        (product, factor) -> {
          if (factor < 0) {
            text.append('-');
          } else if (!text.isEmpty()) {
            text.append('+');
          }
          String magnitude = Long.toString(factor).replace("-", "");
          if (product.factors().isEmpty()) {
            text.append(magnitude);
          } else {
            text.append(magnitude.equals("1") ? "" : magnitude + "*").append(product);
          }
        });
    return text.toString();
  }

  private DimExpression floorDivByNumber(long divisor) {
    if (divisor == 0) {
      throw new ArithmeticException("division of " + this + " by zero");
    }
    // Whole multiples of the divisor leave the floor; what stays has a constant in [0, divisor).
    SortedMap<Product, Long> whole = new TreeMap<>();
    SortedMap<Product, Long> rest = new TreeMap<>();
    for (Map.Entry<Product, Long> term : terms.entrySet()) {
      boolean constant = term.getKey().equals(Product.ONE);
      long factor = term.getValue();
      if (constant || factor % divisor == 0) {
        addTo(whole, term.getKey(), Math.floorDiv(factor, divisor));
        addTo(rest, term.getKey(), Math.floorMod(factor, divisor));
      } else {
        addTo(rest, term.getKey(), factor);
      }
    }
    DimExpression remainder = new DimExpression(rest);
    return new DimExpression(whole).plus(remainder.reducedFloor(divisor));
  }

  /// `floor(this / divisor)` where this has a constant in `[0, divisor)`.
  private DimExpression reducedFloor(long divisor) {
    if (value().isPresent()) {
      return ZERO;
    }
    // floor((floor(x/a) + c) / b) is floor((x + a*c) / (a*b)).
    long constant = constant();
    DimExpression variable = plus(-constant);
    if (variable.terms.size() == 1
        && variable.terms.containsValue(1L)
        && variable.terms.firstKey().factors().size() == 1
        && variable.terms.firstKey().factors().getFirst()
            instanceof Floor(DimExpression dividend, DimExpression inner)
        && inner.value().isPresent()) {
      DimExpression joined = dividend.plus(inner.times(constant));
      return joined.floorDiv(inner.times(divisor));
    }
    long common = divisor;
    for (long factor : variable.terms.values()) {
      common = gcd(common, Math.abs(factor));
    }
    if (common > 1) {
      long shared = common;
      SortedMap<Product, Long> reduced = new TreeMap<>();
      variable.terms.forEach((product, factor) -> reduced.put(product, factor / shared));
      return new DimExpression(reduced)
          .plus(Math.floorDiv(constant, shared))
          .floorDiv(divisor / shared);
    }
    return single(new Product(List.of(new Floor(this, of(divisor)))), 1);
  }

  private DimExpression extreme(boolean largest, DimExpression other) {
    OptionalLong difference = minus(other).value();
    if (difference.isPresent()) {
      return (difference.getAsLong() >= 0) == largest ? this : other;
    }
    boolean ordered = toString().compareTo(other.toString()) <= 0;
    Atom atom = new Extreme(largest, ordered ? this : other, ordered ? other : this);
    return single(new Product(List.of(atom)), 1);
  }

  private long constant() {
    return terms.getOrDefault(Product.ONE, 0L);
  }

  private String asFactor() {
    boolean plain =
        terms.size() == 1 && (terms.firstKey().equals(Product.ONE) || terms.containsValue(1L));
    return plain && (value().isPresent() || terms.firstKey().factors().size() == 1)
        ? toString()
        : "(" + this + ")";
  }

  private static boolean mentions(Atom atom, String name) {
    return switch (atom) {
      case Name(String own) -> own.equals(name);
      case Floor(DimExpression dividend, DimExpression divisor) ->
          dividend.mentions(name) || divisor.mentions(name);
      case Extreme(boolean _, DimExpression left, DimExpression right) ->
          left.mentions(name) || right.mentions(name);
    };
  }

  private static DimExpression substitute(Atom atom, Map<String, DimExpression> meaning) {
    return switch (atom) {
      case Name(String name) -> meaning.getOrDefault(name, symbol(name));
      case Floor(DimExpression dividend, DimExpression divisor) ->
          dividend.substitute(meaning).floorDiv(divisor.substitute(meaning));
      case Extreme(boolean largest, DimExpression left, DimExpression right) ->
          largest
              ? left.substitute(meaning).max(right.substitute(meaning))
              : left.substitute(meaning).min(right.substitute(meaning));
    };
  }

  private static OptionalLong evaluate(Atom atom, Map<String, Long> sizes) {
    return switch (atom) {
      case Name(String name) -> {
        Long size = sizes.get(name);
        yield size == null ? OptionalLong.empty() : OptionalLong.of(size);
      }
      case Floor(DimExpression dividend, DimExpression divisor) -> {
        OptionalLong above = dividend.evaluate(sizes);
        OptionalLong below = divisor.evaluate(sizes);
        yield above.isEmpty() || below.isEmpty() || below.getAsLong() == 0
            ? OptionalLong.empty()
            : OptionalLong.of(Math.floorDiv(above.getAsLong(), below.getAsLong()));
      }
      case Extreme(boolean largest, DimExpression left, DimExpression right) -> {
        OptionalLong a = left.evaluate(sizes);
        OptionalLong b = right.evaluate(sizes);
        if (a.isEmpty() || b.isEmpty()) {
          yield OptionalLong.empty();
        }
        yield OptionalLong.of(
            largest
                ? Math.max(a.getAsLong(), b.getAsLong())
                : Math.min(a.getAsLong(), b.getAsLong()));
      }
    };
  }

  private static DimExpression single(Product product, long factor) {
    SortedMap<Product, Long> terms = new TreeMap<>();
    terms.put(product, factor);
    return new DimExpression(terms);
  }

  private static void addTo(SortedMap<Product, Long> terms, Product product, long factor) {
    long sum = Math.addExact(terms.getOrDefault(product, 0L), factor);
    if (sum == 0) {
      terms.remove(product);
    } else {
      terms.put(product, sum);
    }
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
