package dev.octet.ir;

/// What one [Model#edit] changed, as counts.
///
/// @param nodesAdded nodes added
/// @param nodesRemoved nodes removed
/// @param valuesAdded inputs and initializers added
/// @param valuesRemoved inputs and initializers removed
/// @param otherChanges inputs, outputs, attributes, types, names, metadata changed
public record EditLog(
    int nodesAdded, int nodesRemoved, int valuesAdded, int valuesRemoved, int otherChanges) {
  /// Whether anything changed at all.
  public boolean changed() {
    return nodesAdded + nodesRemoved + valuesAdded + valuesRemoved + otherChanges > 0;
  }
}
