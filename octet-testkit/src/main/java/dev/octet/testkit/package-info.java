/// Harnesses for tests.
///
/// [dev.octet.testkit.RewriteAssertions] proves a rewrite on ONNX text; it refuses a rewrite that
/// gives the wrong graph, an unsound one, other outputs in ONNX Runtime, or another result the
/// second time. [dev.octet.testkit.OnnxRuntimeOracle] is ONNX Runtime with its optimizer off, as
/// the judge of values and types; [dev.octet.testkit.ModelComparison] compares graphs but for
/// names; [dev.octet.testkit.RandomTensors] are seeded. [dev.octet.testkit.SharedData] finds data
/// too large to ship and skips the test where it is absent.
///
/// Tests of `octet-ir` that need a harness live in this module's test folder, in the package of
/// what they test: `octet-ir` cannot depend on a module that depends on it.
@NullMarked
package dev.octet.testkit;

import org.jspecify.annotations.NullMarked;
