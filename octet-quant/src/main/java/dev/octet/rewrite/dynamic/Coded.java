package dev.octet.rewrite.dynamic;

import dev.octet.ir.Value;

/// Codes with what turns them into numbers.
///
/// @param codes the codes
/// @param scale 32-bit floats: one, or one a channel
/// @param zeroPoint of the codes' type
record Coded(Value codes, Value scale, Value zeroPoint) {}
