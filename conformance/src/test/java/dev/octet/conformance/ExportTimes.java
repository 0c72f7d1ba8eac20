package dev.octet.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `bench/export-time` printed: seconds of whole processes, start included.
///
/// @param costs by program, those that both sides exported
record ExportTimes(Map<String, Cost> costs) {
  /// The bar: so much of the peer's time.
  private static final double BAR = 0.1;

  /// @param seconds of `octet export`
  /// @param peerSeconds of `torch.onnx.export`
  /// @param ratio of the two, to three places
  /// @param megabytes resident at the peak, mapped files included
  /// @param peerMegabytes the peer's
  record Cost(
      double seconds, double peerSeconds, double ratio, double megabytes, double peerMegabytes) {
    private static final int COLUMNS = 10;

    // program, MB, our s, its s, ratio, our cpu, its cpu, ratio, our MB, its MB
    private static Cost of(String[] columns) {
      double[] numbers = Arrays.stream(columns).skip(1).mapToDouble(Double::parseDouble).toArray();
      return new Cost(numbers[1], numbers[2], numbers[3], numbers[7], numbers[8]);
    }

    @Override
    public String toString() {
      return "%.2f | %.1f | %.3f | %.0f | %.0f"
          .formatted(seconds, peerSeconds, ratio, megabytes, peerMegabytes);
    }
  }

  static ExportTimes read(Path printed) throws IOException {
    return new ExportTimes(
        Files.readAllLines(printed).stream()
            .map(line -> line.strip().split(" +"))
            .filter(columns -> columns.length == Cost.COLUMNS && !columns[1].equals("MB"))
            .collect(Collectors.toMap(columns -> columns[0], Cost::of)));
  }

  /// Columns of one program, empty ones for a program that was not timed.
  String columns(String program) {
    return Optional.ofNullable(costs.get(program)).map(Cost::toString).orElse("| | | |");
  }

  /// The whole in two lines.
  List<String> summary() {
    double ours = costs.values().stream().mapToDouble(Cost::seconds).sum();
    double theirs = costs.values().stream().mapToDouble(Cost::peerSeconds).sum();
    long within = costs.values().stream().filter(cost -> cost.ratio() <= BAR).count();
    return List.of(
        "Times are of whole processes in turns (`bench/export-time`): %d of %d programs take at most a"
            .formatted(within, costs.size()),
        "tenth of the peer's time; all together take %.3f of it.".formatted(ours / theirs));
  }
}
