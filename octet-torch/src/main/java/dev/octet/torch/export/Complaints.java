package dev.octet.torch.export;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.AtenNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Collects what could not be translated; equal complaints of one module become one.
final class Complaints {
  private final Map<Diagnostic, Integer> found = new LinkedHashMap<>();

  boolean isEmpty() {
    return found.isEmpty();
  }

  void add(AtenNode node, String reason, String hint) {
    String module = node.modulePath().isEmpty() ? "the model itself" : node.modulePath();
    String line = UserLine.of(node);
    String place = line.isEmpty() ? module : module + " (" + line + ")";
    add(place, node.op() + ": " + reason, hint);
  }

  void add(String place, String message, String hint) {
    found.merge(new Diagnostic("export-unsupported", place, message, hint), 1, Integer::sum);
  }

  void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    List<Diagnostic> diagnostics = new ArrayList<>();
    found.forEach(
        (diagnostic, count) ->
            diagnostics.add(
                count == 1
                    ? diagnostic
                    : new Diagnostic(
                        diagnostic.code(),
                        diagnostic.place(),
                        diagnostic.message() + " (" + count + " times)",
                        diagnostic.hint())));
    throw new OctetException(OctetException.Kind.FAILURE, diagnostics, null);
  }
}
