/// Files to models and back. The only room that knows protobuf.
///
/// **Reading.** [dev.octet.ir.io.ModelReader] maps the file and takes it apart before protobuf sees
/// it (`WeightLift`): tensor data stays in the mapping as views, the small rest is parsed. Protobuf
/// for Java would copy the whole file into an array, and stop at 2 GiB. `GraphReader` then turns
/// names into values: a name means what the nearest graph around it defines, before or after its
/// use, and nodes come out in execution order whatever order the file has. A name that means
/// nothing or two things, a cycle, a tensor whose data does not fit its type: each ends in one
/// [dev.octet.diagnostic.OctetException] that names file, node and tensor. External data is read
/// from inside the model's own folder only.
///
/// **Nothing is lost.** What the graph does not interpret travels in
/// [dev.octet.ir.OpaqueFields]: the encoded rest of the message it was found in. Functions,
/// training information and configurations stay with the model; doc strings, metadata, annotations
/// and fields of future versions with what they describe; names and notes of attributes' tensors
/// with the node, as attributes that hold nothing else. A type that is not fully understood (a
/// denotation, an opaque type, a new element type) is kept as it was read and written back while
/// what *is* understood of it still holds. Names in functions' callers, annotations and training
/// information are text to us: renaming a value does not rename them.
///
/// **Writing.** [dev.octet.ir.io.ModelWriter] refuses a model that
/// [dev.octet.ir.check.ModelCheck] finds unsound, writes to a sibling and moves it into place, so a
/// reader sees the old file or the new one. Protobuf encodes the small rest; `WeightReturn` puts
/// the weights back in as it writes, straight from where they lie, and lets go of mapped pages
/// behind it, so that writing costs no memory. [dev.octet.ir.io.ModelOutline] is a written model
/// by reference, for opening it quickly. Protobuf's own field order and the graph's order make
/// the bytes: same model, same bytes. Reading and writing changes these things and no others:
///
/// - tensors are written as raw data, whichever field they were read from, and inside the model,
///   unless asked otherwise or too large; why keep a slower, larger encoding?
/// - domain `ai.onnx` becomes the empty string, its other spelling; absent and empty strings are
///   the same, as are an attribute's absent kind and the one its value shows;
/// - `value_info` comes in node order, without entries that repeat an input, output or initializer,
///   which would contradict them after the next edit, and without entries about no value at all;
/// - initializers that hold only a segment of their tensor come after the others, with their data
///   inside; they are passed through, so that nothing that asks for their values finds any;
/// - nodes out of order are sorted; the format version is 4 at least when it must be.
///
/// **Text.** [dev.octet.ir.io.OnnxText] is ONNX's own syntax. Its parser makes the same messages a
/// file holds and the same reader interprets them.
@NullMarked
package dev.octet.ir.io;

import org.jspecify.annotations.NullMarked;
