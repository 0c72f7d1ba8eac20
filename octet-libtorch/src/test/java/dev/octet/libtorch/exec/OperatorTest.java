package dev.octet.libtorch.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class OperatorTest {
  @Test
  void aCallByNameEqualsTheDirectCall() {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = Tensors.of(new float[] {1, -2, 3, 4, -5, 6, 7, 8}, 1, 1, 8);
      Tensor weight = Tensors.of(new float[] {0.5f, -1, 2}, 1, 1, 3);
      List<TorchValue> results =
          Operator.require("aten::conv1d", "")
              .call(TorchValue.of(input), TorchValue.of(weight), TorchValue.none());
      assertThat(Tensors.toFloats(results.getFirst().asTensor()))
          .containsExactly(Tensors.toFloats(torch.conv1d(input, weight)));
    }
  }

  @Test
  void namedArgumentsReplaceDefaultsAndBareNumbersBecomeTensors() {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = Tensors.of(new float[] {1, 2}, 2);
      TorchValue sum =
          Operator.require("aten::add", "Tensor")
              .call(
                  List.of(TorchValue.of(input), TorchValue.of(3L)),
                  Map.of("alpha", TorchValue.of(2L)))
              .getFirst();
      assertThat(Tensors.toFloats(sum.asTensor())).containsExactly(7, 8);
    }
  }

  @Test
  void severalResultsAndListsOfTensorsComeBack() {
    try (PointerScope scope = new PointerScope()) {
      Tensor input = Tensors.of(new float[] {3, 1, 2, 5, 4, 6}, 1, 1, 6);
      List<TorchValue> top =
          Operator.require("aten::topk", "").call(TorchValue.of(input), TorchValue.of(2L));
      assertThat(Tensors.toFloats(top.get(0).asTensor())).containsExactly(6, 5);
      assertThat(Tensors.toLongs(top.get(1).asTensor())).containsExactly(5, 3);
      TorchValue parts =
          Operator.require("aten::split", "Tensor")
              .call(TorchValue.of(input), TorchValue.of(2L), TorchValue.of(2L))
              .getFirst();
      assertThat(parts.asList()).hasSize(3);
      TorchValue joined =
          Operator.require("aten::cat", "").call(parts, TorchValue.of(-1L)).getFirst();
      assertThat(Tensors.toFloats(joined.asTensor())).containsExactly(Tensors.toFloats(input));
    }
  }

  @Test
  void gradientsFlowThroughBoxedCalls() {
    try (PointerScope scope = new PointerScope()) {
      Tensor leaf = Tensors.of(new float[] {1, 2, 3}, 3).requires_grad_(true);
      TorchValue square =
          Operator.require("aten::mul", "Tensor")
              .call(TorchValue.of(leaf), TorchValue.of(leaf))
              .getFirst();
      square.asTensor().sum().backward();
      assertThat(Tensors.toFloats(leaf.grad())).containsExactly(2, 4, 6);
    }
  }

  @Test
  void anUnknownOperatorIsAbsentAndAMissingArgumentIsNamed() {
    assertThat(Operator.find("aten::no_such_operator", "")).isEmpty();
    assertThatThrownBy(() -> Operator.require("aten::conv1d", "").call())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'input' is missing");
    assertThatThrownBy(
            () ->
                Operator.require("aten::relu", "")
                    .call(List.of(), Map.of("self", TorchValue.of("x"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'self': expected a tensor");
  }

  @Test
  void aThousandCallsLeaveNoMemoryBehind() {
    try (PointerScope outer = new PointerScope()) {
      Tensor input = torch.ones(new long[] {1000, 1000});
      Operator relu = Operator.require("aten::relu", "");
      relu.call(TorchValue.of(input));
      long before = org.bytedeco.javacpp.Pointer.physicalBytes();
      for (int i = 0; i < 1000; i++) {
        try (PointerScope scope = new PointerScope()) {
          relu.call(TorchValue.of(input));
        }
      }
      long grown = org.bytedeco.javacpp.Pointer.physicalBytes() - before;
      assertThat(grown).isLessThan(100L << 20); // all results together: 4 GB
    }
  }
}
