package dev.octet.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.OnnxText;
import org.junit.jupiter.api.Test;

class ModelCopyTest {
  private static final String TEXT =
      """
      <ir_version: 9, opset_import: ["" : 18, "x.y" : 3], producer_name: "p", model_version: 4,
       metadata_props: ["k" : "v"]>
      g (int64 n, bool c, float[2] x = {1, 2}) => (float[2] y, float[2] x) <float[2] w = {3, 4}> {
        [same] a = Abs (x)
        [same] y = Loop <
          body = step (int64 i, bool go, float[2] state) => (bool go_on, float[2] next) {
            go_on = Identity (go)
            next = If <
              then_branch = t () => (float[2] r) { r = Add (state, w) },
              else_branch = e () => (float[2] r) { r = Add (a, state) }
            > (c)
          }
        > (n, "", a)
      }
      """;

  @Test
  void copyIsTheSameToTheByte() {
    Model model = OnnxText.parse(TEXT);
    assertThat(ModelWriter.encode(model.copy())).isEqualTo(ModelWriter.encode(model));
    assertThat(OnnxText.print(model.copy())).isEqualTo(OnnxText.print(model));
  }

  @Test
  void copySharesNothingButTensors() {
    Model model = OnnxText.parse(TEXT);
    String before = OnnxText.print(model);
    Model copy = model.copy();
    Value w = copy.graph().findValue("w").orElseThrow();
    assertThat(w.initializer().orElseThrow())
        .isSameAs(model.graph().findValue("w").flatMap(Value::initializer).orElseThrow());
    Node inner =
        copy.graph()
            .nodes()
            .get(1)
            .subgraphs()
            .getFirst()
            .nodes()
            .get(1)
            .subgraphs()
            .getFirst()
            .nodes()
            .getFirst();
    assertThat(inner.input(1)).contains(w);
    assertThat(inner.graph().model()).isSameAs(copy);
    copy.edit(
        editor -> {
          editor.rename(w, "other");
          editor.setInput(inner, 1, copy.graph().inputs().get(2));
          editor.setMetadata("k", "changed");
          editor.setOpset("", 19);
        });
    assertThat(OnnxText.print(model)).isEqualTo(before);
  }
}
