/// Looking into a model while it runs: what values inside it hold, those in branches and bodies of
/// control flow too, round by round.
///
/// A runtime shows of an `If`, `Loop` or `Scan` no more than its results. So each branch or body
/// becomes a model of its own, is given what the graph around it computed, and is run as often as
/// the node would run it. A value may thus have another shape in every round, and bodies may hold
/// bodies. What is kept of a run has a limit; what lies beyond is counted.
@NullMarked
package dev.octet.observe;

import org.jspecify.annotations.NullMarked;
