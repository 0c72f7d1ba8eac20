/// The pass engine: first of the two places that edit a graph.
///
/// A [dev.octet.transform.RewriteRule] looks at one node and answers with a
/// [dev.octet.transform.RuleOutcome]: it rewrote the graph around the node, the node is not its
/// business, or it is but a guard said no, for a stated reason. A rule decides everything before
/// its first edit, so a declined rule has changed nothing.
///
/// A [dev.octet.transform.Pass] is either a set of rules run together until none applies, or one
/// [dev.octet.transform.ModelRewrite] for what cannot be seen from a single node (dead code, equal
/// initializers, shapes). A [dev.octet.transform.Pipeline] is a fixed order of passes; any pass or
/// rule can be switched off by name, and what callers of the model would notice is off until it is
/// switched on. Every run ends in a [dev.octet.transform.PipelineReport] that says
/// what fired where and what declined why.
///
/// [dev.octet.transform.Pipeline#run(Model)] edits the model it is given.
/// [dev.octet.transform.Pipeline#run(Model, Verifier)] leaves it alone, tries each pass on a copy
/// and keeps only what the verifier accepts.
///
/// A model made from a program says which of its values hold which of the program's
/// ([dev.octet.transform.SourceValues]); every pass carries that along. It rests on one promise of
/// the rules: a value that comes to hold something else gets another name, unless its node changes
/// its constants or attributes.
@NullMarked
package dev.octet.transform;

import dev.octet.ir.Model;
import org.jspecify.annotations.NullMarked;
