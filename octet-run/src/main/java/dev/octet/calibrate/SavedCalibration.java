package dev.octet.calibrate;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.ir.io.ModelWriter;
import dev.octet.plan.CalibrationNeeds;
import dev.octet.plan.CalibrationTable;
import dev.octet.stats.Collector;
import dev.octet.stats.MovingAverageCollector;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Statistics with what they are of, so that they can be kept, gone on from and put together with
/// those of other samples, and nothing is put together that does not belong so.
///
/// @param origin what was run
/// @param needs what was to be observed
/// @param calibration what was seen so far
public record SavedCalibration(Origin origin, CalibrationNeeds needs, Calibration calibration) {

  /// What was run.
  ///
  /// @param model the first 16 hexadecimal digits of the SHA-256 of the encoded model
  /// @param samples how many the source has
  /// @param batchSize samples a run, where the model takes that many
  public record Origin(String model, long samples, int batchSize) {
    private static final int DIGITS = 16;

    public static Origin of(Model model, long samples, int batchSize) {
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(ModelWriter.encode(model));
        return new Origin(HexFormat.of().formatHex(hash).substring(0, DIGITS), samples, batchSize);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }

  /// Whether all samples were run.
  public boolean isComplete() {
    return calibration.samples() == origin.samples();
  }

  /// The ranges, by the methods asked for.
  public CalibrationTable table() {
    return calibration.table(needs);
  }

  /// What one run over the samples of all parts would have seen, bit for bit.
  ///
  /// @param parts of the same model, needs and sample source, and of different samples; their
  ///     collectors are used up
  /// @throws OctetException `USAGE` when they do not belong together
  public static SavedCalibration merged(List<SavedCalibration> parts) {
    List<SavedCalibration> order = new ArrayList<>(parts);
    if (order.stream().anyMatch(part -> part.calibration.samples() > 0)) {
      order.removeIf(part -> part.calibration.samples() == 0);
    }
    order.sort(Comparator.comparingLong(SavedCalibration::start));
    SavedCalibration first = order.getFirst();
    List<Span> covered = new ArrayList<>();
    SortedMap<Long, String> names = new TreeMap<>();
    for (SavedCalibration part : order) {
      if (!part.origin.equals(first.origin) || !part.needs.equals(first.needs)) {
        throw OctetException.usage(
            "calibrations-differ",
            "statistics of " + part.calibration.covered(),
            "are not of the same model, samples, batches and methods as those of "
                + first.calibration.covered(),
            "calibrate every part with the same options but --shard");
      }
      covered.addAll(part.calibration.covered());
      names.putAll(part.calibration.names());
    }
    List<Span> joined = joined(covered);
    Map<String, Collector> collectors = new LinkedHashMap<>(first.calibration.collectors());
    for (SavedCalibration part : order.subList(1, order.size())) {
      Map<String, Collector> found = part.calibration.collectors();
      collectors.keySet().retainAll(found.keySet()); // the others hold no floats
      collectors.forEach((name, whole) -> whole.merge(Objects.requireNonNull(found.get(name))));
    }
    settle(collectors.values(), joined);
    keepWitnesses(names, collectors.values(), joined);
    return new SavedCalibration(
        first.origin, first.needs, new Calibration(joined, collectors, names));
  }

  /// Averages what no sample can come before any more.
  static void settle(Collection<Collector> collectors, List<Span> covered) {
    if (covered.isEmpty() || covered.getFirst().first() > 0) {
      return;
    }
    for (Collector collector : collectors) {
      if (collector instanceof MovingAverageCollector average) {
        average.settleBefore(covered.getFirst().end());
      }
    }
  }

  /// Keeps the names of samples that set an extreme, and of the last one.
  static void keepWitnesses(
      SortedMap<Long, String> names, Collection<Collector> collectors, List<Span> covered) {
    Set<Long> kept = new HashSet<>();
    for (Collector collector : collectors) {
      collector.minSample().ifPresent(kept::add);
      collector.maxSample().ifPresent(kept::add);
    }
    if (!covered.isEmpty()) {
      kept.add(covered.getLast().end() - 1);
    }
    names.keySet().retainAll(kept);
  }

  private long start() {
    return calibration.covered().isEmpty() ? 0 : calibration.covered().getFirst().first();
  }

  /// Spans in order, those that meet joined.
  private static List<Span> joined(List<Span> spans) {
    List<Span> order = new ArrayList<>(spans);
    order.removeIf(span -> span.size() == 0);
    order.sort(Comparator.comparingLong(Span::first));
    List<Span> joined = new ArrayList<>();
    for (Span span : order) {
      Span last = joined.isEmpty() ? new Span(0, 0) : joined.getLast();
      if (span.first() < last.end()) {
        throw OctetException.usage(
            "samples-twice",
            "sample " + span.first(),
            "is in two of the parts",
            "give each part once");
      }
      if (!joined.isEmpty() && span.first() == last.end()) {
        joined.set(joined.size() - 1, new Span(last.first(), span.end()));
      } else {
        joined.add(span);
      }
    }
    return joined;
  }
}
