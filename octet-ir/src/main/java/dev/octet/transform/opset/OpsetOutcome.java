package dev.octet.transform.opset;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.Model;
import dev.octet.transform.PassReport;
import java.util.List;

/// What came of an [OpsetConversion].
public sealed interface OpsetOutcome {

  /// The model, in the opset asked for.
  ///
  /// @param model a new model
  /// @param changes nodes rewritten, in the order done; empty when all mean the same as they were
  record Converted(Model model, List<PassReport.Firing> changes) implements OpsetOutcome {
    public Converted {
      changes = List.copyOf(changes);
    }
  }

  /// At least one node has no equal in the opset asked for.
  ///
  /// @param blockers one for each such node; never empty
  record Refused(List<Diagnostic> blockers) implements OpsetOutcome {
    public Refused {
      blockers = List.copyOf(blockers);
    }
  }

  /// The converted model.
  ///
  /// @throws OctetException FAILURE, with every blocker, when the conversion was refused
  default Model orElseThrow() {
    return switch (this) {
      case Converted(Model model, var changes) -> model;
      case Refused(List<Diagnostic> blockers) ->
          throw new OctetException(OctetException.Kind.FAILURE, blockers, null);
    };
  }
}
