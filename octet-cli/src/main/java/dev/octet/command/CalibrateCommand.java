package dev.octet.command;

import dev.octet.calibrate.Checkpoint;
import dev.octet.calibrate.Shard;
import dev.octet.diagnostic.OctetException;
import dev.octet.flow.CalibrateFlow;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.Symmetry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    description = {
      "Run samples through an ONNX model and write the ranges of its activations as a table, with"
          + " the statistics they were decided from.",
      "The result does not depend on batches, threads or interruptions, nor on how the samples were"
          + " divided among processes; moving averages are of samples in their order, not of"
          + " batches. NaN and infinite values are refused with the tensor and the sample."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  octet calibrate m5.onnx --data train.zip -o ranges.json",
      "  octet calibrate m5.onnx --data train.zip -o ranges.json --resume progress.json",
      "  octet calibrate m5.onnx --data train.zip -o part1.json --shard 1/2",
      "  octet calibrate --merge part1.json part2.json -o ranges.json",
      "  octet calibrate m5.onnx --data train.zip -o ranges.json --peer-cache cache.json",
    })
final class CalibrateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A float .onnx file; with --merge, tables written with --shard.")
  private List<Path> files = List.of();

  @Option(
      names = "--merge",
      description = "Put the tables of several parts together instead of calibrating.")
  private boolean merge;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The table to write, as JSON.")
  private @Nullable Path output;

  @Option(
      names = "--method",
      defaultValue = "mse",
      paramLabel = "METHOD",
      description =
          "How ranges are chosen: minmax, mse, mae, entropy, percentile[:P] (99.999), distribution"
              + " (float8), moving-average[:C] (0.01). The statistics kept serve every other of"
              + " these but moving-average, minmax's only itself. Default: ${DEFAULT-VALUE}.")
  private String method = "mse";

  @Option(
      names = "--activations",
      defaultValue = "UINT8",
      paramLabel = "TYPE",
      description = "Type the ranges are for: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private QuantType activations = QuantType.UINT8;

  @Option(names = "--symmetric", description = "Ranges as long below 0 as above.")
  private boolean symmetric;

  @Option(
      names = "--shard",
      paramLabel = "I/N",
      description = "Run the Ith of N parts of the samples only; --merge joins the tables.")
  private @Nullable String shard;

  @Option(
      names = "--resume",
      paramLabel = "FILE",
      description =
          "Keep progress in this file, and go on from it if it is there. It is deleted when the"
              + " table is written.")
  private @Nullable Path resume;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Samples between two writings of the progress. Default: ${DEFAULT-VALUE}.")
  private int checkpointEvery = 1000;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Samples a run at most; large samples run in smaller batches. Default: ${DEFAULT-VALUE}.")
  private int batchSize = 32;

  @Option(
      names = "--peer-cache",
      paramLabel = "FILE",
      description =
          "Also write the ranges as onnxruntime.quantization's calibration cache; of every value"
              + " then, as that tool asks for.")
  private @Nullable Path peerCache;

  @Option(
      names = "--tensorrt",
      paramLabel = "FOLDER",
      description =
          "Also write calibration.cache, calibration.flatbuffers and calibration.json for"
              + " TensorRT.")
  private @Nullable Path tensorRt;

  @Mixin private ResultOptions result = new ResultOptions();

  @Override
  public Integer call() {
    result.check();
    CalibrateFlow.Outputs outputs =
        new CalibrateFlow.Outputs(
            Options.given(output), Optional.ofNullable(peerCache), Optional.ofNullable(tensorRt));
    CalibrateFlow.Result found;
    if (merge) {
      found = CalibrateFlow.merge(files, outputs);
    } else {
      try (TerminalProgress progress = TerminalProgress.create()) {
        found = CalibrateFlow.run(request(), outputs, progress);
      }
    }
    result.show(found.json(), found::report);
    return ExitCodes.OK;
  }

  private CalibrateFlow.Request request() {
    if (files.size() != 1) {
      throw OctetException.usage(
          "bad-option", "MODEL", "one model is calibrated, given " + files, "--merge joins tables");
    }
    return new CalibrateFlow.Request(
        files.getFirst(),
        data.request(),
        Options.calibration("--method", method),
        activations,
        symmetric ? Symmetry.SYMMETRIC : Symmetry.ASYMMETRIC,
        shard == null ? Shard.WHOLE : shard(shard),
        Optional.ofNullable(resume)
            .map(
                file ->
                    Options.checked(
                        "--checkpoint-every", () -> new Checkpoint(file, checkpointEvery))),
        batchSize);
  }

  private static Shard shard(String text) {
    return Shard.parse(text)
        .orElseThrow(
            () ->
                OctetException.usage(
                    "bad-option", "--shard", "'" + text + "' is no part", "such as 1/4 to 4/4"));
  }
}
