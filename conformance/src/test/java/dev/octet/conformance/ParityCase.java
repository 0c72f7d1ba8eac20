package dev.octet.conformance;

import dev.octet.ir.Model;
import dev.octet.parity.PeerOptions;
import dev.octet.plan.CalibrationTable;
import dev.octet.testkit.GraphComparison.Fingerprint;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One thing the peer was asked to do, and what came of it.
///
/// @param name unique; `whole_…` for a trained model that is not ours to ship
/// @param theme what it is about
/// @param options the arguments
/// @param arguments the arguments as the peer takes them, for people
/// @param model the float model; asked for only when needed
/// @param ranges the peer's ranges
/// @param peer the peer's result; empty where the peer fails
/// @param error how the peer fails
/// @param known data of initializers that [#peer] leaves out
record ParityCase(
    String name,
    String theme,
    PeerOptions options,
    String arguments,
    Supplier<Model> model,
    CalibrationTable ranges,
    Optional<Supplier<Model>> peer,
    Optional<String> error,
    Map<String, Fingerprint> known) {

  /// Whether it needs a model that this machine may not have.
  boolean isWhole() {
    return name.startsWith("whole_");
  }

  @Override
  public String toString() {
    return name;
  }
}
