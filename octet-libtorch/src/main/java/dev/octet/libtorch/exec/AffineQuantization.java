package dev.octet.libtorch.exec;

import static dev.octet.libtorch.exec.Compositions.aten;
import static dev.octet.libtorch.exec.Compositions.clamp;
import static dev.octet.libtorch.exec.Compositions.composed;
import static dev.octet.libtorch.exec.Compositions.to;

import dev.octet.libtorch.exec.Compositions.Given;
import dev.octet.torch.graph.AtenOp;
import dev.octet.torch.graph.TorchDtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/// torchao's operators that `torch.export` keeps, composed of ATen operators in torchao's order:
/// `q = clamp(round(x · (1/scale)) + zero_point)`, `x = (q − zero_point) · scale`, with one scale
/// for each block.
final class AffineQuantization {
  private AffineQuantization() {}

  /// The composition behind an operator; empty when it is not one of these.
  static Optional<Kernel> find(AtenOp op) {
    if (!op.namespace().equals("torchao")) {
      return Optional.empty();
    }
    return switch (op.name()) {
      case "quantize_affine" ->
          Optional.of(
              composed(
                  "input block_size scale zero_point output_dtype quant_min quant_max",
                  given -> List.of(quantize(given))));
      case "dequantize_affine" ->
          Optional.of(
              composed(
                  "input block_size scale zero_point input_dtype quant_min quant_max output_dtype",
                  given -> List.of(dequantize(given))));
      case "choose_qparams_affine" ->
          Optional.of(
              composed(
                  "input mapping_type block_size target_dtype quant_min quant_max eps scale_dtype"
                      + " zero_point_dtype keepdim",
                  AffineQuantization::choose));
      default -> Optional.empty();
    };
  }

  /// A tensor seen with two axes where blocks cut one.
  ///
  /// @param view sizes of the view
  /// @param within axes of the view that lie inside a block
  @SuppressWarnings(
      "ArrayRecordComponent") // Handed from one step of a call to the next, no further.
  private record Blocks(long[] view, long[] within) {
    static Blocks of(Given given) {
      Tensor input = given.get("input").asTensor();
      List<Long> view = new ArrayList<>();
      List<Long> within = new ArrayList<>();
      List<TorchValue> extents = given.get("block_size").asList();
      for (int axis = 0; axis < extents.size(); axis++) {
        long size = input.size(axis);
        long extent = extents.get(axis).asInt();
        if (extent != size && extent > 1) {
          view.add(size / extent);
          within.add((long) view.size());
          view.add(extent);
        } else {
          if (extent != 1) {
            within.add((long) view.size());
          }
          view.add(size);
        }
      }
      return new Blocks(longs(view), longs(within));
    }

    TorchValue of(TorchValue tensor) {
      return aten("reshape", "", tensor, TorchValue.ofInts(view));
    }

    /// A scale or zero point, one for each block, to be spread over the view.
    TorchValue parameter(TorchValue tensor) {
      long[] sizes = view.clone();
      for (long axis : within) {
        sizes[(int) axis] = 1;
      }
      return aten("reshape", "", tensor, TorchValue.ofInts(sizes));
    }

