package dev.octet.torch.export;

import dev.octet.ir.Attribute;
import dev.octet.ir.DataType;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Value;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The short-time Fourier transform → a convolution with windowed waves, or `STFT` where the waves
/// would be too large a constant; its inverse → the transposed convolution, divided by how much the
/// windows overlap.
final class SpectrogramTranslator implements AtenTranslator {
  @Override
  public Set<String> operators() {
    return Set.of("aten.stft", "aten.istft");
  }

  @Override
  public Translation translate(Call call, OnnxNodes onnx) {
    int n = Math.toIntExact(call.integer("n_fft"));
    if (call.op().equals("stft")) {
      return Translation.of(frames(call, onnx, n));
    }
    if (n > Waves.LONGEST) {
      return Translation.unsupported(
          "the inverse of a short-time transform longer than " + Waves.LONGEST);
    }
    return Translation.of(signal(call, onnx, n));
  }

  private static long hop(Call call, int n) {
    return call.given("hop_length") ? call.integer("hop_length") : n / 4;
  }

  /// The window, in the middle of as many places as the transform has.
  private static Optional<Value> window(Call call, OnnxNodes onnx, int n) {
    Optional<Value> window = call.maybeTensor("window");
    long length = call.given("win_length") ? call.integer("win_length") : n;
    if (length == n) {
      return window;
    }
    DataType type = FourierTranslator.type(call);
    Value own =
        window.orElseGet(() -> onnx.add("Expand", onnx.scalar(type, 1), onnx.vector(length)));
    long before = (n - length) / 2;
    return Optional.of(onnx.add("Pad", own, onnx.vector(before, n - length - before)));
  }

  private static Value frames(Call call, OnnxNodes onnx, int n) {
    boolean batched = call.rank("self") == 2;
    Value signal =
        onnx.add("Unsqueeze", call.tensor("self"), batched ? onnx.vector(1) : onnx.vector(0, 1));
    if (AtenSchemas.standard().parameter(call.node().op(), "center").isPresent()
        && call.flag("center")) {
      String mode = call.text("pad_mode").equals("constant") ? "constant" : "reflect";
      signal =
          onnx.add(
              NodeSpec.of("Pad")
                  .inputs(signal, onnx.vector(0, 0, n / 2, 0, 0, n / 2))
                  .attribute("mode", Attribute.of(mode)));
    }
    boolean oneSided = !call.given("onesided") || call.flag("onesided");
    double factor = call.flag("normalized") ? 1 / Math.sqrt(n) : 1;
    Value pairs =
        n > Waves.LONGEST
            ? transformed(call, onnx, signal, n, oneSided, factor)
            : filtered(call, onnx, signal, n, oneSided, factor);
    return batched ? pairs : onnx.add("Squeeze", pairs, onnx.vector(0));
  }

  // [N, 1, L] to [N, F, T, 2].
  private static Value transformed(
      Call call, OnnxNodes onnx, Value signal, int n, boolean oneSided, double factor) {
    Value last = AxisOrderTranslator.transpose(onnx, signal, List.of(0L, 2L, 1L));
    Value step = onnx.scalar(DataType.INT64, hop(call, n));
    DataType type = FourierTranslator.type(call);
    Value window =
        window(call, onnx, n)
            .orElseGet(() -> onnx.add("Expand", onnx.scalar(type, 1), onnx.vector(n)));
    Value frames =
        onnx.add(
            NodeSpec.of("STFT").inputs(last, step, window).attribute("onesided", oneSided ? 1 : 0));
    Value turned = AxisOrderTranslator.transpose(onnx, frames, List.of(0L, 2L, 1L, 3L));
    return factor == 1 ? turned : onnx.add("Mul", turned, onnx.scalar(type, factor));
  }

