package dev.octet.bench;

import dev.octet.data.RandomSamples;
import dev.octet.data.Sample;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelReader;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.PreparedRun;
import dev.octet.runtime.RuntimeEvaluator;
import dev.octet.runtime.SessionOptions;
import dev.octet.transform.rules.FoldConstants;
import dev.octet.transform.rules.StandardPipelines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// What preparing does to speed: each model as it is, as Octet prepares it, and as the peer did,
/// all with ONNX Runtime's optimizer on, one thread, batch 1. Turns are interleaved, so that a
/// change of the machine's mood meets all; medians are printed, and ratios to the model as it is.
public final class PreparedLatency {
  private static final int ROUNDS = 41;
  private static final double SECONDS_A_TURN = 0.05;

  private PreparedLatency() {}

  /// Arguments: folder of models; then, if there is one, folder of the same models as the peer
  /// prepared them, under the same names.
  public static void main(String[] arguments) throws IOException {
    List<Path> models;
    try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
      models = files.filter(file -> file.toString().endsWith(".onnx")).sorted().toList();
    }
    System.out.println("model                       variant    nodes   median ms   ratio");
    for (Path file : models) {
      Model original = ModelReader.read(file);
      Model ours = original.copy();
      StandardPipelines.prepare(new RuntimeEvaluator(), FoldConstants.DEFAULT_LIMIT).run(ours);
      Map<String, Model> variants = new LinkedHashMap<>();
      variants.put("as it is", original);
      variants.put("octet", ours);
      if (arguments.length > 1) {
        Path peer = Path.of(arguments[1]).resolve(file.getFileName());
        if (Files.exists(peer)) {
          variants.put("peer", ModelReader.read(peer));
        }
      }
      compare(file.getFileName().toString(), variants);
    }
  }

  private static void compare(String name, Map<String, Model> variants) {
    List<InferenceSession> sessions = new ArrayList<>();
    List<PreparedRun> runs = new ArrayList<>();
    try {
      Map<String, List<Double>> times = new LinkedHashMap<>();
      for (Map.Entry<String, Model> variant : variants.entrySet()) {
        InferenceSession session =
            InferenceSession.open(variant.getValue(), variant.getKey(), SessionOptions.DEFAULT);
        sessions.add(session);
        try (Stream<Sample> samples = RandomSamples.of(session.inputs(), 1, 0).samples()) {
          runs.add(session.prepare(samples.findFirst().orElseThrow().inputs()));
        }
        times.put(variant.getKey(), new ArrayList<>());
      }
      for (int round = 0; round < ROUNDS; round++) {
        int i = 0;
        for (List<Double> turns : times.values()) {
          turns.add(turn(runs.get(i++)));
        }
      }
      double first = median(times.values().iterator().next());
      times.forEach(
          (variant, turns) ->
              System.out.printf(
                  "%-27s %-9s %6d %11.4f %7.3f%n",
                  name,
                  variant,
                  Objects.requireNonNull(variants.get(variant)).graph().nodeCount(),
                  median(turns),
                  median(turns) / first));
    } finally {
      runs.forEach(PreparedRun::close);
      sessions.forEach(InferenceSession::close);
    }
  }

  /// Milliseconds a run takes, over as many runs as fit the turn, after one that does not count.
  private static double turn(PreparedRun run) {
    run.run();
    long start = System.nanoTime();
    int count = 0;
    double elapsed;
    do {
      run.run();
      count++;
      elapsed = (System.nanoTime() - start) / 1e9;
    } while (elapsed < SECONDS_A_TURN);
    return elapsed * 1e3 / count;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
