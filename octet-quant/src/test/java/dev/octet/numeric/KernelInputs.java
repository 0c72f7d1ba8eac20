package dev.octet.numeric;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Values and grids on which kernels could disagree.
final class KernelInputs {
  /// Around the widths of vectors, and larger ones that are no multiple of any.
  static final int[] SIZES = {0, 1, 3, 7, 8, 15, 16, 17, 31, 33, 63, 65, 207, 1023, 4099};

  private KernelInputs() {}

  /// Grids with steps that are and are not powers of two, and zero points at both ends and between.
  static List<ScaleChoice> grids(QuantType type) {
    List<ScaleChoice> grids = new ArrayList<>();
    for (float scale : new float[] {0.5f, 0.0123f, 1e-30f, 3e30f, Float.MIN_NORMAL}) {
      int[] zeros =
          type.isFloat()
              ? new int[1]
              : new int[] {type.qmin(), 0, (type.qmin() + type.qmax()) / 2, type.qmax()};
      for (int zero : zeros) {
        grids.add(new ScaleChoice(scale, zero));
      }
    }
    return grids;
  }

  /// Ties, saturating, tiny, huge, infinite and not-a-number values among ordinary ones.
  static float[] values(int size, float scale, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (random.nextInt(12)) {
            case 0 -> (random.nextInt(600) - 300 + 0.5f) * scale;
            case 1 -> Math.nextUp((random.nextInt(600) - 300 + 0.5f) * scale);
            case 2 -> (random.nextInt(200_000) - 100_000) * scale;
            case 3 -> Float.MIN_VALUE * random.nextInt(-5, 6);
            case 4 -> random.nextBoolean() ? Float.MAX_VALUE : -Float.MAX_VALUE;
            case 5 -> random.nextBoolean() ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
            case 6 -> random.nextBoolean() ? 0f : -0f;
            case 7 -> Float.NaN;
            default -> (float) random.nextGaussian() * 100 * scale;
          };
    }
    return values;
  }
}
