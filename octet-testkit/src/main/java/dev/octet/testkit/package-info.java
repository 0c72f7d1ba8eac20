/// Harnesses for tests: rewrites on ONNX text, models run in ONNX Runtime, fixtures.
@NullMarked
package dev.octet.testkit;

import org.jspecify.annotations.NullMarked;
