/// `.pt2` archives: what `torch.export.save` writes, in and out, without Python and without pickle.
///
/// An archive is a zip whose entries are stored uncompressed and aligned, so that weights can be
/// used where they lie. [dev.octet.torch.archive.Pt2Reader] therefore maps the whole file once and
/// reads the zip's central directory itself: every [dev.octet.torch.graph.TorchTensor] is a view of
/// that mapping, which lives as long as some tensor refers to it. Everything in the file is
/// distrusted: checksums, bounds, sizes, strides and offsets are checked before a tensor exists,
/// and what does not hold is an [dev.octet.diagnostic.OctetException] of kind `BAD_INPUT` that
/// names file and entry.
///
/// The layouts are those of PyTorch 2.5 to 2.14 (schema 7.x and 8.x). Later minor versions only add
/// fields and are read; other major versions are refused, as are pickled objects. Those of
/// eager-mode quantization are the exception: their weights are read as data, and the program is
/// written in plain operators at once (`EagerQuantization`).
///
/// [dev.octet.torch.archive.Pt2Writer] writes the same layout. The same program gives the same
/// bytes.
@NullMarked
package dev.octet.torch.archive;

import org.jspecify.annotations.NullMarked;
