package dev.octet.calibrate;

import dev.octet.data.Batch;
import dev.octet.data.BatchProbe;
import dev.octet.data.Batches;
import dev.octet.data.SampleSource;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Model;
import dev.octet.ir.Tensor;
import dev.octet.runtime.InferenceSession;
import dev.octet.runtime.Progress;
import dev.octet.runtime.SessionOptions;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// How far each channel of a value reaches: what channel equalization goes by.
public final class ChannelReach {
  private static final int BATCH = 32;

  private ChannelReach() {}

  /// The largest absolute value of each channel, axis 1 being the channels. Keeps no activation.
  ///
  /// @param model float model; read only
  /// @param description what messages call it
  /// @param values names of float32 values of rank 2 or more
  /// @return one array a value, in the order asked for
  /// @throws OctetException `BAD_INPUT` when a sample does not fit the model
  public static Map<String, float[]> observe(
      Model model,
      String description,
      Set<String> values,
      SampleSource samples,
      Progress progress) {
    Map<String, float[]> reach = new LinkedHashMap<>();
    long done = 0;
    try (InferenceSession session =
            InferenceSession.observing(model, description, SessionOptions.UNCHANGED, values);
        Stream<Batch> batches =
            Batches.of(samples.samples(), BatchProbe.with(samples).sizeFor(session, BATCH))) {
      for (Iterator<Batch> i = batches.iterator(); i.hasNext(); ) {
        Batch batch = i.next();
        Map<String, Tensor> found = session.run(batch.inputs(), values);
        for (String value : values) {
          Tensor tensor = found.get(value);
          if (tensor == null) {
            throw new IllegalStateException("'" + value + "' was observed but not handed out");
          }
          widen(reach, value, (DenseTensor) tensor);
        }
        done += batch.samples().size();
        progress.update(done, samples.size());
      }
    }
    return reach;
  }

  private static void widen(Map<String, float[]> reach, String value, DenseTensor tensor) {
    int channels = Math.toIntExact(tensor.dims().get(1));
    float[] widest = reach.computeIfAbsent(value, ignored -> new float[channels]);
    float[] data = tensor.toFloatArray();
    int rows = Math.toIntExact(tensor.dims().getFirst());
    int inner = rows == 0 ? 0 : data.length / rows / channels;
    for (int row = 0; row < rows; row++) {
      for (int channel = 0; channel < channels; channel++) {
        int start = (row * channels + channel) * inner;
        float most = widest[channel];
        for (int i = start; i < start + inner; i++) {
          most = Math.max(most, Math.abs(data[i]));
        }
        widest[channel] = most;
      }
    }
  }
}