    private static long[] longs(List<Long> values) {
      return values.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private static TorchValue quantize(Given given) {
    Blocks blocks = Blocks.of(given);
    TorchValue inverse = aten("reciprocal", "", blocks.parameter(given.get("scale")));
    TorchValue steps =
        aten("round", "", aten("mul", "Tensor", blocks.of(given.get("input")), inverse));
    TorchValue moved =
        given.get("zero_point") instanceof TorchValue.None
            ? steps
            : aten("add", "Tensor", steps, blocks.parameter(given.get("zero_point")));
    TorchValue codes = clamp(moved, low(given, "output_dtype"), high(given, "output_dtype"));
    return to(aten("view_as", "", codes, given.get("input")), given.get("output_dtype"));
  }

  private static TorchValue dequantize(Given given) {
    Blocks blocks = Blocks.of(given);
    TorchValue type = given.type("output_dtype");
    TorchValue codes = to(blocks.of(given.get("input")), type);
    TorchValue centred =
        given.get("zero_point") instanceof TorchValue.None
            ? codes
            : aten("sub", "Tensor", codes, to(blocks.parameter(given.get("zero_point")), type));
    TorchValue numbers = aten("mul", "Tensor", centred, blocks.parameter(given.get("scale")));
    return to(aten("view_as", "", numbers, given.get("input")), type);
  }

  private static List<TorchValue> choose(Given given) {
    Blocks blocks = Blocks.of(given);
    TorchValue keep = TorchValue.of(false);
    TorchValue axes = TorchValue.ofInts(blocks.within());
    TorchValue view = blocks.of(given.get("input"));
    TorchValue none = TorchValue.none();
    TorchValue low = clamp(aten("amin", "", view, axes, keep), none, TorchValue.of(0.0));
    TorchValue high = clamp(aten("amax", "", view, axes, keep), TorchValue.of(0.0), none);
    TorchValue least = low(given, "target_dtype");
    TorchValue most = high(given, "target_dtype");
    double span = (double) (most.asInt() - least.asInt());
    TorchValue eps =
        given.get("eps") instanceof TorchValue.None
            ? TorchValue.of((double) Float.MIN_NORMAL)
            : given.get("eps");
    String mapping =
        given.get("mapping_type") instanceof TorchValue.OfString(String name) ? name : "";
    TorchValue wide =
        switch (mapping) {
          case "SYMMETRIC" ->
              aten(
                  "div",
                  "Tensor",
                  aten("maximum", "", aten("neg", "", low), high),
                  TorchValue.of(span / 2));
          case "SYMMETRIC_NO_CLIPPING_ERR" ->
              aten(
                  "maximum",
                  "",
                  aten("div", "Tensor", low, TorchValue.of((double) least.asInt())),
                  aten("div", "Tensor", high, TorchValue.of((double) most.asInt())));
          default -> aten("div", "Tensor", aten("sub", "Tensor", high, low), TorchValue.of(span));
        };
    TorchValue scale = clamp(wide, eps, none);
    TorchValue zeroPoint;
    if (mapping.startsWith("SYMMETRIC")) {
      long middle = (most.asInt() + least.asInt() + 1) / 2;
      zeroPoint = aten("full_like", "", scale, TorchValue.of(middle));
    } else {
      TorchValue fromLow = aten("round", "", aten("div", "Tensor", low, scale));
      zeroPoint = clamp(aten("rsub", "Scalar", fromLow, least), least, most);
    }
    return List.of(
        kept(given, to(scale, given.type("scale_dtype"))),
        kept(given, to(zeroPoint, zeroPointType(given))));
  }

  private static TorchValue zeroPointType(Given given) {
    TorchValue type = given.get("zero_point_dtype");
    return type instanceof TorchValue.None
        ? TorchValue.of((long) TorchDtype.INT32.c10Number())
        : type;
  }

  /// One element for each block, in the tensor's own rank when asked for.
  private static TorchValue kept(Given given, TorchValue parameters) {
    TorchValue keep = given.get("keepdim");
    if (keep instanceof TorchValue.None || !keep.asBool()) {
      return parameters;
    }
    Tensor input = given.get("input").asTensor();
    List<TorchValue> extents = given.get("block_size").asList();
    long[] sizes = new long[extents.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      sizes[axis] = input.size(axis) / extents.get(axis).asInt();
    }
    return aten("reshape", "", parameters, TorchValue.ofInts(sizes));
  }

  private static TorchValue low(Given given, String type) {
    return bound(given, "quant_min", type, false);
  }

  private static TorchValue high(Given given, String type) {
    return bound(given, "quant_max", type, true);
  }

  private static TorchValue bound(Given given, String name, String type, boolean upper) {
    TorchValue value = given.get(name);
    if (!(value instanceof TorchValue.None)) {
      return TorchValue.of(
          value instanceof TorchValue.OfFloat(double x) ? (long) x : value.asInt());
    }
    TorchDtype dtype = TorchDtype.fromC10((int) given.get(type).asInt()).orElseThrow();
    boolean signed = dtype != TorchDtype.UINT8 && dtype != TorchDtype.UINT16;
    int bits = 8 * dtype.bytes();
    long most = (1L << (signed ? bits - 1 : bits)) - 1;
    return TorchValue.of(upper ? most : signed ? -most - 1 : 0);
  }
}
