package dev.octet.torch.archive;

import java.nio.file.Path;

/// Reads and writes archives, for the check in `conformance/python/check_pt2_roundtrip.py`:
/// arguments are the target folder and the archives.
final class RewriteArchives {
  private RewriteArchives() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    for (int i = 1; i < arguments.length; i++) {
      Path archive = Path.of(arguments[i]);
      Pt2Writer.write(Pt2Reader.read(archive), folder.resolve(archive.getFileName()));
    }
  }
}
