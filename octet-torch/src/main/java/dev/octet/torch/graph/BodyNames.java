package dev.octet.torch.graph;

/// What branches and bodies of control flow, and the values they compute, are called from outside:
/// `while_loop.while_loop_body_graph_0/add`. Inside a graph names are its own, so that two bodies
/// may both have an `add`.
///
/// A `while_loop` asks its condition before the first round, and again after each. An ONNX `Loop`
/// has that at two places, so the two have names of their own.
public final class BodyNames {
  private BodyNames() {}

  /// A graph that `call` runs.
  ///
  /// @param subgraph its name among the arguments
  public static String body(AtenNode call, String subgraph) {
    return call.name() + "." + subgraph;
  }

  /// The condition of a loop, as asked before the first round.
  public static String before(String condition) {
    return condition + ".first";
  }

  /// The condition of a loop, as asked after each round.
  public static String after(String condition) {
    return condition + ".next";
  }

  /// A value of a body.
  ///
  /// @param name in the body's graph, or a path from there
  public static String value(String body, String name) {
    return body + "/" + name;
  }
}
