package dev.octet.stats;

import java.util.Arrays;

/// Smallest and largest value of each of some samples, in order of their indices.
final class SampleExtremes {
  private static final int FIRST_CAPACITY = 16;

  private long[] samples = new long[FIRST_CAPACITY];
  private float[] mins = new float[FIRST_CAPACITY];
  private float[] maxs = new float[FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  long sample(int position) {
    return samples[position];
  }

  float min(int position) {
    return mins[position];
  }

  float max(int position) {
    return maxs[position];
  }

  /// Adds a sample, or more values of one that is there. Cheap when samples come in order.
  void add(long sample, float min, float max) {
    int at = size > 0 && samples[size - 1] < sample ? ~size : search(sample);
    if (at >= 0) {
      mins[at] = Math.min(mins[at], min);
      maxs[at] = Math.max(maxs[at], max);
      return;
    }
    if (size == samples.length) {
      samples = Arrays.copyOf(samples, 2 * size);
      mins = Arrays.copyOf(mins, 2 * size);
      maxs = Arrays.copyOf(maxs, 2 * size);
    }
    int place = ~at;
    System.arraycopy(samples, place, samples, place + 1, size - place);
    System.arraycopy(mins, place, mins, place + 1, size - place);
    System.arraycopy(maxs, place, maxs, place + 1, size - place);
    samples[place] = sample;
    mins[place] = min;
    maxs[place] = max;
    size++;
  }

  void removeFirst(int count) {
    System.arraycopy(samples, count, samples, 0, size - count);
    System.arraycopy(mins, count, mins, 0, size - count);
    System.arraycopy(maxs, count, maxs, 0, size - count);
    size -= count;
  }

  private int search(long sample) {
    return Arrays.binarySearch(samples, 0, size, sample);
  }
}
