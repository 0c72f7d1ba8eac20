package dev.octet.parity;

import dev.octet.ir.Node;
import dev.octet.ir.Value;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantParams;
import dev.octet.numeric.QuantType;
import dev.octet.plan.NodePlan;
import dev.octet.plan.TensorPlan;
import dev.octet.stats.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The peer's operator rules for integer operators, one record each.
final class PeerOperatorRules {
  private static final String NO_RANGE = "a range that it needs is not known";
  private static final String WIDE_BIAS = "its bias does not fit into 32 bits at its scale";
  private static final String FLOAT_INPUT = "its input comes in float";

  private PeerOperatorRules() {}

  record Convolution() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Value weight = node.input(1).orElseThrow();
      boolean perChannel =
          book.options().has(PeerSwitch.PER_CHANNEL) && book.graph().isInitializer(weight);
      Optional<String> data = book.activation(node.input(0).orElseThrow());
      Optional<String> codes =
          book.weight(
              weight,
              perChannel ? QuantType.INT8 : book.options().weightType(),
              CodeSpan.REDUCED,
              perChannel ? OptionalInt.of(0) : OptionalInt.empty());
      if (data.isEmpty() || codes.isEmpty() || !book.hasRange(node.output(0))) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      List<NodePlan.Read> reads = new ArrayList<>();
      reads.add(new NodePlan.Read(0, data.get()));
      reads.add(new NodePlan.Read(1, codes.get()));
      if (node.input(2).isPresent()) {
        Value bias = node.input(2).get();
        if (!book.graph().isInitializer(bias)) {
          return PeerOperatorRule.kept("its bias is computed, not constant");
        }
        int length = Math.toIntExact(book.graph().initializer(bias).orElseThrow().elementCount());
        if (!book.fits(bias, data.get(), codes.get(), 1f, length)) {
          return PeerOperatorRule.kept(WIDE_BIAS);
        }
        reads.add(new NodePlan.Read(2, book.bias(bias, node, data.get(), codes.get(), 1f, length)));
      }
      book.result(node.output(0));
      return PeerOperatorRule.reading(reads);
    }
  }

  /// Unlike the peer's, `beta` is folded into the bias, and `alpha` too where there is a bias to
  /// be added.
  record Gemm() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Value weight = node.input(1).orElseThrow();
      int channels = node.intAttribute("transB", 0) > 0 ? 0 : 1;
      boolean perChannel =
          book.options().has(PeerSwitch.PER_CHANNEL) && book.graph().isInitializer(weight);
      Optional<Value> bias = node.input(2);
      if (bias.isPresent() && node.floatAttribute("alpha", 1f) != 1f) {
        return PeerOperatorRule.kept("alpha would multiply the codes of its bias");
      }
      Optional<String> codes =
          book.weight(
              weight,
              book.options().weightType(),
              CodeSpan.REDUCED,
              perChannel ? OptionalInt.of(channels) : OptionalInt.empty());
      if (bias.isPresent() && !book.graph().isInitializer(bias.get())) {
        // The peer has stored the weight by now, and does not go back.
        return codes
            .map(key -> PeerOperatorRule.reading(List.of(new NodePlan.Read(1, key))))
            .orElseGet(() -> PeerOperatorRule.kept(NO_RANGE));
      }
      Optional<String> data = book.activation(node.input(0).orElseThrow());
      if (data.isEmpty() || codes.isEmpty() || !book.hasRange(node.output(0))) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      List<NodePlan.Read> reads = new ArrayList<>();
      List<String> folded = new ArrayList<>();
      reads.add(new NodePlan.Read(0, data.get()));
      reads.add(new NodePlan.Read(1, codes.get()));
      if (bias.isPresent()) {
        float beta = node.floatAttribute("beta", 1f);
        int length = length(bias.get(), weight, channels, book);
        if (!book.fits(bias.get(), data.get(), codes.get(), beta, length)) {
          return PeerOperatorRule.kept(WIDE_BIAS);
        }
        reads.add(
            new NodePlan.Read(
                2, book.bias(bias.get(), node, data.get(), codes.get(), beta, length)));
        if (beta != 1f) {
          folded.add("beta");
        }
      }
      book.result(node.output(0));
      return new NodePlan.Fate.Quantized(reads, folded);
    }

    /// As many as there are channels where each has a scale, else as many as there are.
    private static int length(Value bias, Value weight, int channels, PeerOperatorBook book) {
      long own = book.graph().initializer(bias).orElseThrow().elementCount();
      return own == 1 && book.options().has(PeerSwitch.PER_CHANNEL)
          ? Math.toIntExact(book.graph().initializer(weight).orElseThrow().dims().get(channels))
          : Math.toIntExact(own);
    }
  }

  /// Unlike the peer's, a weight of more than two axes has one scale: no kernel takes more.
  record MatMul() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Value right = node.input(1).orElseThrow();
      if (book.options().has(PeerSwitch.CONSTANT_MATMUL_ONLY)
          && !book.graph().isInitializer(right)) {
        return PeerOperatorRule.kept("its second factor is computed, not constant");
      }
      boolean perChannel = book.options().has(PeerSwitch.PER_CHANNEL) && isMatrix(right, book);
      Optional<String> data = book.activation(node.input(0).orElseThrow());
      Optional<String> codes =
          book.weight(
              right,
              book.options().weightType(),
              CodeSpan.REDUCED,
              perChannel ? OptionalInt.of(-1) : OptionalInt.empty());
      if (data.isEmpty() || codes.isEmpty() || !book.hasRange(node.output(0))) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      book.result(node.output(0));
      return PeerOperatorRule.reading(
          List.of(new NodePlan.Read(0, data.get()), new NodePlan.Read(1, codes.get())));
    }

    private static boolean isMatrix(Value value, PeerOperatorBook book) {
      return book.graph().initializer(value).filter(t -> t.dims().size() <= 2).isPresent();
    }
  }

  /// Every input is an activation, and the result has a range of its own.
  record Elementwise() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Optional<List<NodePlan.Read>> reads = reads(node, 0, node.inputs().size(), book);
      if (reads.isEmpty() || !book.hasRange(node.output(0))) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      book.result(node.output(0));
      return PeerOperatorRule.reading(reads.get());
    }
  }

  record Sigmoid() implements PeerOperatorRule {
    private static final Elementwise PLAIN = new Elementwise();

    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      return book.options().has(PeerSwitch.SIGMOID_FOR_NNAPI)
          ? withScale(node, book, 0)
          : PLAIN.plan(node, book);
    }
  }

  record Softmax() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      return withScale(
          node, book, book.options().activationType() == QuantType.UINT8 ? 0 : Byte.MIN_VALUE);
    }
  }

  /// Goes away when it reads codes that saturate where it does. The peer drops it whatever the
  /// codes are, which is wrong where others read what it bounds and the range is theirs too.
  record Rectifier() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Optional<String> input = book.coded(node.input(0).orElseThrow());
      if (input.isEmpty()) {
        return PeerOperatorRule.kept(FLOAT_INPUT);
      }
      if (book.options().has(PeerSwitch.ACTIVATION_SYMMETRIC)) {
        return PeerOperatorRule.kept("symmetric codes do not saturate where it does");
      }
      book.resultLike(node.output(0), input.get());
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, input.get())));
    }
  }

  record GlobalAveragePool() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Optional<String> input = book.coded(node.input(0).orElseThrow());
      if (input.isEmpty()) {
        return PeerOperatorRule.kept(FLOAT_INPUT);
      }
      if (book.hasRange(node.output(0))) {
        book.result(node.output(0));
      } else {
        book.resultLike(node.output(0), input.get());
      }
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, input.get())));
    }
  }

  /// Moves or selects data: the result has the parameters of what is read. When it is forced, only
  /// constants count as input.
  ///
  /// @param opset the first the peer takes it on in
  record Passing(int opset) implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      if (book.graph().opset() < opset) {
        return PeerOperatorRule.kept("it takes integers from opset " + opset + " on");
      }
      Value input = node.input(0).orElseThrow();
      Optional<String> codes =
          book.options().has(PeerSwitch.FORCE_QUANTIZE)
              ? Optional.of(input).filter(book.graph()::isInitializer).flatMap(book::activation)
              : book.coded(input);
      if (codes.isEmpty()) {
        return PeerOperatorRule.kept(FLOAT_INPUT);
      }
      book.resultLike(node.output(0), codes.get());
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, codes.get())));
    }
  }

  record Pad() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Optional<String> input = book.coded(node.input(0).orElseThrow());
      if (book.graph().opset() < 11 || input.isEmpty()) {
        return PeerOperatorRule.kept(FLOAT_INPUT);
      }
      book.resultLike(node.output(0), input.get());
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, input.get())));
    }
  }

  record Split() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Optional<String> input = book.activation(node.input(0).orElseThrow());
      if (input.isEmpty()) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      for (Value output : node.outputs()) {
        if (output != null) {
          book.resultLike(output, input.get());
        }
      }
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, input.get())));
    }
  }

  record ArgMax() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      return book.coded(node.input(0).orElseThrow())
          .map(key -> PeerOperatorRule.reading(List.of(new NodePlan.Read(0, key))))
          .orElseGet(() -> PeerOperatorRule.kept(FLOAT_INPUT));
    }
  }

  /// Where the peer leaves it alone it forgets to dequantize what it reads, and fails.
  record Where() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      if (!book.options().has(PeerSwitch.FORCE_QUANTIZE)) {
        return PeerOperatorRule.kept("it is quantized only when that is forced");
      }
      Optional<List<NodePlan.Read>> reads = reads(node, 1, 3, book);
      if (reads.isEmpty() || !book.hasRange(node.output(0))) {
        return PeerOperatorRule.kept(NO_RANGE);
      }
      book.result(node.output(0));
      return PeerOperatorRule.reading(reads.get());
    }
  }

  record Gather() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      Value table = node.input(0).orElseThrow();
      Optional<String> codes =
          Optional.of(table).filter(book.graph()::isInitializer).flatMap(book::activation);
      if (codes.isEmpty()) {
        return PeerOperatorRule.kept("it does not look up in a constant table of floats");
      }
      book.resultLike(node.output(0), codes.get());
      return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, codes.get())));
    }
  }

  record EmbedLayerNormalization() implements PeerOperatorRule {
    @Override
    public NodePlan.Fate plan(Node node, PeerOperatorBook book) {
      if (node.outputs().size() > 2) {
        return PeerOperatorRule.kept("it has a third output");
      }
      return reads(node, 2, 7, book)
          .map(PeerOperatorRule::reading)
          .orElseGet(() -> PeerOperatorRule.kept(NO_RANGE));
    }
  }

  private static NodePlan.Fate withScale(Node node, PeerOperatorBook book, int zeroPoint) {
    Optional<String> input = book.activation(node.input(0).orElseThrow());
    if (input.isEmpty()
        || !book.hasRange(node.output(0))
        || !(book.plan(input.get()) instanceof TensorPlan.Activation data)) {
      return PeerOperatorRule.kept(NO_RANGE);
    }
    QuantParams params =
        QuantParams.perTensor(book.options().activationType(), 1 / 256f, zeroPoint);
    book.result(
        node.output(0),
        new QuantParams(
            params.type(),
            params.granularity(),
            data.params().real(),
            params.scales(),
            params.zeroPoints()),
        new Range(0f, 1f));
    return PeerOperatorRule.reading(List.of(new NodePlan.Read(0, input.get())));
  }

  /// Reads of the inputs from `first` up to `end` that are there; empty when one has no range.
  private static Optional<List<NodePlan.Read>> reads(
      Node node, int first, int end, PeerOperatorBook book) {
    List<NodePlan.Read> reads = new ArrayList<>();
    for (int i = first; i < Math.min(end, node.inputs().size()); i++) {
      if (node.input(i).isEmpty()) {
        continue;
      }
      Optional<String> key = book.activation(node.input(i).get());
      if (key.isEmpty()) {
        return Optional.empty();
      }
      reads.add(new NodePlan.Read(i, key.get()));
    }
    return Optional.of(reads);
  }
}
