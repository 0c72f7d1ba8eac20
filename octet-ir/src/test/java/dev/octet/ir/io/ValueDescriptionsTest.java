package dev.octet.ir.io;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.ir.DataType;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.Node;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.proto.ModelProto;
import dev.octet.ir.io.proto.ValueInfoProto;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// What becomes of `value_info` when the graph it describes changes.
class ValueDescriptionsTest {
  private static final ValueType OF_SEVEN = ValueType.tensor(DataType.FLOAT, Shape.of(7));

  /// `c` before `a`, the output and the constant again, and a value that is not there.
  private static final String TEXT =
      """
      g (float[N] x) => (float[N] y)
      <float[1] w = {2}, float[N] c, float[M] y, float[N] a, float[1] w, float[3] gone> {
        a = Abs (x)
        b = Neg (a)
        c = Mul (b, w)
        y = Exp (c)
      }
      """;

  @Test
  void whatIsNotChangedIsListedAsItWas() throws Exception {
    assertThat(namesAfter((_, _) -> {})).containsExactly("c", "y", "a", "w", "gone");
  }

  @Test
  void whatIsNewComesLast() throws Exception {
    assertThat(namesAfter((editor, graph) -> editor.setType(value(graph, "b"), OF_SEVEN)))
        .containsExactly("c", "y", "a", "w", "gone", "b");
  }

  @Test
  void whatIsGoneIsNotListed() throws Exception {
    BiConsumer<GraphEditor, Model> withoutAbs =
        (editor, model) -> {
          Node abs = model.graph().nodes().getFirst();
          editor.replaceAllUses(abs.output(0), abs.input(0).orElseThrow());
          editor.remove(abs);
        };
    assertThat(namesAfter(withoutAbs)).containsExactly("c", "y", "w", "gone");
  }

  /// The second description said `float[M]`; of the new type it is known to be wrong.
  @Test
  void aRepetitionGoesWhenWhatItRepeatsIsKnownBetter() throws Exception {
    assertThat(namesAfter((editor, model) -> editor.setType(value(model, "y"), OF_SEVEN)))
        .containsExactly("c", "a", "w", "gone");
  }

  @Test
  void whatBecomesAnOutputIsDescribedThere() throws Exception {
    BiConsumer<GraphEditor, Model> withoutExp =
        (editor, model) -> {
          Node exp = model.graph().nodes().getLast();
          editor.replaceAllUses(exp.output(0), exp.input(0).orElseThrow());
          editor.remove(exp);
        };
    assertThat(namesAfter(withoutExp)).containsExactly("a", "w", "gone");
  }

  @Test
  void aNewValueMayTakeANameThatDescribedNothing() throws Exception {
    BiConsumer<GraphEditor, Model> gone =
        (editor, model) ->
            editor.append(
                model.graph(),
                NodeSpec.of("Neg")
                    .inputs(value(model, "a"))
                    .outputs(editor.newValue("gone", OF_SEVEN)));
    Model model = OnnxText.parse(TEXT);
    model.edit(editor -> gone.accept(editor, model));
    assertThat(infos(model))
        .filteredOn(info -> info.getName().equals("gone"))
        .singleElement()
        .satisfies(
            info ->
                assertThat(info.getType().getTensorType().getShape().getDim(0).getDimValue())
                    .isEqualTo(7));
  }

  private static List<String> namesAfter(BiConsumer<GraphEditor, Model> edit) throws Exception {
    Model model = OnnxText.parse(TEXT);
    model.edit(editor -> edit.accept(editor, model));
    List<String> names = infos(model).stream().map(ValueInfoProto::getName).toList();
    assertThat(infos(model.copy()).stream().map(ValueInfoProto::getName)).isEqualTo(names);
    return names;
  }

  private static List<ValueInfoProto> infos(Model model) throws Exception {
    return ModelProto.parseFrom(ModelWriter.encode(model)).getGraph().getValueInfoList();
  }

  private static Value value(Model model, String name) {
    return model.graph().findValue(name).orElseThrow();
  }
}
