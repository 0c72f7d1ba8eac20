/// What the ONNX standard says about operators, as tables.
///
/// Two: in which opsets of `ai.onnx` each operator's definition changed, and what those changes
/// allow that only allow more. Both were written out from onnx's own schemas
/// (`conformance/python/make_operator_versions.py`, `make_operator_additions.py`).
@NullMarked
package dev.octet.ir.schema;

import org.jspecify.annotations.NullMarked;
