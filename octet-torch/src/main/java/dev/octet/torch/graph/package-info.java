/// What a `.pt2` archive holds, as plain immutable records.
///
/// A [dev.octet.torch.graph.ExportedProgram] is an [dev.octet.torch.graph.AtenGraph] (operator
/// calls in execution order), the specs that say what each graph input and output means, and the
/// tensors behind parameters, buffers and constants, found by fully qualified name. Values are
/// referenced by SSA name; there are no object links, so a graph is rewritten by building another
/// one, most easily through [dev.octet.torch.graph.AtenGraphBuilder].
///
/// The records follow the file schema of torch.export 8.x one to one (names in singular where the
/// file says `as_…`), so that writing what was read loses nothing. Numbers of dtypes here are the
/// file's, which are neither c10's nor ONNX's: [dev.octet.torch.graph.TorchDtype] knows all three.
///
/// A graph may be in training form (in-place operators, composite operators) or functional; the
/// program's dialect says which.
@NullMarked
package dev.octet.torch.graph;

import org.jspecify.annotations.NullMarked;
