package dev.octet.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RenderersTest {
  private static final Report REPORT =
      new Report(
          "Models & <figures>",
          List.of(
              new Section.Paragraph("", List.of("Two models.")),
              new Section.Table(
                  "Table",
                  List.of("", "FP32", "Int8 ONNX"),
                  List.of(List.of("Model size", "107.0 KB", "36 KB"), List.of("Top-1", "9 %", "–")),
                  List.of("864 clips")),
              new Section.Bars("Latency", "ms", List.of(new Section.Bar("FP32", "0.08", 100.0)))));

  @Test
  void textAlignsColumnsAndKeepsEveryWord() {
    assertThat(new TextRenderer().render(REPORT))
        .isEqualTo(
            """
            Models & <figures>

            Two models.

            Table
                            FP32  Int8 ONNX
            ----------  --------  ---------
            Model size  107.0 KB      36 KB
            Top-1            9 %          –
            864 clips

            Latency
                    ms
            ----  ----
            FP32  0.08
            """);
  }

  @Test
  void htmlHoldsTheSameFiguresAndEscapesText() {
    String page = new HtmlRenderer().render(REPORT);
    assertThat(page)
        .contains("<h1>Models &amp; &lt;figures&gt;</h1>")
        .contains("<td>107.0 KB</td>")
        .contains("864 clips")
        .contains("width: 100.0%")
        .doesNotContain("<figures>", "http://", "https://", "<script");
  }

  @Test
  void aRowMustFillItsTable() {
    assertThatThrownBy(() -> new Section.Table("", List.of("a", "b"), List.of(List.of("1"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 cells, not 2");
  }

  record Row(String model, List<Integer> counts, java.util.Optional<Double> accuracy) {}

  @Test
  void jsonPrintsRecordsInDeclaredOrder() {
    assertThat(Json.print(new Row("m", List.of(1, 2), java.util.Optional.empty())))
        .isEqualToIgnoringWhitespace("{\"model\":\"m\",\"counts\":[1,2],\"accuracy\":null}");
  }
}
