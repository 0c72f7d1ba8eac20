/// Harnesses for tests: rewrites on ONNX text, models run in ONNX Runtime, fixtures.
///
/// Tests of `octet-ir` that need a harness live in this module's test folder, in the package of
/// what
/// they test: `octet-ir` cannot depend on a module that depends on it.
@NullMarked
package dev.octet.testkit;

import org.jspecify.annotations.NullMarked;
