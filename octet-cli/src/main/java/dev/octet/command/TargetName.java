package dev.octet.command;

import dev.octet.diagnostic.OctetException;
import dev.octet.target.Target;
import org.jspecify.annotations.Nullable;

/// What `--target` takes.
final class TargetName {
  private TargetName() {}

  /// The processor of this name; this machine's for none.
  ///
  /// @throws OctetException of kind `USAGE` for a name that is none
  static Target parse(@Nullable String name) {
    if (name == null) {
      return Target.here();
    }
    return Target.parse(name)
        .orElseThrow(
            () ->
                OctetException.usage(
                    "bad-option",
                    "--target",
                    "'" + name + "' is no target known here",
                    "one of " + Target.names()));
  }
}
