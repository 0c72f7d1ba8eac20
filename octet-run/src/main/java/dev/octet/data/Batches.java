package dev.octet.data;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.Tensor;
import dev.octet.runtime.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Puts samples together into batches.
public final class Batches {
  /// Numbers that the inputs of one batch may hold together: what a model computes on the way is
  /// many times that, and a run holds much of it at once. Larger samples run one by one, which
  /// takes
  /// no longer for each.
  private static final long MOST_NUMBERS = 1 << 18;

  private Batches() {}

  /// How many samples a run of the model can take by what its inputs say: `wanted` when the first
  /// dimension of every one is the same symbol, or unknown; 1 otherwise. Whether each sample then
  /// gets the result it gets alone, a [BatchProbe] finds out.
  public static int sizeFor(List<TensorSpec> inputs, int wanted) {
    boolean dynamic =
        inputs.stream()
            .allMatch(
                input ->
                    input.shape().rank() > 0
                        && input.dataType() != DataType.STRING
                        && !(input.shape().dim(0) instanceof Dim.Known));
    boolean shared = inputs.stream().map(Batches::leading).distinct().count() == 1;
    return dynamic && shared ? Math.max(1, wanted) : 1;
  }

  /// The samples in batches of at most `size`, in order. A batch ends early where the next sample
  /// has another shape, or would bring the numbers of all inputs above 262,144. Closing the result
  /// closes `samples`.
  public static Stream<Batch> of(Stream<Sample> samples, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("batches of " + size + " samples");
    }
    return stream(samples, new BatchIterator(samples.sequential().iterator(), size, -1));
  }

  /// As [#of], but a batch also ends at every multiple of `size`, counted from the first sample of
  /// the source: so the batches after some sample are the same whether or not those before it are
  /// run too.
  ///
  /// @param first position of the first of `samples` in their source
  public static Stream<Batch> aligned(Stream<Sample> samples, int size, long first) {
    if (size < 1 || first < 0) {
      throw new IllegalArgumentException("batches of " + size + " samples from " + first);
    }
    return stream(samples, new BatchIterator(samples.sequential().iterator(), size, first));
  }

  private static Stream<Batch> stream(Stream<Sample> samples, Iterator<Batch> batches) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(batches, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(samples::close);
  }

  /// One batch of these samples, all of the same shape.
  ///
  /// @param samples at least one; of those that hold strings, exactly one
  public static Batch join(List<Sample> samples) {
    Sample first = samples.getFirst();
    if (samples.size() == 1) {
      return new Batch(List.of(first), first.inputs());
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (String name : first.inputs().keySet()) {
      inputs.put(
          name,
          concatenate(
              samples.stream()
                  .map(sample -> sample.inputs().get(name))
                  .map(Objects::requireNonNull)
                  .toList()));
    }
    return new Batch(List.copyOf(samples), inputs);
  }

  private static Tensor concatenate(List<Tensor> parts) {
    Tensor first = parts.getFirst();
    long total = parts.stream().mapToLong(Tensor::byteSize).sum();
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(total)]);
    long offset = 0;
    for (Tensor part : parts) {
      MemorySegment.copy(part.data(), 0, data, offset, part.byteSize());
      offset += part.byteSize();
    }
    List<Long> dims = new ArrayList<>(first.dims());
    dims.set(0, dims.getFirst() * parts.size());
    return new DenseTensor(first.dataType(), dims, data);
  }

  private static Object leading(TensorSpec input) {
    return input.shape().rank() == 0 ? input : input.shape().dim(0);
  }

  private static long numbers(Sample sample) {
    return sample.inputs().values().stream().mapToLong(Tensor::elementCount).sum();
  }

  static boolean sameShape(Sample a, Sample b) {
    return a.inputs().keySet().equals(b.inputs().keySet())
        && a.inputs().entrySet().stream()
            .allMatch(
                entry -> {
                  Tensor other = b.inputs().get(entry.getKey());
                  return other != null && other.dims().equals(entry.getValue().dims());
                });
  }

  private static final class BatchIterator implements Iterator<Batch> {
    private final Iterator<Sample> samples;
    private final int size;
    private @Nullable Sample pending;
    private long position;

    /// @param position of the next sample where batches end at multiples of `size`; else negative
    BatchIterator(Iterator<Sample> samples, int size, long position) {
      this.samples = samples;
      this.size = size;
      this.position = position;
    }

    @Override
    public boolean hasNext() {
      return pending != null || samples.hasNext();
    }

    @Override
    public Batch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Sample first = pending != null ? pending : samples.next();
      pending = null;
      List<Sample> gathered = new ArrayList<>(List.of(first));
      long aligned = position < 0 ? size : size - position % size;
      long limit = Math.min(aligned, MOST_NUMBERS / Math.clamp(numbers(first), 1, MOST_NUMBERS));
      while (gathered.size() < limit && samples.hasNext()) {
        Sample next = samples.next();
        if (!sameShape(first, next)) {
          pending = next;
          break;
        }
        gathered.add(next);
      }
      position += position < 0 ? 0 : gathered.size();
      return join(gathered);
    }
  }
}
