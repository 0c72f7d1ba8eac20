/// The graph: read-only views and their one editor.
///
/// A [dev.octet.ir.Model] owns a [dev.octet.ir.Graph] of [dev.octet.ir.Node]s joined by
/// [dev.octet.ir.Value]s. All four are *identity* objects: two values are the same when they are
/// the same object, and names serve files and messages only. A value knows its producer and its
/// uses, and a node's inputs change only through [dev.octet.ir.GraphEditor], inside
/// [dev.octet.ir.Model#edit], so use-def links cannot drift. Everything a graph refers to but does
/// not compute ([dev.octet.ir.Tensor], [dev.octet.ir.Attribute], [dev.octet.ir.ValueType],
/// [dev.octet.ir.Shape], [dev.octet.ir.Dim]) is an immutable value object.
///
/// Subgraphs (`If`, `Loop`, `Scan`) are [dev.octet.ir.Graph]s held in
/// [dev.octet.ir.Attribute.OfGraph]; a node in a subgraph that reads an outer value holds the outer
/// [dev.octet.ir.Value] itself, and is among its [dev.octet.ir.Value#uses()].
///
/// **What an edit guarantees.** Uses and producers agree at all times; every value read has a
/// source when the edit ends; values belong to one model and have one source; a value in use is not
/// removed; new names are unique in the whole model, and a name comes free with its value. Each
/// edit takes time proportional to what it touches, so passes over large graphs are linear. Not
/// checked edit by edit is what depends on the whole graph, execution order above all: see
/// [dev.octet.ir.check.ModelCheck].
///
/// Names read from files need not be unique in the model, only in the graph and those around it:
/// two branches of an `If` often call their results alike. Hence
/// [dev.octet.ir.GraphEditor#namedValue] for readers, [dev.octet.ir.GraphEditor#newValue] for
/// everyone else.
///
/// Fields of the file format that have no meaning here travel along as
/// [dev.octet.ir.OpaqueFields], so that reading and writing loses nothing.
///
/// Not thread-safe while being edited; safe to read from many threads otherwise.
@NullMarked
package dev.octet.ir;

import org.jspecify.annotations.NullMarked;
