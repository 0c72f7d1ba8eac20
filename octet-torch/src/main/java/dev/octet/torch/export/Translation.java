package dev.octet.torch.export;

import dev.octet.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What became of one call.
sealed interface Translation {

  /// Tensors for the call's results, in order; `null` or missing for results that this translation
  /// does not compute, which is fine as long as nothing reads them.
  record Values(List<@Nullable Value> values) implements Translation {
    public Values {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  /// A size, for calls that compute on sizes.
  record Scalar(Size size) implements Translation {}

  /// The call cannot be expressed.
  ///
  /// @param reason what stands in the way
  /// @param hint what the user can do; may be empty
  record Unsupported(String reason, String hint) implements Translation {}

  static Translation of(Value value) {
    return new Values(List.of(value));
  }

  static Translation of(List<? extends @Nullable Value> values) {
    return new Values(new ArrayList<>(values));
  }

  static Translation of(Size size) {
    return new Scalar(size);
  }

  static Translation unsupported(String reason) {
    return new Unsupported(reason, new UnsupportedArgument(reason).hint());
  }

  static Translation unsupported(String reason, String hint) {
    return new Unsupported(reason, hint);
  }
}
