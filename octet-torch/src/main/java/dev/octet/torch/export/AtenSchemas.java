package dev.octet.torch.export;

import dev.octet.torch.graph.AtenOp;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Facts about operator arguments, taken from PyTorch's registry by
/// `conformance/python/make_aten_schemas.py`: names, types, defaults and aliasing.
public final class AtenSchemas {
  private static final String RESOURCE = "aten-schemas.tsv";
  private static final AtenSchemas STANDARD = load();

  private final Map<String, List<Parameter>> parameters;

  /// One parameter of an operator.
  ///
  /// @param name schema name
  /// @param type schema type, such as `List[int]` or `Optional[Tensor]`
  /// @param defaultText default value as text (`None`, `True`, `[1]`, `1e-05`); empty for none
  /// @param alias `a!` when the operator writes it, `a` when a result is a view of it, else empty
  public record Parameter(String name, String type, String defaultText, String alias) {

    /// Whether calls may leave it out.
    public boolean hasDefault() {
      return !defaultText.isEmpty();
    }
  }

  private AtenSchemas(Map<String, List<Parameter>> parameters) {
    this.parameters = parameters;
  }

  /// The committed table.
  public static AtenSchemas standard() {
    return STANDARD;
  }

  /// Parameters of an operator in schema order; empty when the table does not have it.
  public List<Parameter> parameters(AtenOp op) {
    return parameters.getOrDefault(op.toString(), List.of());
  }

  /// Every operator of the table by its full name, such as `aten.conv1d.default`.
  public Map<String, List<Parameter>> all() {
    return Collections.unmodifiableMap(parameters);
  }

  Optional<Parameter> parameter(AtenOp op, String name) {
    return parameters(op).stream().filter(parameter -> parameter.name().equals(name)).findFirst();
  }

  private static AtenSchemas load() {
    Map<String, List<Parameter>> parameters = new LinkedHashMap<>();
    try (InputStream stream = AtenSchemas.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is missing");
      }
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] columns = line.split("\t", -1);
          parameters
              .computeIfAbsent(columns[0], op -> new ArrayList<>())
              .add(new Parameter(columns[1], columns[2], columns[3], columns[4]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new AtenSchemas(parameters);
  }
}
