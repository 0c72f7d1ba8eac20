package dev.octet.ir;

/// One reading of a value: input `index` of `node`. The node may lie in a subgraph of the value's
/// graph.
public record Use(Node node, int index) {}
