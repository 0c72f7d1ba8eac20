/// Octet's files seen by the Python tools they are meant for.
///
/// Tests here run the scripts of `conformance/python` with the interpreter that the environment
/// variable `OCTET_PEER_PYTHON` names (`conformance/README.md` tells how to make one) and are
/// skipped where there is none: Octet itself needs no Python. A script prints JSON and ends with 0
/// when the files hold.
@NullMarked
package dev.octet.conformance;

import org.jspecify.annotations.NullMarked;
