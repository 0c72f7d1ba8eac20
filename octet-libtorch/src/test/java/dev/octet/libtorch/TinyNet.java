package dev.octet.libtorch;

import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.torch.graph.AtenArgument;
import dev.octet.torch.graph.AtenGraph;
import dev.octet.torch.graph.AtenNode;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.ModuleCall;
import dev.octet.torch.graph.NamedArgument;
import dev.octet.torch.graph.OutputSpec;
import dev.octet.torch.graph.ProgramInfo;
import dev.octet.torch.graph.SymInt;
import dev.octet.torch.graph.SymRange;
import dev.octet.torch.graph.TensorMeta;
import dev.octet.torch.graph.TorchDevice;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchLayout;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/// M5 in small, written down as `torch.export` would: `[N, 1, 64]` to `[N, 1, 3]` log-probabilities
/// through convolution, batch normalization, ReLU and pooling (twice), averaging, `permute` and a
/// linear layer. Weights are seeded.
public final class TinyNet {
  public static final int CLASSES = 3;
  private static final int LENGTH = 64;

  private final List<AtenArgument> inputs = new ArrayList<>();
  private final List<InputSpec> specs = new ArrayList<>();
  private final Map<String, TorchTensor> state = new LinkedHashMap<>();
  private final Map<String, TensorMeta> values = new LinkedHashMap<>();
  private final List<AtenNode> nodes = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(5);

  private TinyNet() {}

  public static ExportedProgram program() {
    return new TinyNet().build();
  }

