package dev.octet.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.OnnxText;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is asked of the rules as a whole: which run, for which runtime, and what fixes are printed.
class ModelLintTest {
  @Test
  void rulesAreLeftOutByName() {
    assertThat(ModelLint.rulesWithout(List.of("dead-channel")))
        .hasSize(ModelLint.rules().size() - 1)
        .noneMatch(rule -> rule.name().equals("dead-channel"));
    assertThatThrownBy(() -> ModelLint.rulesWithout(List.of("dead-chanel")))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("dead-chanel")
        .hasMessageContaining("dead-channel");
  }

  @Test
  void runtimesAreKnownByTheirNumber() {
    assertThat(RuntimeVersion.parse("1.17.3").opset()).isEqualTo(20);
    assertThat(RuntimeVersion.parse("v1.9").ir()).isEqualTo(8);
    assertThatThrownBy(() -> RuntimeVersion.parse("17"))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("1.17");
    // Releases only ever take more.
    assertThat(RuntimeVersion.known()).extracting(RuntimeVersion::opset).isSorted();
    assertThat(RuntimeVersion.known()).extracting(RuntimeVersion::ir).isSorted();
  }

  /// What is printed is a command only where the command can do it.
  @Test
  void anOlderOpsetIsReachedByTheFirstWayThatLeadsThere() {
    String header = "<ir_version: 9, opset_import: [\"\" : 21]> g (float[2] x) => (y) ";
    Model plain = OnnxText.parse(header + "{ y = Relu (x) }");
    assertThat(tooOld(plain, "1.8"))
        .isEqualTo("octet prepare m.onnx -o r.onnx --skip-optimization --opset 14");
    Model recent = OnnxText.parse(header + "{ [m] a = Mish (x)\n y = Relu (a) }");
    assertThat(tooOld(recent, "1.12")).contains("octet export", "--opset 17");
    assertThat(tooOld(recent, "1.8"))
        .isEqualTo(
            "use ONNX Runtime 1.18 or newer, or do without what opset 14 lacks:"
                + " Mish 'm': came with opset 18");
  }

  private static String tooOld(Model model, String runtime) {
    return ModelLint.check(model, ModelLint.rules(), Optional.of(RuntimeVersion.parse(runtime)))
        .stream()
        .filter(found -> found.reason().contains("imports opset"))
        .findFirst()
        .orElseThrow()
        .fix()
        .text("m.onnx", "r.onnx");
  }

  @Test
  void wordsOfACommandAreQuotedForAShell() {
    Fix fix = Fix.command("quantize", Fix.MODEL, "--keep-op", "it's");
    assertThat(fix.text("my model.onnx", "r"))
        .isEqualTo("octet quantize 'my model.onnx' --keep-op 'it'\\''s'");
    assertThat(fix.arguments("my model.onnx", "r"))
        .containsExactly("quantize", "my model.onnx", "--keep-op", "it's");
  }
}
