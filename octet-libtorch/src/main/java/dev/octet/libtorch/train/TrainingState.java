package dev.octet.libtorch.train;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.libtorch.exec.ProgramTensors;
import dev.octet.torch.archive.CheckpointReader;
import dev.octet.torch.archive.SafetensorsWriter;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/// How far training is: steps made, epochs behind it, the best weights; and, with [Checkpoints],
/// all
/// of that in a file together with the weights and the optimizer's memory.
///
/// The file is one, written whole and then moved, so that there is always a state to go on from.
final class TrainingState {
  private static final String FILE = "training.safetensors";
  private static final String BEST = "best.safetensors";
  private static final int COLUMNS = 6;

  private final TrainingPlan plan;
  private final Optional<Checkpoints> checkpoints;
  private final String course;
  private final ProgramState network;
  private final AdamW optimizer;
  private final List<EpochResult> history = new ArrayList<>();
  private Map<String, TorchTensor> best;
  private long step;
  private double lossSum;

  TrainingState(
      TrainingPlan plan,
      TrainingOptions options,
      int samples,
      ProgramState network,
      AdamW optimizer) {
    this.plan = plan;
    this.checkpoints = options.checkpoints();
    this.course = course(plan, options, samples);
    this.network = network;
    this.optimizer = optimizer;
    this.best = plan.program().state();
  }

  /// Steps made so far.
  long step() {
    return step;
  }

  /// Sum of the losses of the epoch's steps so far.
  double lossSum() {
    return lossSum;
  }

  List<EpochResult> history() {
    return List.copyOf(history);
  }

  /// The state of the best epoch, by fully qualified name; what training started from before there
  /// is one.
  Map<String, TorchTensor> best() {
    return best;
  }

  Optional<EpochResult> bestSoFar() {
    return history.stream().filter(EpochResult::best).reduce((_, later) -> later);
  }

  /// Notes a step, and keeps the state if it is time.
  ///
  /// @param last whether it was the epoch's last: then its end keeps the state
  void stepped(double loss, boolean last) {
    step++;
    lossSum += loss;
    if (!last && checkpoints.filter(each -> step % each.everySteps() == 0).isPresent()) {
      save(checkpoints.get().folder());
    }
  }

  /// Notes an epoch's end, and keeps the state.
  void epochEnded(EpochResult result) {
    history.add(result);
    lossSum = 0;
    if (result.best()) {
      best = network.snapshot();
    }
    checkpoints.ifPresent(
        each -> {
          if (result.best()) {
            SafetensorsWriter.write(best, each.folder().resolve(BEST));
          }
          save(each.folder());
        });
  }

