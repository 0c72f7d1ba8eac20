package dev.octet.ir.io;

/// The file beside a model that holds the data of its larger initializers.
///
/// @param fileName plain name of a file in the model's folder
/// @param threshold bytes from which on an initializer goes there; at least 1
public record ExternalData(String fileName, long threshold) {
  /// What is put beside a model where nobody says otherwise, in bytes.
  public static final long DEFAULT_THRESHOLD = 1024;

  /// @throws IllegalArgumentException when the name is empty or leads into another folder, or the
  ///     threshold is below 1
  public ExternalData {
    boolean plain =
        !fileName.isEmpty()
            && !fileName.contains("/")
            && !fileName.contains("\\")
            && !fileName.equals(".")
            && !fileName.equals("..");
    if (!plain) {
      throw new IllegalArgumentException("'" + fileName + "' is not the plain name of a file");
    }
    if (threshold < 1) {
      throw new IllegalArgumentException("threshold " + threshold + " is below 1 byte");
    }
  }
}
