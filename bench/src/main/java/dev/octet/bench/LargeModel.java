package dev.octet.bench;

import dev.octet.ir.DataType;
import dev.octet.ir.DenseTensor;
import dev.octet.ir.Dim;
import dev.octet.ir.GraphEditor;
import dev.octet.ir.Model;
import dev.octet.ir.ModelInfo;
import dev.octet.ir.NodeSpec;
import dev.octet.ir.Shape;
import dev.octet.ir.Value;
import dev.octet.ir.ValueType;
import dev.octet.ir.io.ModelWriter;
import dev.octet.ir.io.TensorPlacement;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Writes a model of 5,002 nodes and 6.4 GB, its weights beside it: a table of 2.3 GB that is
/// looked up, then 1,667 times a product with a matrix of 784 x 784, a bias and a Relu, each with
/// numbers of its own. Needs as much room again while it works.
///
/// Arguments: the file to write, and optionally the number of layers.
public final class LargeModel {
  private static final int WIDTH = 784;
  private static final long ROWS = 740_000;
  private static final int LAYERS = 1_667;

  private LargeModel() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]).toAbsolutePath();
    int layers = args.length > 1 ? Integer.parseInt(args[1]) : LAYERS;
    Path numbers = file.resolveSibling("numbers.tmp");
    long table = ROWS * WIDTH * Float.BYTES;
    long matrix = (long) WIDTH * WIDTH * Float.BYTES;
    try (Arena arena = Arena.ofShared()) {
      // A sparse file stands for the numbers; each tensor is told apart by a few of its own.
      MemorySegment data = sparse(numbers, table + layers * matrix, arena);
      ModelWriter.write(model(data, table, layers, matrix), file, TensorPlacement.BESIDE_MODEL);
    } finally {
      Files.deleteIfExists(numbers);
    }
  }

  private static MemorySegment sparse(Path file, long size, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
    }
  }

  private static Model model(MemorySegment data, long table, int layers, long matrix) {
    Model model = Model.create(new ModelInfo(8, "octet-bench", "", "", 0), 17, "large");
    model.edit(
        editor -> {
          Value ids =
              editor.newValue(
                  "ids", ValueType.tensor(DataType.INT64, Shape.of(List.of(Dim.of("N")))));
          editor.addInput(editor.graph(), ids);
          Value value = lookUp(editor, ids, data.asSlice(0, table));
          for (int layer = 0; layer < layers; layer++) {
            value = layer(editor, layer, value, data.asSlice(table + layer * matrix, matrix));
          }
          editor.addOutput(editor.graph(), value);
        });
    return model;
  }

  private static Value lookUp(GraphEditor editor, Value ids, MemorySegment numbers) {
    Value table =
        editor.addInitializer(
            editor.graph(),
            "table",
            new DenseTensor(DataType.FLOAT, List.of(ROWS, (long) WIDTH), numbers));
    return editor
        .append(editor.graph(), NodeSpec.of("Gather").named("look_up").inputs(table, ids))
        .output(0);
  }

  private static Value layer(GraphEditor editor, int layer, Value input, MemorySegment numbers) {
    for (int at = 0; at < WIDTH * WIDTH; at += 49 * WIDTH) {
      numbers.setAtIndex(ValueLayout.JAVA_FLOAT, at, (layer + 1) * 1e-6f);
    }
    float[] bias = new float[WIDTH];
    bias[0] = layer + 1;
    String name = "layer" + layer;
    Value weight =
        editor.addInitializer(
            editor.graph(),
            name + ".weight",
            new DenseTensor(DataType.FLOAT, List.of((long) WIDTH, (long) WIDTH), numbers));
    Value added =
        editor.addInitializer(editor.graph(), name + ".bias", DenseTensor.ofFloats(bias, WIDTH));
    Value product = node(editor, "MatMul", name + "/product", input, weight);
    Value sum = node(editor, "Add", name + "/sum", product, added);
    return node(editor, "Relu", name + "/relu", sum);
  }

  private static Value node(GraphEditor editor, String type, String name, Value... inputs) {
    return editor.append(editor.graph(), NodeSpec.of(type).named(name).inputs(inputs)).output(0);
  }
}
