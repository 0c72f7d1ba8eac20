package dev.octet.torch.graph;

import java.util.Arrays;
import java.util.Optional;

/// How a tensor's elements are stored, numbered as in torch.export's JSON.
public enum TorchLayout {
  SPARSE_COO(1),
  SPARSE_CSR(2),
  SPARSE_CSC(3),
  SPARSE_BSR(4),
  SPARSE_BSC(5),
  MKLDNN(6),
  STRIDED(7);

  private final int jsonNumber;

  TorchLayout(int jsonNumber) {
    this.jsonNumber = jsonNumber;
  }

  public static Optional<TorchLayout> fromJson(long number) {
    return Arrays.stream(values()).filter(layout -> layout.jsonNumber == number).findFirst();
  }

  public int jsonNumber() {
    return jsonNumber;
  }
}