  // Every frequency is a filter of one channel, windowed; frames are the filter's places.
  private static Value filtered(
      Call call, OnnxNodes onnx, Value signal, int n, boolean oneSided, double factor) {
    int frequencies = oneSided ? n / 2 + 1 : n;
    double[] filters = new double[2 * frequencies * n];
    for (int k = 0; k < frequencies; k++) {
      for (int t = 0; t < n; t++) {
        double angle = Waves.angle((long) k * t, n);
        filters[k * n + t] = factor * Math.cos(angle);
        filters[(frequencies + k) * n + t] = -factor * Math.sin(angle);
      }
    }
    Value waves =
        onnx.numbers("waves", FourierTranslator.type(call), filters, 2L * frequencies, 1, n);
    Value weight =
        window(call, onnx, n).map(window -> onnx.add("Mul", waves, window)).orElse(waves);
    Value both =
        onnx.add(
            NodeSpec.of("Conv")
                .inputs(signal, weight)
                .attribute("strides", Attribute.ints(hop(call, n))));
    Value parted = onnx.add("Reshape", both, onnx.vector(0, 2, frequencies, -1));
    return AxisOrderTranslator.transpose(onnx, parted, List.of(0L, 2L, 3L, 1L));
  }

  private static Value signal(Call call, OnnxNodes onnx, int n) {
    if (call.given("onesided") && !call.flag("onesided")) {
      throw new UnsupportedArgument("the inverse of a two-sided short-time transform");
    }
    DataType type = FourierTranslator.type(call);
    boolean batched = call.rank("self") == 3;
    Value self = call.tensor("self");
    Value pairs = batched ? self : onnx.add("Unsqueeze", self, onnx.vector(0));
    Value turned = AxisOrderTranslator.transpose(onnx, pairs, List.of(0L, 3L, 1L, 2L));
    int frequencies = n / 2 + 1;
    // [N, 2, F, T] to a channel for each real number.
    Value channels = onnx.add("Reshape", turned, onnx.vector(0, 2L * frequencies, -1));
    double factor = call.flag("normalized") ? 1 / Math.sqrt(n) : 1.0 / n;
    double[] cos = Waves.inverse(n, factor, Math::cos);
    double[] sin = Waves.inverse(n, -factor, Math::sin);
    double[] filters = new double[2 * cos.length];
    System.arraycopy(cos, 0, filters, 0, cos.length);
    System.arraycopy(sin, 0, filters, cos.length, sin.length);
    Value waves = onnx.numbers("waves", type, filters, 2L * frequencies, 1, n);
    Optional<Value> window = window(call, onnx, n);
    Value weight = window.map(each -> onnx.add("Mul", waves, each)).orElse(waves);
    Value sums = overlapped(call, onnx, channels, weight, n);
    Value frame = SlicingTranslator.slice(onnx, channels, 1, Size.of(0), Size.of(1), 1);
    Value first = SlicingTranslator.slice(onnx, frame, 0, Size.of(0), Size.of(1), 1);
    Value ones = onnx.add("Expand", onnx.scalar(type, 1), onnx.shapeOf(first));
    Value plain = onnx.add("Expand", onnx.scalar(type, 1), onnx.vector(n));
    Value square = window.map(each -> onnx.add("Mul", each, each)).orElse(plain);
    Value overlap =
        overlapped(call, onnx, ones, onnx.add("Reshape", square, onnx.vector(1, 1, n)), n);
    long margin = call.flag("center") ? n / 2 : 0;
    Value signal = onnx.add("Div", cut(call, onnx, sums, margin), cut(call, onnx, overlap, margin));
    Value whole = call.given("length") ? lengthened(call, onnx, signal) : signal;
    return onnx.add("Squeeze", whole, batched ? onnx.vector(1) : onnx.vector(0, 1));
  }

  private static Value overlapped(Call call, OnnxNodes onnx, Value frames, Value weight, int n) {
    return onnx.add(
        NodeSpec.of("ConvTranspose")
            .inputs(frames, weight)
            .attribute("strides", Attribute.ints(hop(call, n))));
  }

  private static Value cut(Call call, OnnxNodes onnx, Value signal, long margin) {
    Size end =
        call.given("length")
            ? Size.of(margin + call.integer("length"))
            : Size.of(margin == 0 ? Long.MAX_VALUE : -margin);
    return SlicingTranslator.slice(onnx, signal, 2, Size.of(margin), end, 1);
  }

  // What the frames do not reach is zero.
  private static Value lengthened(Call call, OnnxNodes onnx, Value signal) {
    Value there = onnx.add(NodeSpec.of("Shape").inputs(signal).attribute("start", 2));
    Value missing = onnx.add("Sub", onnx.vector(call.integer("length")), there);
    Value pads =
        onnx.add(
            NodeSpec.of("Concat").inputs(onnx.vector(0, 0, 0, 0, 0), missing).attribute("axis", 0));
    return onnx.add("Pad", signal, pads);
  }
}
