package dev.octet.data;

import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Shape;
import dev.octet.runtime.TensorSpec;
import java.util.Arrays;
import java.util.List;

/// A model's one input as a place for sound: floats of shape `[batch, 1, ..., time]`.
///
/// @param name of the input
/// @param rank number of dimensions, at least 1
/// @param length samples the model takes; -1 when it takes any number
record AudioInput(String name, int rank, int length) {

  /// @throws OctetException `USAGE` when the inputs are not for one channel of sound
  static AudioInput of(List<TensorSpec> inputs) {
    if (inputs.size() != 1) {
      throw unfit(inputs.toString());
    }
    TensorSpec input = inputs.getFirst();
    Shape shape = input.shape();
    boolean fits = input.dataType() == DataType.FLOAT && shape.rank() >= 1;
    for (int axis = 0; axis < shape.rank() - 1; axis++) {
      fits &= !(shape.dim(axis) instanceof Dim.Known(long size)) || size == 1;
    }
    if (!fits) {
      throw unfit(input.toString());
    }
    int length =
        shape.dim(shape.rank() - 1) instanceof Dim.Known(long size) ? Math.toIntExact(size) : -1;
    return new AudioInput(input.name(), shape.rank(), length);
  }

  /// The sound at the model's rate and length: cut, or followed by silence.
  DenseTensor tensor(Waveform sound, int sampleRate) {
    int limit = length < 0 ? Integer.MAX_VALUE : length;
    float[] samples = sound.resampled(sampleRate, limit).samples();
    float[] fitted = length < 0 ? samples : Arrays.copyOf(samples, length);
    long[] dims = new long[rank];
    Arrays.fill(dims, 1);
    dims[rank - 1] = fitted.length;
    return DenseTensor.ofFloats(fitted, dims);
  }

  private static OctetException unfit(String found) {
    return OctetException.usage(
        "input-not-audio",
        "samples",
        "sound goes into one input of floats shaped [batch,1,time] or [batch,time]; the model has "
            + found,
        "give samples as .npy or .npz arrays");
  }
}
