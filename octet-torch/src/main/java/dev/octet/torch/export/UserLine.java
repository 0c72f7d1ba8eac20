package dev.octet.torch.export;

import dev.octet.torch.graph.AtenNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The line of the user's own code that made a call.
public final class UserLine {
  private static final Pattern FRAME = Pattern.compile("File \"([^\"]+)\", line (\\d+)");

  private UserLine() {}

  /// `net.py:19`, the innermost frame outside PyTorch and the code it generates, as for bodies of
  /// control flow; empty when the program records none.
  public static String of(AtenNode node) {
    Matcher frames = FRAME.matcher(node.stackTrace());
    String found = "";
    while (frames.find()) {
      String file = frames.group(1).replace('\\', '/');
      boolean generated = file.startsWith("<");
      if (!generated && !file.contains("site-packages/") && !file.startsWith("torch/")) {
        found = file.substring(file.lastIndexOf('/') + 1) + ":" + frames.group(2);
      }
    }
    return found;
  }
}
