package dev.octet.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.octet.diagnostic.Diagnostic;
import dev.octet.diagnostic.OctetException;
import dev.octet.numeric.RealType;
import dev.octet.parity.PeerOptions;
import dev.octet.parity.PeerSwitch;
import dev.octet.plan.BiasForm;
import dev.octet.plan.CalibrationMethod;
import dev.octet.plan.NearNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The arguments of a Python script's `quantize_static` or `quantize_dynamic` as JSON, by the names
/// that `onnxruntime.quantization` gives them:
///
/// ```json
/// {
///   "per_channel" : true,
///   "activation_type" : "QUInt8",
///   "extra_options" : {
///     "DedicatedQDQPair" : true,
///     "TensorQuantOverrides" : { "x" : [ { "quant_type" : "QUInt16" } ] }
///   }
/// }
/// ```
///
/// Every key of `extra_options` is read but those of SmoothQuant, for which the peer itself needs
/// another package. `CalibMaxIntermediateOutputs` and `CalibStridedMinMax` bound the peer's memory
/// and choose nothing; calibration here is bounded anyhow, so they are read and have no effect.
public final class PeerOptionsFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> OTHER_KEYS =
      Set.of(
          "activation_type",
          "weight_type",
          "calibrate_method",
          "op_types_to_quantize",
          "nodes_to_quantize",
          "nodes_to_exclude",
          "extra_options",
          "WeightSymmetric",
          "MinimumRealRange",
          "BlockSize",
          "QuantizeBias",
          "OpTypesToExcludeOutputQuantization",
          "QDQOpTypePerChannelSupportToAxis",
          "TensorQuantOverrides",
          "DefaultTensorType",
          "CalibPercentile",
          "CalibMovingAverage",
          "CalibMovingAverageConstant",
          "CalibMaxIntermediateOutputs",
          "CalibStridedMinMax",
          "SmoothQuant",
          "SmoothQuantAlpha",
          "SmoothQuantFolding");

  private final String place;
  private final PeerOptions.Builder builder;
  private final List<Diagnostic> found = new ArrayList<>();

  private String method = "MinMax";
  private boolean methodGiven;
  private double percent = CalibrationMethod.USUAL_PERCENT;
  private boolean averages;
  private double averaging = CalibrationMethod.USUAL_CONSTANT;

  private PeerOptionsFile(String place, PeerOptions.Builder builder) {
    this.place = place;
    this.builder = builder;
  }

  /// Sets what a file says.
  ///
  /// @throws OctetException `BAD_INPUT` when the file is missing or no JSON, or listing everything
  ///     in it that means nothing
  public static void read(Path file, PeerOptions.Builder builder) {
    try {
      parse(Files.readString(file), file.toString(), builder);
    } catch (NoSuchFileException cause) {
      throw bad(file.toString(), "does not exist");
    } catch (IOException cause) {
      throw bad(file.toString(), "cannot be read: " + cause.getMessage());
    }
  }

  /// Sets what a text says.
  ///
  /// @param place what messages call it
  /// @throws OctetException `BAD_INPUT` as [#read]
  public static void parse(String text, String place, PeerOptions.Builder builder) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException cause) {
      throw bad(place, "is no JSON: " + cause.getOriginalMessage());
    }
    if (!root.isObject()) {
      throw bad(place, "holds no object of arguments");
    }
    PeerOptionsFile reader = new PeerOptionsFile(place, builder);
    reader.all(root);
    reader.calibration();
    if (!reader.found.isEmpty()) {
      throw new OctetException(OctetException.Kind.BAD_INPUT, reader.found, null);
    }
  }

  private void all(JsonNode arguments) {
    for (Map.Entry<String, JsonNode> argument : arguments.properties()) {
      try {
        set(argument.getKey(), argument.getValue());
      } catch (IllegalArgumentException wrong) {
        mistake(argument.getKey(), String.valueOf(wrong.getMessage()), "");
      }
    }
  }

  private void set(String key, JsonNode value) {
    Optional<PeerSwitch> option = PeerSwitch.of(key);
    if (option.isPresent()) {
      if (PeerJson.truth(value)) {
        builder.with(option.get());
      } else {
        builder.without(option.get());
      }
      return;
    }
    switch (key) {
      case "activation_type" -> builder.activations(PeerJson.type(value));
      case "weight_type" -> builder.weights(PeerJson.type(value));
      case "op_types_to_quantize" -> builder.opTypes(PeerJson.texts(value));
      case "nodes_to_quantize" -> builder.nodes(PeerJson.texts(value));
      case "nodes_to_exclude" -> builder.excludeNodes(PeerJson.texts(value));
      case "extra_options" -> all(PeerJson.object(value));
      case "WeightSymmetric" -> builder.weightSymmetric(PeerJson.truth(value));
      case "MinimumRealRange" -> builder.minimumRealRange(PeerJson.number(value));
      case "BlockSize" -> builder.blockSize(PeerJson.whole(value));
      case "QuantizeBias" ->
          builder.biases(PeerJson.truth(value) ? BiasForm.CODES : BiasForm.FLOAT);
      case "OpTypesToExcludeOutputQuantization" -> builder.withoutResultsOf(PeerJson.texts(value));
      case "QDQOpTypePerChannelSupportToAxis" ->
          PeerJson.object(value)
              .properties()
              .forEach(axis -> builder.channelAxis(axis.getKey(), PeerJson.whole(axis.getValue())));
      case "TensorQuantOverrides" ->
          PeerJson.object(value)
              .properties()
              .forEach(
                  tensor ->
                      builder.override(tensor.getKey(), PeerJson.overrides(tensor.getValue())));
      case "DefaultTensorType" -> builder.defaultType(realType(PeerJson.whole(value)));
      case "calibrate_method" -> {
        method = PeerJson.text(value);
        methodGiven = true;
      }
      case "CalibPercentile" -> percent = PeerJson.number(value);
      case "CalibMovingAverage" -> averages = PeerJson.truth(value);
      case "CalibMovingAverageConstant" -> averaging = PeerJson.number(value);
      case "CalibMaxIntermediateOutputs", "CalibStridedMinMax" -> PeerJson.whole(value);
      case "SmoothQuant" -> refuseSmoothing(PeerJson.truth(value));
      case "SmoothQuantAlpha" -> PeerJson.number(value);
      case "SmoothQuantFolding" -> PeerJson.truth(value);
      case "quant_format" ->
          mistake(key, "is said on the command line", "leave it out, and give --format instead");
      case "calibration_cache_path" ->
          mistake(key, "is said on the command line", "leave it out, and give --calibration");
      case "calibration_providers" ->
          mistake(key, "chooses nothing here: calibration runs on the CPU", "leave it out");
      case "use_external_data_format" ->
          mistake(key, "is decided by size: files above 2 GB get external data", "leave it out");
      case "model_input", "model_output", "calibration_data_reader" ->
          mistake(key, "is said on the command line", "leave it out: MODEL, -o and --data say it");
      default -> mistake(key, "is no argument of onnxruntime.quantization's", near(key));
    }
  }

  private void calibration() {
    if (!methodGiven && !averages) {
      return;
    }
    try {
      switch (method) {
        case "MinMax" ->
            builder.calibration(
                averages ? CalibrationMethod.movingAverage(averaging) : CalibrationMethod.minMax());
        case "Percentile" -> builder.calibration(CalibrationMethod.percentile(percent));
        case "Entropy" -> builder.calibration(CalibrationMethod.entropy());
        case "Distribution" -> builder.calibration(CalibrationMethod.distribution());
        default ->
            mistake(
                "calibrate_method",
                "'" + method + "' is no method",
                "MinMax, Percentile, Entropy or Distribution");
      }
    } catch (IllegalArgumentException wrong) {
      mistake("calibrate_method", String.valueOf(wrong.getMessage()), "");
    }
  }

  private void refuseSmoothing(boolean asked) {
    if (asked) {
      mistake(
          "SmoothQuant",
          "is not done here: onnxruntime.quantization hands it to the package neural-compressor",
          "leave it out; octet quantize without --compat equalizes channels where that helps");
    }
  }

  private static RealType realType(int number) {
    return Arrays.stream(RealType.values())
        .filter(real -> real.onnxNumber() == number)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    number + " is no type that is quantized: 1 is float32, 10 float16"));
  }

  private static String near(String key) {
    Set<String> known = new LinkedHashSet<>();
    Arrays.stream(PeerSwitch.values()).map(PeerSwitch::key).forEach(known::add);
    OTHER_KEYS.stream().sorted().forEach(known::add);
    List<String> near = NearNames.of(key, known);
    return near.isEmpty() ? "leave it out" : "perhaps " + String.join(" or ", near);
  }

  private void mistake(String key, String message, String hint) {
    found.add(new Diagnostic("peer-options-bad", place + ", '" + key + "'", message, hint));
  }

  private static OctetException bad(String place, String message) {
    return OctetException.badInput(
        "peer-options-bad",
        place,
        message,
        "expected a JSON file of the arguments of quantize_static or quantize_dynamic");
  }
}
