package dev.octet.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.ir.io.ModelReader;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import dev.octet.transform.rules.PushTransposes;
import dev.octet.transform.rules.StandardPipelines;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What a model says of the program it was made from stays true through rewrites.
class SourceValuesTest {

  @Test
  void comesBackFromAFile() {
    Model model = model("r = Relu (x)\n y = Neg (r)", "r", "y");
    Model read = ModelReader.parse(ModelWriter.encode(model));
    assertThat(held(read)).containsExactly(Map.entry("p_r", "r"), Map.entry("p_y", "y"));
  }

  @Test
  void namesThatAreGoneAndLinesThatAreNoneAreLeftOut() {
    Model model = model("y = Neg (x)", "y");
    model.edit(editor -> editor.setMetadata(SourceValues.KEY, "a\tgone\n\nb\ty\nc\n\ty\n"));
    assertThat(held(model)).containsExactly(Map.entry("b", "y"));
  }

  @Test
  void removedNodesAreFoundAgainAtWhatTheyPassedOn() {
    Model model =
        model("i = Identity (x)\n r = Relu (i)\n k = Identity (r)\n y = Neg (k)", "r", "k");
    StandardPipelines.prepare().run(model);
    assertThat(held(model)).containsExactly(Map.entry("p_r", "r"), Map.entry("p_k", "r"));
  }

  /// A rectifier that a Transpose has moved through holds its numbers in another order.
  @Test
  void valuesInAnotherOrderOfAxesAreLetGo() {
    Model model =
        model(
            """
            t = Transpose <perm = [1, 0]> (x)
            r = Relu (t)
            b = Transpose <perm = [1, 0]> (r)
            y = Neg (b)
            """,
            "t",
            "r",
            "b",
            "y");
    Pipeline.of(Pass.of(new PushTransposes())).run(model);
    assertThat(model.graph().nodes()).extracting(node -> node.opType()).contains("Relu");
    assertThat(held(model)).containsEntry("p_y", "y");
    assertThat(held(model)).doesNotContainKey("p_r");
  }

  @Test
  void convolutionsThatTookInTheirNormalizationHoldItsResult() {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[1,1,4] x) => (float[1,1,4] y)
            <float[1,1,1] w = {2}, float[1] s = {3}, float[1] b = {1}, float[1] m = {0.5},
             float[1] v = {4}>
            {
               c = Conv (x, w)
               n = BatchNormalization (c, s, b, m, v)
               y = Relu (n)
            }
            """);
    say(model, "c", "n", "y");
    StandardPipelines.prepare().run(model);
    assertThat(model.graph().nodeCount()).isEqualTo(2);
    Map<String, String> held = held(model);
    assertThat(held).doesNotContainKey("p_c").containsKey("p_n").containsEntry("p_y", "y");
    assertThat(
            model
                .graph()
                .findValue(Objects.requireNonNull(held.get("p_n")))
                .flatMap(Value::producer)
                .orElseThrow())
        .matches(node -> node.is("Conv"));
  }

  private static Model model(String nodes, String... said) {
    Model model =
        OnnxText.parse(
            """
            <ir_version: 8, opset_import: ["" : 17]>
            net (float[2,3] x) => (float[2,3] y) {
            %s
            }
            """
                .formatted(nodes));
    say(model, said);
    return model;
  }

  private static void say(Model model, String... names) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String name : names) {
      values.put("p_" + name, model.graph().findValue(name).orElseThrow());
    }
    model.edit(editor -> new SourceValues(values).write(editor));
  }

  private static Map<String, String> held(Model model) {
    Map<String, String> names = new LinkedHashMap<>();
    SourceValues.of(model).values().forEach((name, value) -> names.put(name, value.name()));
    return names;
  }
}
