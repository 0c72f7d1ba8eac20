package dev.octet.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.RealType;
import dev.octet.parity.PeerOptions;
import dev.octet.parity.PeerSwitch;
import dev.octet.plan.CalibrationMethod;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// That every argument is read as the peer means it is shown by the parity suite in `conformance`,
/// which reads its cases through this.
class PeerOptionsFileTest {
  @Test
  void readsWhatChoosesRanges() {
    assertThat(read("{\"calibrate_method\":\"Percentile\"}").calibration())
        .isEqualTo(CalibrationMethod.percentile(99.999));
    assertThat(read("{\"extra_options\":{\"CalibMovingAverage\":true}}").calibration())
        .isEqualTo(CalibrationMethod.movingAverage(0.01));
    assertThat(read("{\"extra_options\":{\"CalibTensorRangeSymmetric\":true}}").switches())
        .containsExactly(PeerSwitch.SYMMETRIC_RANGES);
    assertThat(read("{\"extra_options\":{\"CalibStridedMinMax\":8}}"))
        .isEqualTo(PeerOptions.qoperator().build());
    assertThat(read("{\"extra_options\":{\"DefaultTensorType\":10}}").defaultType())
        .isEqualTo(RealType.FLOAT16);
  }

  @Test
  void tellsEveryMistakeAtOnce() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    {"per_chanel": true, "weight_type": "int8", "calibrate_method": "Magic",
                     "extra_options": {"DedicatedQDQPair": 1, "SmoothQuant": true,
                       "TensorQuantOverrides": {"x": [{"scale": 1}]}}}
                    """))
        .isInstanceOf(OctetException.class)
        .hasMessageContaining("'per_chanel': is no argument")
        .hasMessageContaining("perhaps per_channel")
        .hasMessageContaining("'weight_type': \"int8\" is no type: QUInt8")
        .hasMessageContaining("'DedicatedQDQPair': is 1, not true or false")
        .hasMessageContaining("'SmoothQuant': is not done here")
        .hasMessageContaining("scale and zero_point go together")
        .hasMessageContaining("'Magic' is no method");
    assertThatThrownBy(
            () -> read("{\"quant_format\": \"QDQ\", \"use_external_data_format\": true}"))
        .hasMessageContaining("give --format instead")
        .hasMessageContaining("is decided by size");
    assertThatThrownBy(() -> read("[1]")).hasMessageContaining("holds no object of arguments");
    assertThatThrownBy(() -> read("{")).hasMessageContaining("is no JSON");
    assertThatThrownBy(() -> PeerOptionsFile.read(Path.of("none.json"), PeerOptions.qdq()))
        .hasMessageContaining("none.json: does not exist");
  }

  private static PeerOptions read(String text) {
    PeerOptions.Builder builder = PeerOptions.qoperator();
    PeerOptionsFile.parse(text, "script.json", builder);
    return builder.build();
  }
}
