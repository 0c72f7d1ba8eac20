/// Bounded-memory, mergeable statistics and the ranges estimated from them. Never imports the
/// graph.
@NullMarked
package dev.octet.stats;

import org.jspecify.annotations.NullMarked;