  /// Labelled waves of three pitches in noise, `count` of each.
  public static SampleSource waves(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count * CLASSES; i++) {
      int label = i % CLASSES;
      double phase = random.nextDouble() * 6;
      float[] wave = new float[LENGTH];
      for (int t = 0; t < LENGTH; t++) {
        double tone = Math.sin(phase + t * (0.3 + 0.4 * label));
        wave[t] = (float) (0.7 * tone + 0.2 * random.nextGaussian());
      }
      samples.add(
          new Sample(
              "wave " + i,
              Map.of("x", DenseTensor.ofFloats(wave, 1, 1, LENGTH)),
              OptionalInt.of(label)));
    }
    return SampleSource.of(List.of("low", "middle", "high"), samples);
  }

  private ExportedProgram build() {
    block("block1", 1, 6, 5);
    block("block2", 6, 8, 3);
    parameter("fc.weight", 0.4, CLASSES, 8);
    parameter("fc.bias", 0.1, CLASSES);
    inputs.add(AtenArgument.tensor("x"));
    specs.add(new InputSpec.UserInput(AtenArgument.tensor("x")));
    values.put("x", meta(1, LENGTH));
    String value = layers("block1", "x", 6, 60);
    value = layers("block2", value, 8, 28);
    node("avg_pool1d", "avg_pool1d", meta(8, 1), ref("self", value), ints("kernel_size", 14));
    node("permute", "permute", meta(1, 8), ref("self", "avg_pool1d"), ints("dims", 0, 2, 1));
    node(
        "linear",
        "linear",
        meta(1, CLASSES),
        ref("input", "permute"),
        ref("weight", "p_fc_weight"),
        ref("bias", "p_fc_bias"));
    nodes.add(
        AtenNode.of(
            "log_softmax",
            AtenOp.aten("log_softmax", "int"),
            List.of(ref("self", "linear"), NamedArgument.of("dim", AtenArgument.of(2L))),
            Map.of()));
    values.put("log_softmax", meta(1, CLASSES));
    AtenGraph graph =
        new AtenGraph(
            inputs,
            nodes,
            List.of(AtenArgument.tensor("log_softmax")),
            values,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            false);
    String leaf = "[1, {\"type\": null, \"context\": null, \"children_spec\": []}]";
    return new ExportedProgram(
        graph,
        specs,
        List.of(new OutputSpec.UserOutput(AtenArgument.tensor("log_softmax"))),
        state,
        Map.of(),
        Map.of("s0", new SymRange(1L, null)),
        List.of(
            new ModuleCall(
                "", new ModuleCall.Signature(List.of(), List.of(), leaf, leaf, List.of("x")))),
        new ProgramInfo(
            8,
            20,
            "2.13.0",
            List.of("TRAINING"),
            Map.of("aten", 10L),
            List.of(),
            Map.of(),
            Map.of()),
        Map.of(),
        null);
  }

  private void block(String name, int in, int out, int kernel) {
    parameter(name + ".conv.weight", 1 / Math.sqrt(in * kernel), out, in, kernel);
    parameter(name + ".conv.bias", 0.1, out);
    parameter(name + ".bn.weight", 0, out);
    parameter(name + ".bn.bias", 0.1, out);
    buffer(name + ".bn.running_mean", DenseTensor.ofFloats(random(out, 0.1, 0), out));
    buffer(name + ".bn.running_var", DenseTensor.ofFloats(random(out, 0.3, 1), out));
    buffer(name + ".bn.num_batches_tracked", DenseTensor.scalar(0L));
  }

  private String layers(String block, String input, long channels, long length) {
    TensorMeta facts = meta(channels, length);
    String p = "p_" + block + "_";
    String b = "b_" + block + "_bn_";
    String conv = block + "_conv1d";
    node(
        conv,
        "conv1d",
        facts,
        ref("input", input),
        ref("weight", p + "conv_weight"),
        ref("bias", p + "conv_bias"));
    String norm = block + "_batch_norm";
    node(
        norm,
        "batch_norm",
        facts,
        ref("input", conv),
        ref("weight", p + "bn_weight"),
        ref("bias", p + "bn_bias"),
        ref("running_mean", b + "running_mean"),
        ref("running_var", b + "running_var"),
        NamedArgument.of("training", AtenArgument.of(false)),
        NamedArgument.of("momentum", AtenArgument.of(0.1)),
        NamedArgument.of("eps", AtenArgument.of(1e-5)),
        NamedArgument.of("cudnn_enabled", AtenArgument.of(true)));
    node(block + "_relu", "relu", facts, ref("self", norm));
    String pool = block + "_max_pool1d";
    node(
        pool,
        "max_pool1d",
        meta(channels, length / 2),
        ref("self", block + "_relu"),
        ints("kernel_size", 2),
        ints("stride", 2));
    return pool;
  }

  private void node(String name, String op, TensorMeta facts, NamedArgument... arguments) {
    nodes.add(
        AtenNode.of(
            name, AtenOp.aten(op, "default"), List.of(arguments), Map.of("origin", "tiny net")));
    values.put(name, facts);
  }

  private void parameter(String fqn, double spread, long... sizes) {
    int count = 1;
    for (long size : sizes) {
      count *= (int) size;
    }
    boolean scale = fqn.endsWith("bn.weight");
    float[] data = scale ? random(count, 0.2, 1) : random(count, spread, 0);
    String value = "p_" + fqn.replace('.', '_');
    TorchTensor tensor = TorchTensor.of(DenseTensor.ofFloats(data, sizes)).withRequiresGrad(true);
    register(value, fqn, tensor);
    specs.add(new InputSpec.Parameter(value, fqn));
  }

  private void buffer(String fqn, DenseTensor data) {
    String value = "b_" + fqn.replace('.', '_');
    register(value, fqn, TorchTensor.of(data));
    specs.add(new InputSpec.Buffer(value, fqn, true));
  }

  private void register(String value, String fqn, TorchTensor tensor) {
    inputs.add(AtenArgument.tensor(value));
    values.put(value, tensor.meta());
    state.put(fqn, tensor);
  }

  private float[] random(int count, double spread, double centre) {
    float[] data = new float[count];
    for (int i = 0; i < count; i++) {
      data[i] = (float) (centre + spread * (2 * random.nextDouble() - 1));
    }
    return data;
  }

  private static NamedArgument ref(String name, String value) {
    return NamedArgument.of(name, AtenArgument.tensor(value));
  }

  private static NamedArgument ints(String name, long... values) {
    return NamedArgument.of(name, AtenArgument.ints(values));
  }

  private static TensorMeta meta(long... rest) {
    List<SymInt> sizes = new ArrayList<>();
    sizes.add(new SymInt.Expression("Symbol('s0', positive=True, integer=True)", 2L));
    List<SymInt> strides = new ArrayList<>(List.of(SymInt.of(1)));
    for (long size : rest) {
      sizes.add(SymInt.of(size));
      strides.add(SymInt.of(1));
    }
    return new TensorMeta(
        TorchDtype.FLOAT32,
        sizes,
        false,
        TorchDevice.CPU,
        strides,
        SymInt.of(0),
        TorchLayout.STRIDED);
  }
}
