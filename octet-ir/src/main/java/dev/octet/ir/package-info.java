/// The graph: read-only views and their one editor.
///
/// A [dev.octet.ir.Model] owns a [dev.octet.ir.Graph] of [dev.octet.ir.Node]s joined by
/// [dev.octet.ir.Value]s. All four are *identity* objects: two values are the same when they are
/// the
/// same object, and names serve files and messages only. A value knows its producer and its uses,
/// and
/// a node's inputs change only through [dev.octet.ir.GraphEditor], inside
/// [dev.octet.ir.Model#edit], so use-def links cannot drift. Everything a graph refers to but does
/// not compute ([dev.octet.ir.Tensor], [dev.octet.ir.Attribute], [dev.octet.ir.ValueType],
/// [dev.octet.ir.Shape], [dev.octet.ir.Dim]) is an immutable value object.
///
/// Subgraphs (`If`, `Loop`, `Scan`) are [dev.octet.ir.Graph]s held in
/// [dev.octet.ir.Attribute.OfGraph]; a node in a subgraph that reads an outer value holds the outer
/// [dev.octet.ir.Value] itself.
///
/// Fields of the file format that have no meaning here travel along as
/// [dev.octet.ir.OpaqueFields], so that reading and writing loses nothing.
///
/// Not thread-safe while being edited; safe to read from many threads otherwise.
@NullMarked
package dev.octet.ir;

import org.jspecify.annotations.NullMarked;
