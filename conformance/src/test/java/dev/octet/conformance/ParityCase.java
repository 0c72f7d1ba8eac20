package dev.octet.conformance;

import dev.octet.calibrate.PeerOptionsFile;
import dev.octet.ir.Model;
import dev.octet.parity.PeerOptions;
import dev.octet.plan.CalibrationTable;
import dev.octet.plan.OutputFormat;
import dev.octet.testkit.GraphComparison.Fingerprint;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// One thing the peer was asked to do, and what came of it.
///
/// @param name unique; `whole_…` for a trained model that is not ours to ship
/// @param theme what it is about
/// @param format what form it is to give
/// @param arguments the peer's own, as JSON
/// @param model the float model; asked for only when needed
/// @param ranges the peer's ranges
/// @param peer the peer's result; empty where the peer fails
/// @param error how the peer fails
/// @param known data of initializers that [#peer] leaves out
record ParityCase(
    String name,
    String theme,
    OutputFormat format,
    String arguments,
    Supplier<Model> model,
    CalibrationTable ranges,
    Optional<Supplier<Model>> peer,
    Optional<String> error,
    Map<String, Fingerprint> known) {

  /// The arguments, read as `octet quantize --peer-options` reads them.
  ///
  /// @throws dev.octet.diagnostic.OctetException where we refuse them
  PeerOptions options() {
    PeerOptions.Builder builder =
        switch (format) {
          case QDQ -> PeerOptions.qdq();
          case QOPERATOR -> PeerOptions.qoperator();
          case DYNAMIC -> PeerOptions.dynamic();
        };
    PeerOptionsFile.parse(arguments, name, builder);
    return builder.build();
  }

  /// Whether it needs a model that this machine may not have.
  boolean isWhole() {
    return name.startsWith("whole_");
  }

  @Override
  public String toString() {
    return name;
  }
}
