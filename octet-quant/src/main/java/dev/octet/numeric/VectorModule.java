package dev.octet.numeric;

import java.util.Optional;

/// Whether kernels may use `jdk.incubator.vector`, an incubating module that a JVM only loads when
/// its command line asks for it.
///
/// Classes that mention the module's types must not be touched before [#isPresent()] says yes.
public final class VectorModule {
  /// The JVM flag that makes the module available.
  public static final String FLAG = "--add-modules jdk.incubator.vector";

  private static final boolean PRESENT =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  static {
    notice()
        .ifPresent(
            text -> System.getLogger("dev.octet.numeric").log(System.Logger.Level.WARNING, text));
  }

  private VectorModule() {}

  public static boolean isPresent() {
    return PRESENT;
  }

  /// What a user should know when the fast kernels are off; empty when they are on. Logged once,
  /// when the first kernel is chosen.
  public static Optional<String> notice() {
    return PRESENT
        ? Optional.empty()
        : Optional.of(
            "Vector kernels are off, results are the same but slower; start java " + FLAG);
  }
}
