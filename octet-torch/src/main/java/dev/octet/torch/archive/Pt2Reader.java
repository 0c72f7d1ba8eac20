package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import dev.octet.torch.graph.ExportedProgram;
import dev.octet.torch.graph.TorchTensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `.pt2` archives as PyTorch 2.5 to 2.14 write them.
public final class Pt2Reader {
  private final String place;
  private final ZipDirectory zip;

  private Pt2Reader(String place, ZipDirectory zip) {
    this.place = place;
    this.zip = zip;
  }

  /// The program in an archive. Weights are not copied: the file is mapped, and stays so as long as
  /// some tensor of the program is reachable. It must not be changed in place meanwhile; replacing
  /// it, as [Pt2Writer] does, is fine.
  ///
  /// @throws OctetException of kind `BAD_INPUT` when the file is missing, damaged, of another
  ///     layout or major schema version, or reads pickled objects; the message names file and entry
  public static ExportedProgram read(Path file) {
    return parse(file.toString(), CheckpointReader.map(file));
  }

  /// The program in an archive held in memory, which must not change afterwards.
  ///
  /// @param place what to call the archive in messages
  /// @param bytes the whole archive
  /// @throws OctetException as [#read] does
  public static ExportedProgram parse(String place, MemorySegment bytes) {
    return new Pt2Reader(place, ZipDirectory.read(place, bytes)).program();
  }

  private ExportedProgram program() {
    ArchiveLayout layout = ArchiveLayout.of(place, zip);
    ProgramParser parsed = ProgramParser.parse(Json.parse(place, zip.text(layout.program())));
    StoredReads reads = StoredReads.of(parsed.graph(), parsed.inputSpecs());
    ExportedProgram program =
        new ExportedProgram(
            parsed.graph(),
            parsed.inputSpecs(),
            parsed.outputSpecs(),
            tensors(layout.weights(), reads.weights()),
            tensors(layout.constants(), reads.constants()),
            parsed.rangeConstraints(),
            parsed.moduleCalls(),
            parsed.info(),
            layout.extraFiles(zip),
            sampleInputs(layout.sampleInputs()));
    program = StoredReads.withoutUnread(program);
    ProgramCheck.check(place, program);
    return EagerQuantization.lowered(program);
  }

  /// @param read names of those that the program reads
  private Map<String, TorchTensor> tensors(ArchiveLayout.Tensors where, Set<String> read) {
    return switch (where) {
      case ArchiveLayout.Tensors.Listed(String folder, String config) ->
          Payloads.read(zip, folder, Json.parse(place + ": " + config, zip.text(config)), read);
      case ArchiveLayout.Tensors.Pickled(String entry) -> {
        String inner = place + ": " + entry;
        Checkpoint checkpoint =
            CheckpointReader.zip(inner, ZipDirectory.read(inner, zip.content(entry)));
        boolean complete = read.stream().allMatch(name -> holds(checkpoint, name));
        if (!complete && !checkpoint.leftOut().isEmpty()) {
          throw OctetException.badInput(
              "pt2-pickled",
              inner,
              String.join("; ", checkpoint.leftOut()),
              "turn tensor subclasses and scripted objects into plain tensors before exporting;"
                  + " quantize the exported program (PT2E) rather than the modules");
        }
        yield checkpoint.tensors();
      }
    };
  }

  // Packed weights of an eager-mode module stand under its object's name.
  private static boolean holds(Checkpoint checkpoint, String name) {
    return checkpoint.tensors().containsKey(name)
        || checkpoint.tensors().keySet().stream().anyMatch(key -> key.startsWith(name + "."));
  }

  private @Nullable MemorySegment sampleInputs(String entry) {
    return zip.contains(entry) ? zip.content(entry) : null;
  }
}
