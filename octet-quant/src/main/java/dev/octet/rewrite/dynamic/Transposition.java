package dev.octet.rewrite.dynamic;

/// Matrices of bytes with rows and columns exchanged.
final class Transposition {
  private Transposition() {}

  /// Each of `count` row-major matrices of `rows` by `columns`.
  static byte[] ofMatrices(byte[] data, int count, int rows, int columns) {
    byte[] result = new byte[data.length];
    for (int matrix = 0; matrix < count; matrix++) {
      int start = matrix * rows * columns;
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          result[start + column * rows + row] = data[start + row * columns + column];
        }
      }
    }
    return result;
  }
}