  /// Goes back to where training was stopped, if it was.
  ///
  /// @throws OctetException (`USAGE`) when the state there is that of another training,
  ///     (`BAD_INPUT`) when it is broken
  void resume() {
    Path folder = checkpoints.map(Checkpoints::folder).orElse(null);
    if (folder == null) {
      return;
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw OctetException.failure(
          "unwritable", folder.toString(), "the folder cannot be made: " + e.getMessage(), "", e);
    }
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      restore(file, CheckpointReader.read(file).tensors());
    }
  }

  private void restore(Path file, Map<String, TorchTensor> tensors) {
    String found = text(required(file, tensors, "course"));
    if (!found.equals(course)) {
      throw OctetException.usage(
          "another-training",
          file.toString(),
          "is the state of another training: %s, not %s".formatted(found, course),
          "repeat the options and data it was started with, or give another folder");
    }
    try (PointerScope scope = new PointerScope();
        NoGradGuard noGradients = new NoGradGuard()) {
      live()
          .forEach(
              (name, tensor) -> tensor.copy_(ProgramTensors.copyOf(required(file, tensors, name))));
    }
    DenseTensor progress = required(file, tensors, "progress").toDense();
    step = progress.longAt(0);
    lossSum = required(file, tensors, "loss").toDense().doubleAt(0);
    DenseTensor epochs = required(file, tensors, "history").toDense();
    for (int i = 0; i < epochs.dims().getFirst(); i++) {
      history.add(epoch(epochs, i * COLUMNS));
    }
    if (bestSoFar().isPresent()) {
      Map<String, TorchTensor> kept = new LinkedHashMap<>(plan.program().state());
      kept.replaceAll(
          (name, own) ->
              required(file, tensors, "best." + name).withRequiresGrad(own.requiresGrad()));
      best = kept;
    }
  }

  private void save(Path folder) {
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    byte[] text = course.getBytes(StandardCharsets.UTF_8);
    tensors.put("course", TorchTensor.of(DenseTensor.ofBytes(DataType.UINT8, text, text.length)));
    tensors.put("progress", TorchTensor.of(DenseTensor.ofLongs(new long[] {step}, 1)));
    tensors.put("loss", doubles(1, new double[] {lossSum}));
    double[] epochs = new double[history.size() * COLUMNS];
    for (int i = 0; i < history.size(); i++) {
      put(history.get(i), epochs, i * COLUMNS);
    }
    tensors.put("history", doubles(history.size(), epochs));
    live().forEach((name, tensor) -> tensors.put(name, ProgramTensors.toProgram(tensor)));
    if (bestSoFar().isPresent()) {
      best.forEach((name, tensor) -> tensors.put("best." + name, tensor));
    }
    SafetensorsWriter.write(tensors, folder.resolve(FILE));
  }

  /// Everything a step changes, by name.
  private Map<String, Tensor> live() {
    Map<String, Tensor> live = new LinkedHashMap<>();
    network.persistent().forEach((name, tensor) -> live.put("state." + name, tensor));
    optimizer.memory().forEach((name, tensor) -> live.put("optimizer." + name, tensor));
    return live;
  }

  /// What must be the same for a state to be gone on from.
  private static String course(TrainingPlan plan, TrainingOptions options, int samples) {
    CRC32 start = new CRC32();
    plan.program()
        .state()
        .forEach(
            (name, tensor) -> {
              start.update(name.getBytes(StandardCharsets.UTF_8));
              start.update(tensor.toDense().data().asByteBuffer());
            });
    return ("%s, %d epochs, batches of %d, %s, decay %s, smoothing %s, mixup %s, clip %s, seed %d,"
            + " %d samples, weights %08x")
        .formatted(
            plan.objective(),
            options.epochs(),
            options.batchSize(),
            options.learningRate(),
            options.weightDecay(),
            options.labelSmoothing(),
            options.mixUp(),
            options.clipNorm(),
            options.seed(),
            samples,
            start.getValue());
  }

  private static void put(EpochResult epoch, double[] to, int at) {
    to[at] = epoch.epoch();
    to[at + 1] = epoch.loss();
    to[at + 2] = epoch.validationLoss();
    to[at + 3] = epoch.validationAccuracy().orElse(-1);
    to[at + 4] = epoch.learningRate();
    to[at + 5] = epoch.best() ? 1 : 0;
  }

  private static EpochResult epoch(DenseTensor from, int at) {
    double accuracy = from.doubleAt(at + 3);
    return new EpochResult(
        (int) from.doubleAt(at),
        from.doubleAt(at + 1),
        from.doubleAt(at + 2),
        accuracy < 0 ? OptionalDouble.empty() : OptionalDouble.of(accuracy),
        from.doubleAt(at + 4),
        from.doubleAt(at + 5) == 1);
  }

  private static TorchTensor required(Path file, Map<String, TorchTensor> tensors, String name) {
    TorchTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw OctetException.badInput(
          "checkpoint-broken", file.toString(), "lacks " + name, "delete it to start anew");
    }
    return tensor;
  }

  private static TorchTensor doubles(int rows, double[] values) {
    MemorySegment segment = MemorySegment.ofArray(new byte[values.length * Double.BYTES]);
    for (int i = 0; i < values.length; i++) {
      segment.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i, values[i]);
    }
    List<Long> dims = List.of((long) rows, (long) values.length / Math.max(rows, 1));
    return TorchTensor.of(new DenseTensor(DataType.DOUBLE, dims, segment));
  }

  private static String text(TorchTensor tensor) {
    byte[] bytes = tensor.toDense().data().toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
