/// Running models: named tensors in, named tensors out.
///
/// [dev.octet.runtime.ModelRunner] is all that calibration, alignment and evaluation know of a
/// model that runs. [dev.octet.runtime.InferenceSession] implements it on ONNX Runtime and owns its
/// native handles: tensors are copied in and out, or, through a [dev.octet.runtime.PreparedRun],
/// live in native memory that both sides see. Values inside a model are observed by making them
/// outputs of a copy of it.
///
/// ONNX Runtime's errors become [dev.octet.diagnostic.OctetException]s that name the file and the
/// node; inputs are checked before it sees them ([dev.octet.runtime.InputCheck]). It is told to log
/// nothing, since all it would say is thrown.
@NullMarked
package dev.octet.runtime;

import org.jspecify.annotations.NullMarked;
