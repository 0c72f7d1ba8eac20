package dev.octet.libtorch.quantize;

import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraphBuilder;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Writes scaled dot product attention as the products and the softmax it is made of, since what
/// lies between them can only be put on a grid where it has a name. The formula is PyTorch's own:
/// the scale is split between query and key by its root.
///
/// Attention with dropout, grouped queries, or a causal mask over sizes that vary stays whole, and
/// then in float.
final class AttentionOpening {
  private static final String OP = "scaled_dot_product_attention";

  private final AtenGraphBuilder graph;
  private final AtenNode call;
  private final List<AtenNode> calls = new ArrayList<>();

  private AttentionOpening(AtenGraphBuilder graph, AtenNode call) {
    this.graph = graph;
    this.call = call;
  }

  /// The program with every attention opened that can be.
  static ExportedProgram open(ExportedProgram program) {
    AtenGraphBuilder graph = AtenGraphBuilder.of(program.graph());
    for (AtenNode node : program.graph().nodes()) {
      if (node.op().name().equals(OP)) {
        new AttentionOpening(graph, node).open();
      }
    }
    return program.withGraph(graph.build());
  }

  private void open() {
    TensorMeta query = meta("query");
    TensorMeta key = meta("key");
    int rank = query.rank();
    double scale = scale(query);
    Optional<List<Long>> causal = causal(query, key);
    boolean isCausal = is("is_causal");
    if (!Double.isFinite(scale)
        || number("dropout_p", 0) != 0
        || is("enable_gqa")
        || (isCausal && causal.isEmpty())) {
      return;
    }
    double root = Math.sqrt(scale);
    TensorMeta turned = swapped(key, rank - 2, rank - 1);
    String scaledQuery =
        add("query_scaled", "mul", "Tensor", query, ref("self", "query"), factor(root));
    String turnedKey =
        add(
            "key_turned",
            "transpose",
            "int",
            turned,
            ref("self", "key"),
            NamedArgument.of("dim0", AtenArgument.of(-2L)),
            NamedArgument.of("dim1", AtenArgument.of(-1L)));
    String scaledKey =
        add("key_scaled", "mul", "Tensor", turned, tensor("self", turnedKey), factor(root));
    List<SymInt> sizes = new ArrayList<>(query.sizes());
    sizes.set(rank - 1, key.sizes().get(rank - 2));
    TensorMeta square = sized(query, sizes);
    String scores =
        add(
            "scores",
            "matmul",
            "default",
            square,
            tensor("self", scaledQuery),
            tensor("other", scaledKey));
    if (isCausal) {
      scores = plus(scores, causalMask(causal.orElseThrow()), square);
    }
    String weights = weights(scores, square);
    AtenNode product =
        new AtenNode(
            call.name(),
            AtenOp.aten("matmul", "default"),
            List.of(tensor("self", weights), ref("other", "value")),
            call.outputs(),
            call.metadata(),
            null);
    calls.add(product);
    graph.replaceNode(call.name(), calls);
  }

  private String weights(String scores, TensorMeta square) {
    Optional<String> mask = call.tensorArgument("attn_mask");
    if (mask.isEmpty()) {
      return softmax(scores, square);
    }
    TensorMeta facts = graph.meta(mask.get());
    if (facts.dtype() != TorchDtype.BOOL) {
      return softmax(plus(scores, mask.get(), square), square);
    }
    String hidden = add("hidden", "logical_not", "default", facts, tensor("self", mask.get()));
    String masked = filled(scores, hidden, Double.NEGATIVE_INFINITY, square);
    String raw = softmax(masked, square);
    // A row with nothing to attend to is zero in PyTorch, not a number after softmax.
    String empty =
        add("empty", "isnan", "default", square.withDtype(TorchDtype.BOOL), tensor("self", raw));
    return filled(raw, empty, 0, square);
  }

