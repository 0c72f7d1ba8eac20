package dev.octet.libtorch.align;

import static org.assertj.core.api.Assertions.assertThat;

import dev.octet.align.Tolerance;
import dev.octet.align.layers.LayerAgreement;
import dev.octet.align.layers.LayerAligner;
import dev.octet.align.layers.LayerAlignment;
import dev.octet.align.layers.Observable;
import dev.octet.align.layers.Place;
import dev.octet.align.layers.Times;
import dev.octet.data.Sample;
import dev.octet.data.SampleSource;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.ir.io.ModelReader;
import dev.octet.libtorch.exec.LibtorchInterpreter;
import dev.octet.observe.Recording;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import dev.octet.testkit.SharedData;
import dev.octet.torch.archive.Pt2Reader;
import dev.octet.torch.export.ExportOptions;
import dev.octet.torch.export.TorchExporter;
import dev.octet.torch.graph.ExportedProgram;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What libtorch computes in branches and bodies, against the export on ONNX Runtime.
class ProgramBodiesTest {
  private static final String THEN = "cond.true_graph_0/linear";
  private static final String ELSE = "cond.false_graph_0/mul";

  @Test
  void onlyTheBranchTakenIsCompared() {
    assertThat(compared(align("cond", ones(1)))).contains(THEN).doesNotContain(ELSE);
    assertThat(compared(align("cond", ones(-1)))).contains(ELSE).doesNotContain(THEN);
    LayerAlignment both = align("cond", ones(1), ones(-1), input(1, 8, 4));
    assertThat(both.pass()).isTrue();
    assertThat(both.unseen()).isEmpty();
    assertThat(layer(both, THEN).times().orElseThrow().compared()).isEqualTo(2);
    assertThat(layer(both, ELSE).times().orElseThrow().compared()).isEqualTo(1);
  }

  @Test
  void conditionIsAskedOnceMoreThanTheBodyRuns() {
    ExportedProgram program = Pt2Reader.read(SharedData.pt2("while.pt2"));
    String condition = "while_loop.while_loop_cond_graph_0";
    String body = "while_loop.while_loop_body_graph_0/mul";
    Set<String> names = Set.of(condition + ".first/lt", condition + ".next/lt", body);
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter("while", program)) {
      Map<String, Tensor> inputs = Map.of("x", input(interpreter, 1));
      Map<String, Recording> seen = interpreter.record(inputs, names, 1 << 20);
      assertThat(rounds(recording(seen, condition + ".first/lt"))).containsExactly(List.of(0L));
      assertThat(rounds(recording(seen, condition + ".next/lt")))
          .containsExactly(List.of(1L), List.of(2L), List.of(3L));
      assertThat(rounds(recording(seen, body)))
          .containsExactly(List.of(0L), List.of(1L), List.of(2L));
      Recording first = recording(interpreter.record(inputs, names, 1), body);
      assertThat(rounds(first)).containsExactly(List.of(0L));
      assertThat(first.times()).isEqualTo(3);
    }
  }

  @Test
  void placesTellTheNodeTheBodyAndTheUsersLine() {
    LayerAgreement layer = layer(align("while", ones(1)), "while_loop.while_loop_body_graph_0/mul");
    Place place = layer.pair().reference();
    assertThat(place.bodies())
        .containsExactly(new Place.Body("while_loop", "while_loop_body_graph_0", true));
    assertThat(place.line()).contains("misc.py:21");
    assertThat(layer.times().map(Times::compared)).contains(3L);
  }

  @Test
  void notesOfTorchOnnxTellTheValuesOfBranches() throws IOException {
    ExportedProgram program = Pt2Reader.read(SharedData.pt2("cond.pt2"));
    Model model;
    try (InputStream file =
        Objects.requireNonNull(getClass().getResourceAsStream("/torch_onnx/cond.onnx"))) {
      model = ModelReader.parse(file.readAllBytes());
    }
    Map<String, String> pairs = new HashMap<>();
    ProgramPairs.of(program, model, value -> true)
        .pairs()
        .forEach(pair -> pairs.put(pair.reference().value(), pair.other().value()));
    assertThat(pairs)
        .containsEntry(THEN, "node_cond__0.then_branch/linear_true_graph_0")
        .containsEntry(ELSE, "node_cond__0.else_branch/mul_false_graph_0")
        .containsEntry("cond_1.true_graph_1/add", "node_cond_1__0.then_branch/add_true_graph_1");
  }

  private static List<List<Long>> rounds(Recording recording) {
    return recording.moments().stream().map(Recording.Moment::rounds).toList();
  }

  private static List<String> compared(LayerAlignment alignment) {
    return alignment.layers().stream().map(layer -> layer.pair().reference().value()).toList();
  }

  private static LayerAgreement layer(LayerAlignment alignment, String value) {
    return alignment.layers().stream()
        .filter(layer -> layer.pair().reference().value().equals(value))
        .findFirst()
        .orElseThrow();
  }

  private static LayerAlignment align(String name, DenseTensor... inputs) {
    ExportedProgram program = Pt2Reader.read(SharedData.pt2(name + ".pt2"));
    Model model = TorchExporter.export(program, ExportOptions.standard());
    List<Sample> samples =
        Arrays.stream(inputs).map(x -> Sample.unlabelled("a sample", Map.of("x", x))).toList();
    try (LibtorchInterpreter interpreter = new LibtorchInterpreter(name, program)) {
      return LayerAligner.align(
          new ObservedProgram(interpreter),
          Observable.of(model, "the model", SessionOptions.UNCHANGED),
          ProgramPairs.of(program, model, value -> true),
          SampleSource.of(List.of(), samples),
          Tolerance.FLOAT32,
          Progress.NONE);
    }
  }

  private static DenseTensor input(LibtorchInterpreter interpreter, float value) {
    return input(value, interpreter.inputs().getFirst().shape().sizes());
  }

  private static DenseTensor ones(float factor) {
    return input(factor, 3, 4);
  }

  private static DenseTensor input(float value, long... dims) {
    float[] values = new float[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, value);
    return DenseTensor.ofFloats(values, dims);
  }

  private static Recording recording(Map<String, Recording> seen, String name) {
    return Objects.requireNonNull(seen.get(name), name);
  }
}
