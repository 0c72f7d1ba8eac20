package dev.octet.ir.io;

/// The files beside a model that hold the data of its larger initializers.
///
/// What a runtime may need to know shapes stays in the model whatever its size: vectors and scalars
/// of up to 1,024 INT64 numbers, or 16 of another type. ONNX Runtime (1.30) refuses to open a model
/// in which an operator's target shape, axes or scales lie outside.
///
/// @param fileName plain name of a file in the model's folder; with one file for each tensor, what
///     their names start with
/// @param threshold bytes from which on an initializer goes there; at least 1
/// @param files how the data is spread
public record ExternalData(String fileName, long threshold, Files files) {
  /// What is put beside a model where nobody says otherwise, in bytes.
  public static final long DEFAULT_THRESHOLD = 1024;

  /// How data is spread over files.
  public enum Files {
    /// All of it in one, each tensor at a multiple of 4 KiB.
    ONE,
    /// Each tensor in one of its own: the common name, a dot, the tensor's name.
    EACH_TENSOR
  }

  /// One file.
  ///
  /// @throws IllegalArgumentException as the other constructor does
  public ExternalData(String fileName, long threshold) {
    this(fileName, threshold, Files.ONE);
  }

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
