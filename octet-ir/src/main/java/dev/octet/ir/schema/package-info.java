/// What the ONNX standard says about operators, as tables.
///
/// So far one: in which opsets of `ai.onnx` each operator's definition changed. It was written out
/// from onnx's own schemas (`conformance/python/make_operator_versions.py`).
@NullMarked
package dev.octet.ir.schema;

import org.jspecify.annotations.NullMarked;
