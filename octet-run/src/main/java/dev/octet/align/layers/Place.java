package dev.octet.align.layers;

import java.util.List;
import java.util.Optional;

/// Where a model computes a value.
///
/// @param value its name in the model; of a value in a branch or body, the way there included
/// @param operator what computes it: an ONNX node with its name, or an operator of PyTorch
/// @param module path in the tree of modules; empty where none is recorded
/// @param line file and line of the user's own code; empty where none is recorded
/// @param bodies the branches and bodies around it, outermost first; none in the main graph
public record Place(String value, String operator, String module, String line, List<Body> bodies) {
  public Place {
    bodies = List.copyOf(bodies);
  }

  /// A branch or body of control flow.
  ///
  /// @param node that runs it, as messages name it
  /// @param name which of the node's graphs it is
  /// @param isLoop whether it is run in rounds; a branch is run once or not at all
  public record Body(String node, String name, boolean isLoop) {
    @Override
    public String toString() {
      return name + " of " + node;
    }
  }

  /// The branch or body the value is computed in; empty in the main graph.
  public Optional<Body> body() {
    return bodies.isEmpty() ? Optional.empty() : Optional.of(bodies.getLast());
  }
}
