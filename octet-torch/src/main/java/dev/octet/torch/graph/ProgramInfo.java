package dev.octet.torch.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Provenance and form of a program.
///
/// @param schemaMajor major version of the file schema; Octet knows 8
/// @param schemaMinor minor version; later ones only add fields
/// @param torchVersion PyTorch that exported it
/// @param verifiers the dialect: `TRAINING` (in-place and composite operators) or `ATEN`
///     (functional)
/// @param opsetVersions operator set versions by namespace
/// @param guards Python expressions over the inputs that must hold
/// @param graphMetadata free text of the graph module
/// @param treespecNamedTupleFields field names of named tuples in the call's structure
public record ProgramInfo(
    int schemaMajor,
    int schemaMinor,
    String torchVersion,
    List<String> verifiers,
    Map<String, Long> opsetVersions,
    List<String> guards,
    Map<String, String> graphMetadata,
    Map<String, List<String>> treespecNamedTupleFields) {

  public ProgramInfo {
    verifiers = List.copyOf(verifiers);
    opsetVersions = Collections.unmodifiableMap(new LinkedHashMap<>(opsetVersions));
    guards = List.copyOf(guards);
    graphMetadata = Collections.unmodifiableMap(new LinkedHashMap<>(graphMetadata));
    treespecNamedTupleFields =
        Collections.unmodifiableMap(new LinkedHashMap<>(treespecNamedTupleFields));
  }

  /// Whether the graph may hold in-place operators.
  public boolean isTraining() {
    return verifiers.contains("TRAINING");
  }
}
