package dev.octet.torch.archive;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors by name, without a program: what a `.pth` or safetensors file holds.
///
/// @param tensors by name, in the order of the file; names of nested dictionaries are joined by
///     dots
/// @param leftOut what the file holds besides and Octet does not read, one clause each
public record Checkpoint(Map<String, TorchTensor> tensors, List<String> leftOut) {
  private static final int MOST_COMPLAINTS = 10;

  public Checkpoint {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    leftOut = List.copyOf(leftOut);
  }

  /// The program with these weights instead of its own. Names may all stand under one prefix, such
  /// as `model.` or `state_dict.`; what else the checkpoint holds is ignored.
  ///
  /// @param place what to call the checkpoint in messages
  /// @throws OctetException of kind `BAD_INPUT` when a parameter or buffer is missing or of another
  ///     size or type; all are named
  public ExportedProgram into(ExportedProgram program, String place) {
    String prefix = prefix(program);
    Map<String, TorchTensor> state = new LinkedHashMap<>();
    List<Diagnostic> complaints = new ArrayList<>();
    program
        .state()
        .forEach(
            (name, own) -> {
              TorchTensor other = tensors.get(prefix + name);
              if (other == null) {
                complaints.add(complaint(place, name, "is missing"));
              } else if (!other.sizes().equals(own.sizes()) || other.dtype() != own.dtype()) {
                complaints.add(
                    complaint(
                        place,
                        name,
                        "is %s%s, the program has %s%s"
                            .formatted(other.dtype(), other.sizes(), own.dtype(), own.sizes())));
              } else {
                state.put(name, other.withRequiresGrad(own.requiresGrad()));
              }
            });
    if (!complaints.isEmpty()) {
      throw new OctetException(
          OctetException.Kind.BAD_INPUT,
          complaints.subList(0, Math.min(complaints.size(), MOST_COMPLAINTS)),
          null);
    }
    return program.withState(state);
  }

  // The prefix under which most of the program's names are found; the shortest of equally good
  // ones.
  private String prefix(ExportedProgram program) {
    Map<String, Integer> found = new LinkedHashMap<>();
    for (String name : program.state().keySet()) {
      for (String own : tensors.keySet()) {
        if (own.equals(name) || own.endsWith("." + name)) {
          found.merge(own.substring(0, own.length() - name.length()), 1, Integer::sum);
        }
      }
    }
    return found.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparingInt(entry -> -entry.getKey().length()))
        .map(Map.Entry::getKey)
        .orElse("");
  }

  private static Diagnostic complaint(String place, String name, String message) {
    return new Diagnostic(
        "weights-unfit", place + ": " + name, message, "take the weights of this very network");
  }
}
