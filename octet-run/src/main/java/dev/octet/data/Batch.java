package dev.octet.data;

import dev.octet.ir.Tensor;
import java.util.List;
import java.util.Map;

/// Samples put together for one run.
///
/// @param samples in order, without their tensors' data being copied again
/// @param inputs tensors by input name; the samples' one after another along the first axis
public record Batch(List<Sample> samples, Map<String, Tensor> inputs) {
  /// Rows along the first axis that each sample takes; 1 unless samples are batches themselves.
  public long rowsPerSample() {
    Tensor first = inputs.values().iterator().next();
    return first.dims().isEmpty() ? 1 : first.dims().getFirst() / samples.size();
  }
}
