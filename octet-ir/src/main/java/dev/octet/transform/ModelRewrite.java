package dev.octet.transform;

import dev.octet.ir.GraphEditor;

/// A rewrite of a whole model at once, for what no single node shows: dead code, equal
/// initializers, shapes.
public interface ModelRewrite {

  /// Stable kebab-case name, by which users switch the rewrite off.
  String name();

  /// What the rewrite does and why that helps, in one sentence.
  String description();

  /// Rewrites the model in time near linear in its size.
  ///
  /// @param editor editor of the model
  /// @param log told of every change and of every refusal
  void apply(GraphEditor editor, RewriteLog log);
}
