package dev.octet.ir.io;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.octet.ir.Model;
import dev.octet.ir.io.proto.ModelProto;
import java.util.List;

/// Functions that a model brings along, which the IR passes through uninterpreted.
public final class LocalFunctions {
  private LocalFunctions() {}

  /// Names of the functions, as `domain.name`, in file order.
  public static List<String> of(Model model) {
    try {
      return ModelProto.parseFrom(model.extraFields().encoded()).getFunctionsList().stream()
          .map(function -> function.getDomain() + "." + function.getName())
          .toList();
    } catch (InvalidProtocolBufferException impossible) {
      throw new IllegalStateException("fields once read cannot be read again", impossible);
    }
  }
}
