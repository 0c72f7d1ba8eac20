package dev.octet.inspect;

import dev.octet.inspect.ModelDifference.LayerDifference;
import dev.octet.inspect.ModelDifference.Unmatched;
import dev.octet.ir.DenseTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Plain text forms of this package's records.
final class InspectText {
  private static final int SHOWN_VALUES = 16;

  private InspectText() {}

  static List<String> contents(ModelContents contents) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "IR version %d, made by %s"
            .formatted(
                contents.info().irVersion(),
                (contents.info().producerName() + " " + contents.info().producerVersion())
                    .strip()));
    contents
        .opsets()
        .forEach(
            (domain, v) -> lines.add("opset " + (domain.isEmpty() ? "ai.onnx" : domain) + " " + v));
    contents.inputs().forEach(port -> lines.add("input  " + port.name() + "  " + port.type()));
    contents.outputs().forEach(port -> lines.add("output " + port.name() + "  " + port.type()));
    contents
        .operators()
        .forEach(
            op ->
                lines.add(
                    "%6d %s%s"
                        .formatted(
                            op.count(),
                            op.domain().isEmpty() ? "" : op.domain() + ".",
                            op.opType())));
    contents
        .storage()
        .forEach(
            entry ->
                lines.add(
                    "%d %s %s: %d elements, %d bytes"
                        .formatted(
                            entry.tensors(),
                            entry.dataType().name().toLowerCase(Locale.ROOT),
                            entry.place() == ModelContents.Place.INITIALIZER
                                ? "initializers"
                                : "Constant nodes",
                            entry.elements(),
                            entry.bytes())));
    lines.add("parameters " + contents.parameters());
    lines.add(
        String.format(
            Locale.ROOT,
            "integer share of convolutions and matrix products %.1f %%",
            100 * contents.compute().quantizedShare()));
    contents.warnings().forEach(warning -> lines.add("warning: " + warning));
    return lines;
  }

  static List<String> tensor(TensorDetail detail) {
    List<String> lines = new ArrayList<>();
    lines.add(detail.name() + "  " + detail.type() + "  " + detail.source());
    detail
        .quantization()
        .ifPresent(
            found -> {
              lines.add("quantized as " + found.params() + ", at " + found.foundAt());
              lines.add("scale " + shown(found.params().scales()) + from(found.scaleName()));
              lines.add(
                  "zero point " + shown(found.params().zeroPoints()) + from(found.zeroPointName()));
            });
    detail.data().ifPresent(data -> lines.add("stored " + shown(data)));
    if (detail.quantization().isPresent()) {
      detail.realValues().ifPresent(values -> lines.add("real values " + shown(values)));
    }
    detail
        .statistics()
        .ifPresent(
            s ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%d elements in [%.6g, %.6g], mean %.6g, deviation %.6g, %d zeros%s",
                        s.elements(),
                        s.min(),
                        s.max(),
                        s.mean(),
                        s.deviation(),
                        s.zeros(),
                        s.nonFinite() == 0 ? "" : ", " + s.nonFinite() + " not finite")));
    detail.readers().forEach(reader -> lines.add("read by " + reader));
    return lines;
  }

  static List<String> difference(ModelDifference difference) {
    List<String> lines = new ArrayList<>();
    lines.add("rtol " + difference.rtol() + ", atol " + difference.atol());
    for (LayerDifference layer : difference.layers()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-6s %s %s: %d / %d mismatched (%.1f %%), max abs %.6g, max rel %.6g, SQNR %.1f dB",
              layer.role().name().toLowerCase(Locale.ROOT),
              layer.first().node(),
              layer.dims(),
              layer.close().mismatched(),
              layer.close().elements(),
              layer.close().elements() == 0
                  ? 0
                  : 100.0 * layer.close().mismatched() / layer.close().elements(),
              layer.close().maxAbsolute(),
              layer.close().maxRelative(),
              layer.sqnr()));
      lines.add("       " + layer.first().tensor() + " (" + layer.first().storage() + ")");
      lines.add("       " + layer.second().tensor() + " (" + layer.second().storage() + ")");
    }
    for (Unmatched lone : difference.unmatched()) {
      lines.add(
          "only in the %s model: %s '%s' of %s: %s"
              .formatted(
                  lone.side().name().toLowerCase(Locale.ROOT),
                  lone.role().name().toLowerCase(Locale.ROOT),
                  lone.location().tensor(),
                  lone.location().node(),
                  lone.reason()));
    }
    lines.add(difference.pass() ? "alike within tolerance" : "different");
    return lines;
  }

  private static String from(String name) {
    return name.isEmpty() ? " (by default)" : " from '" + name + "'";
  }

  private static String shown(DenseTensor tensor) {
    if (tensor.dataType().isInteger()) {
      int count = (int) Math.min(SHOWN_VALUES, tensor.elementCount());
      long[] head = new long[count];
      for (int i = 0; i < count; i++) {
        head[i] = tensor.longAt(i);
      }
      return Arrays.toString(head) + rest(tensor.elementCount());
    }
    return Constants.isPlainFloat(tensor.dataType())
        ? shown(Constants.floats(tensor))
        : tensor.toString();
  }

  private static String shown(float[] values) {
    return Arrays.toString(Arrays.copyOf(values, Math.min(SHOWN_VALUES, values.length)))
        + rest(values.length);
  }

  private static String shown(int[] values) {
    return Arrays.toString(Arrays.copyOf(values, Math.min(SHOWN_VALUES, values.length)))
        + rest(values.length);
  }

  private static String rest(long count) {
    return count > SHOWN_VALUES ? " and " + (count - SHOWN_VALUES) + " more" : "";
  }
}
