package dev.octet.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SymExprTest {
  private static final String SYMBOL = "Symbol('s53', positive=True, integer=True)";

  @Test
  void nestedExpressionIsReadEvaluatedAndPrinted() {
    SymExpr expression =
        SymExpr.parse(
            "Add(FloorDiv(Add(%s, Integer(-80)), Integer(16)), Integer(1))".formatted(SYMBOL));
    assertThat(expression.evaluate(Map.of("s53", 8000L))).isEqualTo(496);
    assertThat(expression.evaluate(Map.of("s53", 95L))).isEqualTo(1);
    assertThat(expression).hasToString("floor((s53-80)/16)+1");
    assertThat(expression.symbols()).containsExactly("s53");
  }

  @Test
  void divisionRoundsDownAndRemainderFollowsTheDivisor() {
    Map<String, Long> none = Map.of();
    assertThat(SymExpr.parse("FloorDiv(Integer(-7), Integer(2))").evaluate(none)).isEqualTo(-4);
    assertThat(SymExpr.parse("Mod(Integer(-7), Integer(2))").evaluate(none)).isEqualTo(1);
    assertThat(SymExpr.parse("Max(Integer(16), Integer(3))").evaluate(none)).isEqualTo(16);
  }

  @Test
  void unknownFunctionIsReadButNotEvaluated() {
    SymExpr expression = SymExpr.parse("Strange(" + SYMBOL + ")");
    assertThatThrownBy(() -> expression.evaluate(Map.of("s53", 1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Strange");
  }

  @Test
  void brokenTextIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> SymExpr.parse("Add(Integer(1), "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("character 16");
  }
}
