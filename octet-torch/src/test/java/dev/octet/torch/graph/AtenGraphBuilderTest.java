package dev.octet.torch.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AtenGraphBuilderTest {
  private static final TensorMeta VECTOR = TensorMeta.contiguous(TorchDtype.FLOAT32, 4);

  @Test
  void insertedNodeTakesOverTheUses() {
    AtenGraphBuilder builder = AtenGraphBuilder.of(chain());
    String name = builder.freshName("relu");
    builder
        .setMeta(name, VECTOR)
        .insertAfter("relu", call(name, "sigmoid", "relu"))
        .replaceUses("relu", name, node -> !node.name().equals(name));
    AtenGraph graph = builder.build();

    assertThat(name).isEqualTo("relu_1");
    assertThat(graph.nodes()).extracting(AtenNode::name).containsExactly("relu", "relu_1", "tanh");
    assertThat(graph.nodes().get(1).inputNames()).containsExactly("relu");
    assertThat(graph.nodes().get(2).inputNames()).containsExactly("relu_1");
  }

  @Test
  void replacingAnOutputLeavesDeadNodesToDrop() {
    AtenGraph graph =
        AtenGraphBuilder.of(chain()).replaceOutput("tanh", "relu").dropDeadNodes().build();
    assertThat(graph.nodes()).extracting(AtenNode::name).containsExactly("relu");
    assertThat(graph.outputs()).containsExactly(AtenArgument.tensor("relu"));
    assertThat(graph.tensorValues()).doesNotContainKey("tanh");
  }

  @Test
  void writesIntoLiveValuesAreKept() {
    AtenGraph graph =
        AtenGraphBuilder.of(chain())
            .insertAfter("relu", call("add_", "add_", "relu"))
            .dropDeadNodes()
            .build();
    assertThat(graph.nodes()).extracting(AtenNode::name).containsExactly("relu", "add_", "tanh");
  }

  @Test
  void unknownNodeIsNamed() {
    assertThatThrownBy(() -> AtenGraphBuilder.of(chain()).removeNode("gelu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gelu");
  }

  private static AtenGraph chain() {
    return new AtenGraph(
        List.of(AtenArgument.tensor("x")),
        List.of(call("relu", "relu", "x"), call("tanh", "tanh", "relu")),
        List.of(AtenArgument.tensor("tanh")),
        Map.of("x", VECTOR, "relu", VECTOR, "tanh", VECTOR),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        false);
  }

  private static AtenNode call(String name, String op, String input) {
    return AtenNode.of(
        name,
        AtenOp.aten(op, "default"),
        List.of(NamedArgument.of("self", AtenArgument.tensor(input))),
        Map.of());
  }
}
