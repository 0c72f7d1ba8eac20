package dev.octet.libtorch.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Tensor;
import dev.octet.libtorch.TinyNet;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LibtorchInterpreterTest {
  private final ExportedProgram program = TinyNet.program();

  @Test
  void showsValuesInsideByName() {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("tiny", program)) {
      Map<String, Tensor> results =
          interpreter.run(Map.of("x", input(2)), Set.of("block1_relu", "linear"));
      assertThat(results).containsOnlyKeys("log_softmax", "block1_relu", "linear");
      assertThat(results.get("block1_relu"))
          .extracting(Tensor::dims)
          .isEqualTo(List.of(2L, 6L, 60L));
      assertThat(interpreter.outputs()).hasSize(1);
      assertThatThrownBy(() -> interpreter.run(Map.of("x", input(1)), Set.of("nowhere")))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("nowhere");
    }
  }

  @Test
  void refusesInputsThatDoNotFitByName() {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("tiny", program)) {
      assertThatThrownBy(() -> interpreter.run(Map.of()))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("x: tiny needs this input");
      DenseTensor longer = DenseTensor.ofFloats(new float[65], 1, 1, 65);
      assertThatThrownBy(() -> interpreter.run(Map.of("x", longer)))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("FLOAT[1, 1, 65]");
      assertThatThrownBy(() -> interpreter.run(Map.of("x", input(1), "y", input(1))))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("no such input");
    }
  }

  @Test
  void namesEveryUnknownOperatorAtOnce() {
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    for (String name : List.of("block1_relu", "block2_relu", "permute")) {
      AtenNode node = builder.node(name);
      AtenOp op = new AtenOp("acme", name.startsWith("block") ? "swoosh" : "whirl", "default");
      builder.replaceNode(
          name, List.of(new AtenNode(name, op, node.arguments(), node.outputs(), Map.of(), null)));
    }
    assertThatThrownBy(
            () -> new LibtorchInterpreter("tiny", program.withGraph(builder.build())).close())
        .isInstanceOfSatisfying(OctetException.class, e -> assertThat(e.diagnostics()).hasSize(2))
        .hasMessageContaining("acme.swoosh.default is called 2 times")
        .hasMessageContaining("acme.whirl.default is called once");
  }

  @Test
  void namesTheNodeThatFails() {
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    AtenNode node = builder.node("permute").withArgument("dims", AtenArgument.ints(0, 2));
    builder.replaceNode("permute", List.of(node));
    try (LibtorchInterpreter interpreter =
        new LibtorchInterpreter("tiny", program.withGraph(builder.build()))) {
      assertThatThrownBy(() -> interpreter.run(Map.of("x", input(1))))
          .isInstanceOf(OctetException.class)
          .hasMessageContaining("permute: aten.permute.default failed");
    }
  }

  @Test
  void aRunThatWritesItsBuffersLeavesTheProgramAsItWas() {
    AtenGraphBuilder builder = AtenGraphBuilder.of(program.graph());
    builder.insertFirst(
        AtenNode.of(
            "grown",
            AtenOp.aten("add_", "Tensor"),
            List.of(
                NamedArgument.of("self", AtenArgument.tensor("b_block1_bn_running_mean")),
                NamedArgument.of("other", AtenArgument.of(1.0))),
            Map.of()));
    try (LibtorchInterpreter interpreter =
        new LibtorchInterpreter("tiny", program.withGraph(builder.build()))) {
      Map<String, Tensor> first = interpreter.run(Map.of("x", input(1)));
      assertThat(interpreter.run(Map.of("x", input(1)))).isEqualTo(first);
    }
  }

  @Test
  void runsFromSeveralThreadsAtOnce() {
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("tiny", program)) {
      Map<String, Tensor> expected = interpreter.run(Map.of("x", input(3)));
      assertThat(
              IntStream.range(0, 40)
                  .parallel()
                  .mapToObj(_ -> interpreter.run(Map.of("x", input(3))))
                  .toList())
          .allSatisfy(result -> assertThat(result).isEqualTo(expected));
    }
  }

  private static DenseTensor input(int batch) {
    float[] values = new float[batch * 64];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.37);
    }
    return DenseTensor.ofFloats(values, batch, 1, 64);
  }
}
