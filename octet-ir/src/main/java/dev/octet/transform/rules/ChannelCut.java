package dev.octet.transform.rules;

import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.ir.TensorMemory;
import dev.octet.ir.ValueType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Takes channels out of tensors and their types.
///
/// @param channels how many there are
/// @param gone those taken out
record ChannelCut(int channels, BitSet gone) {
  int left() {
    return channels - gone.cardinality();
  }

  /// What is left of a tensor that has the channels along one axis.
  ///
  /// @param repeat elements along the axis that belong to each channel
  DenseTensor of(DenseTensor tensor, int axis, int repeat) {
    List<Long> dims = new ArrayList<>(tensor.dims());
    long inner =
        tensor.dims().subList(axis + 1, dims.size()).stream().reduce(1L, Math::multiplyExact);
    long bytes = inner * repeat * tensor.dataType().bits() / 8;
    long outer = tensor.byteSize() / (bytes * channels);
    dims.set(axis, (long) left() * repeat);
    MemorySegment target = TensorMemory.allocate(outer * left() * bytes);
    long at = 0;
    for (long row = 0; row < outer; row++) {
      for (int channel = gone.nextClearBit(0);
          channel < channels;
          channel = gone.nextClearBit(channel + 1)) {
        long from = (row * channels + channel) * bytes;
        MemorySegment.copy(tensor.data(), from, target, at, bytes);
        at += bytes;
      }
    }
    TensorMemory.release(tensor.data());
    TensorMemory.release(target);
    return new DenseTensor(tensor.dataType(), dims, target);
  }

  /// The type of a tensor without the channels.
  ValueType of(ValueType type, int axis, int repeat) {
    if (!(type instanceof ValueType.OfTensor(var dataType, Shape shape)) || shape == null) {
      return type;
    }
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.set(axis, Dim.of((long) left() * repeat));
    return ValueType.tensor(dataType, Shape.of(dims));
  }
}