  private String causalMask(List<Long> sizes) {
    TensorMeta meta = TensorMeta.contiguous(meta("query").dtype(), sizes.get(0), sizes.get(1));
    String full =
        add(
            "hidden",
            "full",
            "default",
            meta,
            NamedArgument.of("size", new AtenArgument.Ints(sizes)),
            NamedArgument.of("fill_value", AtenArgument.of(Double.NEGATIVE_INFINITY)),
            NamedArgument.keyword("dtype", AtenArgument.of(meta.dtype())));
    return add(
        "causal",
        "triu",
        "default",
        meta,
        tensor("self", full),
        NamedArgument.of("diagonal", AtenArgument.of(1L)));
  }

  private String plus(String scores, String mask, TensorMeta square) {
    return add("masked", "add", "Tensor", square, tensor("self", scores), tensor("other", mask));
  }

  private String softmax(String scores, TensorMeta square) {
    return add(
        "attention",
        "softmax",
        "int",
        square,
        tensor("self", scores),
        NamedArgument.of("dim", AtenArgument.of(-1L)));
  }

  private String filled(String value, String where, double with, TensorMeta meta) {
    return add(
        "filled",
        "masked_fill",
        "Scalar",
        meta,
        tensor("self", value),
        tensor("mask", where),
        NamedArgument.of("value", AtenArgument.of(with)));
  }

  private String add(
      String hint, String op, String overload, TensorMeta meta, NamedArgument... arguments) {
    String name = graph.freshName(call.name() + "_" + hint);
    calls.add(AtenNode.of(name, AtenOp.aten(op, overload), List.of(arguments), call.metadata()));
    graph.setMeta(name, meta);
    return name;
  }

  /// NaN where it depends on a size that varies.
  private double scale(TensorMeta query) {
    if (call.argument("scale").orElse(null) instanceof AtenArgument.FloatValue(double given)) {
      return given;
    }
    return query.sizes().getLast() instanceof SymInt.Known(long features)
        ? 1 / Math.sqrt((double) features)
        : Double.NaN;
  }

  private static Optional<List<Long>> causal(TensorMeta query, TensorMeta key) {
    return query.sizes().get(query.rank() - 2) instanceof SymInt.Known(long length)
            && key.sizes().get(key.rank() - 2) instanceof SymInt.Known(long others)
        ? Optional.of(List.of(length, others))
        : Optional.empty();
  }

  private TensorMeta meta(String argument) {
    return graph.meta(call.tensorArgument(argument).orElseThrow());
  }

  private boolean is(String argument) {
    return call.argument(argument).filter(AtenArgument.of(true)::equals).isPresent();
  }

  private double number(String argument, double absent) {
    return call.argument(argument).orElse(null) instanceof AtenArgument.FloatValue(double value)
        ? value
        : absent;
  }

  private NamedArgument ref(String name, String argument) {
    return tensor(name, call.tensorArgument(argument).orElseThrow());
  }

  private static NamedArgument factor(double value) {
    return NamedArgument.of("other", AtenArgument.of(value));
  }

  private static NamedArgument tensor(String name, String value) {
    return NamedArgument.of(name, AtenArgument.tensor(value));
  }

  private static TensorMeta swapped(TensorMeta meta, int one, int other) {
    List<SymInt> sizes = new ArrayList<>(meta.sizes());
    List<SymInt> strides = new ArrayList<>(meta.strides());
    Collections.swap(sizes, one, other);
    Collections.swap(strides, one, other);
    return new TensorMeta(
        meta.dtype(),
        sizes,
        meta.requiresGrad(),
        meta.device(),
        strides,
        meta.storageOffset(),
        meta.layout());
  }

  private static TensorMeta sized(TensorMeta meta, List<SymInt> sizes) {
    return new TensorMeta(
        meta.dtype(),
        sizes,
        meta.requiresGrad(),
        meta.device(),
        meta.strides(),
        meta.storageOffset(),
        meta.layout());
  }
}
