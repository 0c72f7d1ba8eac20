package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.CodeSpan;
import dev.octet.numeric.QuantType;
import dev.octet.numeric.ScaleChoice;
import dev.octet.numeric.Symmetry;
import dev.octet.plan.Policy;
import dev.octet.plan.QuantizationScheme;
import dev.octet.plan.QuantizationScheme.Layer;
import dev.octet.plan.QuantizationScheme.Scope;
import dev.octet.plan.StatedGrid;
import dev.octet.plan.TypeConversion;
import dev.octet.plan.WeightGranularity;
import dev.octet.stats.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverridesFileTest {
  @TempDir Path folder;

  @Test
  void readsEveryField() throws IOException {
    List<Layer> layers =
        OverridesFile.read(
            file(
                """
                {
                  "operators" : { "MatMul" : { "granularity" : 32, "minRealRange" : 0.001 } },
                  "nodes" : { "head/*" : { "float" : true }, "head/fc" : { "float" : false } },
                  "tensors" : {
                    "x" : { "type" : "uint16", "symmetric" : true, "min" : -1, "max" : 2.5 },
                    "w" : { "reduceRange" : true, "axis" : -1,
                            "channels" : [ { "scale" : 0.5, "zeroPoint" : 0 },
                                           { "scale" : 0.25, "zeroPoint" : 1 } ] },
                    "c" : { "convert" : { "type" : "int8", "readers" : [ "a", "b*" ] } }
                  }
                }
                """));

    assertThat(layers)
        .containsExactly(
            new Layer(
                Scope.OP_TYPE,
                "MatMul",
                Policy.builder()
                    .granularity(WeightGranularity.perBlock(32))
                    .minimumRealRange(0.001)
                    .build()),
            new Layer(Scope.NODE, "head/*", Policy.IN_FLOAT),
            new Layer(Scope.NODE, "head/fc", Policy.QUANTIZED),
            new Layer(
                Scope.TENSOR,
                "x",
                Policy.builder()
                    .activations(QuantType.UINT16, Symmetry.SYMMETRIC)
                    .weights(QuantType.UINT16, Symmetry.SYMMETRIC)
                    .range(new Range(-1, 2.5f))
                    .build()),
            new Layer(
                Scope.TENSOR,
                "w",
                Policy.builder()
                    .span(CodeSpan.REDUCED)
                    .axis(-1)
                    .stated(
                        new StatedGrid.Scales(
                            List.of(new ScaleChoice(0.5f, 0), new ScaleChoice(0.25f, 1))))
                    .build()),
            new Layer(
                Scope.TENSOR,
                "c",
                Policy.builder()
                    .conversion(new TypeConversion(QuantType.INT8, null, null, List.of("a", "b*")))
                    .build()));
    assertThat(
            QuantizationScheme.builder()
                .defaults(
                    Policy.builder().activations(QuantType.UINT16, Symmetry.ASYMMETRIC).build())
                .layers(layers)
                .build()
                .layers())
        .hasSize(6);
  }

  @Test
  void reportsEveryMistakeAtOnce() throws IOException {
    Path file =
        file(
            """
            {
              "tensor" : {},
              "tensors" : {
                "a" : { "typ" : "uint8" },
                "b" : { "type" : "uint7", "min" : 1 },
                "c" : { "scale" : -1, "zeroPoint" : 0, "symmetric" : "yes" },
                "d" : { "convert" : { "readers" : [ "n" ] } },
                "e" : 5
              }
            }
            """);

    OctetException failure =
        catchThrowableOfType(OctetException.class, () -> OverridesFile.read(file));

    assertThat(failure.kind()).isEqualTo(OctetException.Kind.BAD_INPUT);
    assertThat(failure.diagnostics()).hasSize(8);
    assertThat(failure.diagnostics()).extracting(Diagnostic::hint).noneMatch(String::isEmpty);
    assertThat(failure.diagnostics()).extracting(Diagnostic::hint).contains("did you mean type?");
  }

  @Test
  void namesAFileThatIsNoJson() throws IOException {
    Path file = file("{ nothing");

    assertThat(catchThrowableOfType(OctetException.class, () -> OverridesFile.read(file)))
        .hasMessageContaining(file.toString())
        .hasMessageContaining("is no JSON");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("overrides.json"), text);
  }
}
