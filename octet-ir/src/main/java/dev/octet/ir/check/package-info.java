/// Whether a model's structure is sound, said as [dev.octet.diagnostic.Diagnostic]s.
///
/// [dev.octet.ir.GraphEditor] keeps links sound edit by edit, at a cost that does not grow with the
/// graph. What can only be seen from the whole graph is checked here, once, before a model is
/// written: execution order, sight into and out of subgraphs, names that a reader would take for
/// another value, imported domains, stated types against data. What operators themselves ask for is
/// the business of schemas and of the runtime.
@NullMarked
package dev.octet.ir.check;

import org.jspecify.annotations.NullMarked;
