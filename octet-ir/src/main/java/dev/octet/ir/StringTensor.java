package dev.octet.ir;

import java.util.List;

/// A tensor of strings.
///
/// @param dims outermost first
/// @param values elements in row-major order, as the raw bytes ONNX stores (not always UTF-8)
public record StringTensor(List<Long> dims, List<OpaqueFields> values) implements Tensor {
  public StringTensor {
    dims = List.copyOf(dims);
    values = List.copyOf(values);
  }

  @Override
  public DataType dataType() {
    return DataType.STRING;
  }

  @Override
  public long byteSize() {
    return values.stream().mapToLong(value -> value.encoded().length).sum();
  }
}
