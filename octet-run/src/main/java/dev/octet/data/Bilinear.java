package dev.octet.data;

/// Resizes by bilinear interpolation, pixels sampled at their centres and the border repeated: what
/// ONNX calls `Resize` with mode `linear` and `half_pixel`, and OpenCV `INTER_LINEAR`.
final class Bilinear {
  private Bilinear() {}

  /// @param plane rows of `width` numbers
  static float[] resized(float[] plane, int width, int height, int newWidth, int newHeight) {
    if (width == newWidth && height == newHeight) {
      return plane;
    }
    int[] left = new int[newWidth];
    float[] right = new float[newWidth];
    for (int x = 0; x < newWidth; x++) {
      double at = position(x, width, newWidth);
      left[x] = Math.min((int) at, Math.max(0, width - 2));
      right[x] = (float) (at - left[x]);
    }
    float[] result = new float[newWidth * newHeight];
    int next = width > 1 ? 1 : 0;
    for (int y = 0; y < newHeight; y++) {
      double at = position(y, height, newHeight);
      int top = Math.min((int) at, Math.max(0, height - 2));
      float below = (float) (at - top);
      int upper = top * width;
      int lower = height > 1 ? upper + width : upper;
      for (int x = 0; x < newWidth; x++) {
        float above = mix(plane[upper + left[x]], plane[upper + left[x] + next], right[x]);
        float under = mix(plane[lower + left[x]], plane[lower + left[x] + next], right[x]);
        result[y * newWidth + x] = mix(above, under, below);
      }
    }
    return result;
  }

  private static double position(int index, int length, int newLength) {
    double at = (index + 0.5) * length / newLength - 0.5;
    return Math.clamp(at, 0, length - 1);
  }

  private static float mix(float a, float b, float share) {
    return a + (b - a) * share;
  }
}
