package dev.octet.torch.export;

import dev.octet.ir.Model;
import dev.octet.ir.Value;
import dev.octet.transform.PipelineReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// An exported model and how it relates to its program.
///
/// @param model the ONNX model, cleaned up
/// @param values by SSA name of the program, the ONNX value that holds the same tensor, where there
///     still is one after the clean-up. Of a convolution that took in its batch normalization, the
///     normalization's name is listed and the convolution's is not
/// @param notes what was left out on purpose, one sentence each
/// @param cleanUp what the clean-up did
public record Export(
    Model model, Map<String, Value> values, List<String> notes, PipelineReport cleanUp) {
  public Export {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    notes = List.copyOf(notes);
  }
}
