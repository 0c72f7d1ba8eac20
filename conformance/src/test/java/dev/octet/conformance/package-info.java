/// Octet's files next to those of the Python tools, and seen by them.
///
/// [ParityTest] compares file for file with what `onnxruntime.quantization` made of the same models
/// at development time ([ParityGoldens]); what differs on purpose is one list, [OnPurpose], and all
/// of it is published as `docs/parity.md` ([ParityDocument]). It needs no Python.
///
/// The other tests here run the scripts of `conformance/python` with the interpreter that the
/// environment variable `OCTET_PEER_PYTHON` names (`conformance/README.md` tells how to make one)
/// and are skipped where there is none. A script prints JSON and ends with 0 when the files hold.
@NullMarked
package dev.octet.conformance;

import org.jspecify.annotations.NullMarked;
