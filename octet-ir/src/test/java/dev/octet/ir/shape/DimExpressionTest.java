package dev.octet.ir.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Dim;
import java.util.Map;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DimExpressionTest {

  /// An expression together with a second, independent way to its value.
  record Sample(DimExpression expression, java.util.function.LongBinaryOperator value) {}

  @ParameterizedTest
  @CsvSource({
    "N, N",
    "N*2, 2*N",
    "N+N, 2*N",
    "N-N, 0",
    "2*(N+3)-6, 2*N",
    "N*M-M*N, 0",
    "(N+1)*(N-1), N*N-1",
    "floor((T-80)/16)+1, floor(T/16)-4",
    "floor((2*T)/2), T",
    "floor((2*T+1)/2), T",
    "floor((2*T+6)/4), floor((T+1)/2)+1",
    "floor(floor(T/4)/4), floor(T/16)",
    "floor((floor(T/4)+1)/4), floor((T+4)/16)",
    "ceil(T/2), floor((T+1)/2)",
    "T//16, floor(T/16)",
    "floor((N*T)/N), T",
    "floor((N*T)/T), N",
    "7//2, 3",
    "floor(N/M), floor(N/M)",
    "min(N+1;N), N",
    "max(N+1;N), N+1",
    "-N+5, -N+5"
  })
  void simplifies(String text, String expected) {
    DimExpression expression = DimExpression.parse(text.replace(';', ','));
    assertThat(expression).hasToString(expected);
    assertThat(DimExpression.parse(expected)).isEqualTo(expression);
  }

  @Test
  void textThatIsNoExpressionIsOneSymbol() {
    for (String name : new String[] {"batch size", "N/2", "3x", "f(N)", "99999999999999999999"}) {
      assertThat(DimExpression.parse(name)).isEqualTo(DimExpression.symbol(name));
    }
  }

  @Test
  void negativeNumbersAreNoDimensions() {
    assertThat(DimExpression.of(-1).toDim()).isEqualTo(Dim.unknown());
    assertThat(DimExpression.of(7).toDim()).isEqualTo(Dim.of(7));
    assertThat(DimExpression.parse("2*N").toDim()).isEqualTo(Dim.of("2*N"));
  }

  @Test
  void aSymbolWithoutSizeHasNoValue() {
    assertThat(DimExpression.parse("N+M").evaluate(Map.of("N", 1L))).isEmpty();
    assertThat(DimExpression.parse("floor(N/M)").evaluate(Map.of("N", 1L, "M", 0L))).isEmpty();
  }

  /// Whatever is simplified, the value stays what plain long arithmetic gives.
  @Property(seed = "20261124")
  void valuesSurviveSimplification(
      @ForAll("samples") Sample sample,
      @ForAll @IntRange(max = 500) int n,
      @ForAll @IntRange(max = 500) int m) {
    Map<String, Long> sizes = Map.of("N", (long) n, "M", (long) m);
    long expected = sample.value().applyAsLong(n, m);
    assertThat(sample.expression().evaluate(sizes)).isEqualTo(OptionalLong.of(expected));
    DimExpression reread = DimExpression.parse(sample.expression().toString());
    assertThat(reread).isEqualTo(sample.expression());
  }

  @Provide
  Arbitrary<Sample> samples() {
    Arbitrary<Sample> leaf =
        Arbitraries.oneOf(
            Arbitraries.just(new Sample(DimExpression.symbol("N"), (n, m) -> n)),
            Arbitraries.just(new Sample(DimExpression.symbol("M"), (n, m) -> m)),
            Arbitraries.longs()
                .between(-20, 20)
                .map(c -> new Sample(DimExpression.of(c), (n, m) -> c)));
    Arbitrary<Sample> level = leaf;
    for (int depth = 0; depth < 4; depth++) {
      level = deeper(level, leaf);
    }
    return level;
  }

  private static Arbitrary<Sample> deeper(Arbitrary<Sample> inner, Arbitrary<Sample> leaf) {
    Arbitrary<Long> divisor = Arbitraries.longs().between(1, 12);
    return Arbitraries.oneOf(
        inner,
        net.jqwik.api.Combinators.combine(inner, leaf)
            .as(
                (a, b) ->
                    new Sample(
                        a.expression().plus(b.expression()),
                        (n, m) -> a.value().applyAsLong(n, m) + b.value().applyAsLong(n, m))),
        net.jqwik.api.Combinators.combine(inner, leaf)
            .as(
                (a, b) ->
                    new Sample(
                        a.expression().minus(b.expression()),
                        (n, m) -> a.value().applyAsLong(n, m) - b.value().applyAsLong(n, m))),
        net.jqwik.api.Combinators.combine(inner, leaf)
            .as(
                (a, b) ->
                    new Sample(
                        a.expression().times(b.expression()),
                        (n, m) -> a.value().applyAsLong(n, m) * b.value().applyAsLong(n, m))),
        net.jqwik.api.Combinators.combine(inner, leaf)
            .as(
                (a, b) ->
                    new Sample(
                        a.expression().max(b.expression()),
                        (n, m) ->
                            Math.max(a.value().applyAsLong(n, m), b.value().applyAsLong(n, m)))),
        net.jqwik.api.Combinators.combine(inner, divisor)
            .as(
                (a, by) ->
                    new Sample(
                        a.expression().floorDiv(by),
                        (n, m) -> Math.floorDiv(a.value().applyAsLong(n, m), by))),
        net.jqwik.api.Combinators.combine(inner, divisor)
            .as(
                (a, by) ->
                    new Sample(
                        a.expression().ceilDiv(by),
                        (n, m) -> Math.ceilDiv(a.value().applyAsLong(n, m), by))));
  }
}
