package dev.octet.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// Keeps ONNX Runtime from reporting on its user.
///
/// Since 1.29 it gathers usage data on Linux and macOS too, when a process first makes its
/// environment, and sends it. For that it searches the process's command line with a regular
/// expression whose stack grows with the line: a class path of some five thousand characters, of
/// which many a JVM has more, kills the process by a segmentation fault, without a word. Only the
/// variable `ORT_DISABLE_TELEMETRY` stops it in time, and a JVM can set one for native code only
/// through the C library.
final class Telemetry {
  private static final String SWITCH = "ORT_DISABLE_TELEMETRY";

  private Telemetry() {}

  /// Before the environment is made; whoever has set the variable has decided already.
  static void turnOffBefore() {
    if (System.getenv(SWITCH) != null) {
      return;
    }
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return; // Windows, which has another kind, turned off below
    }
    FunctionDescriptor signature =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int)
              linker
                  .downcallHandle(setenv.get(), signature)
                  .invokeExact(arena.allocateFrom(SWITCH), arena.allocateFrom("1"), 0);
      if (failed != 0) {
        throw new IllegalStateException("the C library did not set " + SWITCH);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable cause) {
      throw new IllegalStateException(cause);
    }
  }

  /// After it was made: what a system reports by other means.
  static void turnOff(OrtEnvironment environment) {
    if ("0".equals(System.getenv(SWITCH))) {
      return;
    }
    try {
      environment.setTelemetry(false);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
