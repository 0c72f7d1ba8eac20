package dev.octet.torch.archive;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.octet.diagnostic.OctetException;
import dev.octet.ir.io.AtomicFile;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.InputSpec;
import dev.octet.torch.graph.TorchDtype;
import dev.octet.torch.graph.TorchTensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Writes `.pt2` archives that `torch.export.load` opens: the layout of PyTorch 2.13.
public final class Pt2Writer {
  private static final MemorySegment EMPTY = MemorySegment.ofArray(new byte[0]);

  private final ZipFileWriter zip;
  private final String root;

  private record Storage(MemorySegment bytes, TorchDtype dtype) {}

  private Pt2Writer(ZipFileWriter zip, String root) {
    this.zip = zip;
    this.root = root;
  }

  /// Writes a program. The file is replaced only once all of it is written; the same program under
  /// the same name gives the same bytes.
  ///
  /// @throws OctetException of kind `FAILURE` when the file cannot be written; of kind `BAD_INPUT`
  ///     when the program contradicts itself
  public static void write(ExportedProgram program, Path file) {
    ProgramCheck.check(file.toString(), program);
    Path target = file.toAbsolutePath();
    try (AtomicFile draft = AtomicFile.open(target)) {
      ZipFileWriter zip = new ZipFileWriter(draft.channel());
      new Pt2Writer(zip, stem(target) + "/").write(program);
      zip.finish();
      draft.commit();
    } catch (IOException e) {
      throw OctetException.failure(
          "pt2-unwritable",
          file.toString(),
          "cannot be written: " + e.getMessage(),
          "check that the folder exists and is writable",
          e);
    }
  }

  private void write(ExportedProgram program) throws IOException {
    Set<String> parameters =
        program.inputSpecs().stream()
            .filter(InputSpec.Parameter.class::isInstance)
            .map(spec -> ((InputSpec.Parameter) spec).fqn())
            .collect(Collectors.toSet());
    tensors(program.state(), parameters, "data/weights/", "weight_", "model_weights_config.json");
    tensors(
        program.constants(), Set.of(), "data/constants/", "tensor_", "model_constants_config.json");
    add("models/model.json", ProgramPrinter.program(program).toString());
    MemorySegment samples = program.sampleInputs();
    zip.add(root + "data/sample_inputs/model.pt", samples == null ? EMPTY : samples);
    for (Map.Entry<String, String> extra : program.extraFiles().entrySet()) {
      add("extra/" + extra.getKey(), extra.getValue());
    }
    add("archive_format", "pt2");
    add("archive_version", "0");
    add(".data/version", "6\n");
    add("byteorder", "little");
    add(".data/serialization_id", zip.contentDigits());
  }

  private void tensors(
      Map<String, TorchTensor> tensors,
      Set<String> parameters,
      String folder,
      String prefix,
      String configName)
      throws IOException {
    Map<Storage, String> written = new LinkedHashMap<>();
    ObjectNode config = GraphPrinter.JSON.objectNode();
    for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
      TorchTensor tensor = entry.getValue();
      Storage storage = new Storage(tensor.storage(), tensor.dtype());
      String path = written.get(storage);
      if (path == null) {
        path = prefix + written.size();
        written.put(storage, path);
        zip.add(root + folder + path, tensor.storage());
      }
      ObjectNode payload = GraphPrinter.JSON.objectNode();
      payload.put("path_name", path);
      payload.put("is_param", parameters.contains(entry.getKey()));
      payload.put("use_pickle", false);
      payload.set("tensor_meta", GraphPrinter.tensorMeta(tensor.meta()));
      config.set(entry.getKey(), payload);
    }
    add(folder + configName, GraphPrinter.union("config", config).toString());
  }

  private void add(String name, String text) throws IOException {
    zip.add(root + name, text);
  }

  private static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(".pt2") ? name.substring(0, name.length() - ".pt2".length()) : name;
  }
}
