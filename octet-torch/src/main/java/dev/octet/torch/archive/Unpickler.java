package dev.octet.torch.archive;

import dev.octet.diagnostic.OctetException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a pickle (protocols 0 to 5, without what PyTorch never writes) into [Pickle] values. It
/// runs nothing: what Python would call stays a record of the call.
final class Unpickler {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /// The latest protocol read.
  static final int HIGHEST_PROTOCOL = 5;

  private final String place;
  private final MemorySegment bytes;
  private long at;
  private final List<Pickle> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Pickle> memo = new HashMap<>();

  private Unpickler(String place, MemorySegment bytes, long at) {
    this.place = place;
    this.bytes = bytes;
    this.at = at;
  }

  /// @param value what the pickle holds
  /// @param end place of the first byte after it
  record Read(Pickle value, long end) {}

  /// Reads one pickle.
  ///
  /// @param place what to call the bytes in messages
  /// @param start place of its first byte
  /// @throws OctetException of kind `BAD_INPUT` when it is damaged or uses what is not supported
  static Read read(String place, MemorySegment bytes, long start) {
    Unpickler unpickler = new Unpickler(place, bytes, start);
    return new Read(unpickler.run(), unpickler.at);
  }

  private Pickle run() {
    while (true) {
      int opcode = unsignedByte();
      if (opcode == '.') {
        return pop();
      }
      step(opcode);
    }
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(unsignedByte());
      case 0x95 -> skipFrame();
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> popMark();
      case '2' -> push(top());
      case 'N' -> push(new Pickle.Nothing());
      case 0x88 -> push(new Pickle.Truth(true));
      case 0x89 -> push(new Pickle.Truth(false));
      case 'K' -> push(new Pickle.Int(unsignedByte()));
      case 'M' -> push(new Pickle.Int(unsignedByte() | unsignedByte() << 8));
      case 'J' -> push(new Pickle.Int(int32()));
      case 'I' -> push(decimal(line()));
      case 'L' -> push(decimal(line().replace("L", "")));
      case 0x8a -> push(integer(take(unsignedByte())));
      case 0x8b -> push(integer(take(unsigned32())));
      case 'G' -> push(new Pickle.Real(real()));
      case 'F' -> push(realText(line()));
      case 'X' -> push(text(unsigned32()));
      case 0x8c -> push(text(unsignedByte()));
      case 0x8d -> push(text(int64()));
      case 'U', 'T' -> push(latin(opcode == 'U' ? unsignedByte() : unsigned32()));
      case 'C' -> push(bytes(unsignedByte()));
      case 'B' -> push(bytes(unsigned32()));
      case 0x8e, 0x96 -> push(bytes(int64()));
      case ']', 0x8f -> push(new Pickle.Listing(new ArrayList<>()));
      case '}' -> push(new Pickle.Dict(new LinkedHashMap<>()));
      case ')' -> push(new Pickle.Tuple(List.of()));
      case 't' -> push(new Pickle.Tuple(popMark()));
      case 'l' -> push(new Pickle.Listing(popMark()));
      case 'd' -> {
        List<Pickle> items = popMark();
        push(new Pickle.Dict(new LinkedHashMap<>()));
        put(items);
      }
      case 0x91 -> push(new Pickle.Listing(popMark()));
      case 0x85, 0x86, 0x87 -> push(new Pickle.Tuple(pop(opcode - 0x84)));
      case 'a' -> append(pop(1));
      case 'e', 0x90 -> append(popMark());
      case 's' -> put(pop(2));
      case 'u' -> put(popMark());
      case 'c' -> push(new Pickle.Global(line(), line()));
      case 0x93 -> {
        List<Pickle> names = pop(2);
        push(new Pickle.Global(string(names.get(0)), string(names.get(1))));
      }
      case 'R', 0x81 -> {
        List<Pickle> call = pop(2);
        push(Pickle.Call.of(call.get(0), items(call.get(1))));
      }
      case 'b' -> build(pop());
      case 'Q' -> push(new Pickle.Persistent(pop()));
      case 'P' -> push(new Pickle.Persistent(new Pickle.Text(line())));
      case 'q' -> memo.put((long) unsignedByte(), top());
      case 'r' -> memo.put(unsigned32(), top());
      case 'p' -> memo.put(number(line()), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'h' -> push(remembered(unsignedByte()));
      case 'j' -> push(remembered(unsigned32()));
      case 'g' -> push(remembered(number(line())));
      default ->
          throw broken("uses the pickle instruction 0x%02x, which is not read".formatted(opcode));
    }
  }

  private void protocol(int version) {
    if (version > HIGHEST_PROTOCOL) {
      throw broken("is a pickle of protocol " + version);
    }
  }

  private void skipFrame() {
    int64();
  }

  private void build(Pickle state) {
    if (top() instanceof Pickle.Call call) {
      call.state().add(state);
    }
  }

  private void append(List<Pickle> items) {
    switch (top()) {
      case Pickle.Listing(List<Pickle> list) -> list.addAll(items);
      // Appending to an object of some class: its contents do not matter here.
      case Pickle.Call _ -> {}
      case Pickle.Nothing _, Pickle.Truth _, Pickle.Int _, Pickle.Real _, Pickle.Text _ ->
          throw broken("appends to what is no list");
      case Pickle.Bytes _, Pickle.Tuple _, Pickle.Dict _, Pickle.Global _, Pickle.Persistent _ ->
          throw broken("appends to what is no list");
    }
  }

  private void put(List<Pickle> items) {
    Map<Pickle, Pickle> entries =
        switch (top()) {
          case Pickle.Dict(Map<Pickle, Pickle> own) -> own;
          case Pickle.Call call -> call.entries();
          case Pickle.Nothing _, Pickle.Truth _, Pickle.Int _, Pickle.Real _, Pickle.Text _ ->
              throw broken("sets an entry of what is no dictionary");
          case Pickle.Bytes _, Pickle.Tuple _, Pickle.Listing _, Pickle.Global _ ->
              throw broken("sets an entry of what is no dictionary");
          case Pickle.Persistent _ -> throw broken("sets an entry of what is no dictionary");
        };
    if (items.size() % 2 != 0) {
      throw broken("has a key without a value");
    }
    for (int i = 0; i < items.size(); i += 2) {
      // Only texts and numbers can be keys that matter; lists and calls would hash their contents.
      if (items.get(i) instanceof Pickle.Text || items.get(i) instanceof Pickle.Int) {
        entries.put(items.get(i), items.get(i + 1));
      }
    }
  }

  private List<Pickle> items(Pickle arguments) {
    return arguments
        .sequence()
        .orElseThrow(() -> broken("calls something with arguments that are no tuple"));
  }

  private String string(Pickle value) {
    if (value instanceof Pickle.Text(String text)) {
      return text;
    }
    throw broken("names a class with something other than text");
  }

  private Pickle remembered(long key) {
    Pickle value = memo.get(key);
    if (value == null) {
      throw broken("refers to a value it never held");
    }
    return value;
  }

  private void push(Pickle value) {
    stack.add(value);
  }

  private Pickle top() {
    if (stack.isEmpty()) {
      throw broken("takes a value from an empty stack");
    }
    return stack.getLast();
  }

  private Pickle pop() {
    Pickle value = top();
    stack.removeLast();
    return value;
  }

  private List<Pickle> pop(int count) {
    return cut(stack.size() - count);
  }

  private List<Pickle> popMark() {
    if (marks.isEmpty()) {
      throw broken("ends a group it never began");
    }
    return cut(marks.removeLast());
  }

  private List<Pickle> cut(int from) {
    if (from < 0 || from > stack.size()) {
      throw broken("takes a value from an empty stack");
    }
    List<Pickle> tail = stack.subList(from, stack.size());
    List<Pickle> items = new ArrayList<>(tail);
    tail.clear();
    return items;
  }

  // ---- bytes

  private int unsignedByte() {
    require(1);
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at++));
  }

  private int int32() {
    require(4);
    at += 4;
    return bytes.get(INT, at - 4);
  }

  private long unsigned32() {
    return Integer.toUnsignedLong(int32());
  }

  private long int64() {
    require(8);
    at += 8;
    return bytes.get(LONG, at - 8);
  }

  private double real() {
    require(8);
    at += 8;
    return bytes.get(DOUBLE, at - 8);
  }

  private byte[] take(long count) {
    require(count);
    at += count;
    return bytes.asSlice(at - count, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private Pickle bytes(long count) {
    return new Pickle.Bytes(take(count).length);
  }

  private Pickle.Text text(long count) {
    return new Pickle.Text(new String(take(count), StandardCharsets.UTF_8));
  }

  private Pickle.Text latin(long count) {
    return new Pickle.Text(new String(take(count), StandardCharsets.ISO_8859_1));
  }

  private String line() {
    long end = at;
    while (end < bytes.byteSize() && bytes.get(ValueLayout.JAVA_BYTE, end) != '\n') {
      end++;
    }
    String line = new String(take(end - at), StandardCharsets.UTF_8);
    require(1);
    at++;
    return line;
  }

  private Pickle decimal(String text) {
    return switch (text) {
      case "00" -> new Pickle.Truth(false);
      case "01" -> new Pickle.Truth(true);
      default -> new Pickle.Int(number(text));
    };
  }

  private long number(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw broken("has \"" + text + "\" where a number belongs");
    }
  }

  private Pickle realText(String text) {
    try {
      return new Pickle.Real(Double.parseDouble(text.strip()));
    } catch (NumberFormatException e) {
      throw broken("has \"" + text + "\" where a number belongs");
    }
  }

  private static Pickle integer(byte[] littleEndian) {
    if (littleEndian.length > 8) {
      return new Pickle.Bytes(littleEndian.length);
    }
    long value = littleEndian.length > 0 && littleEndian[littleEndian.length - 1] < 0 ? -1 : 0;
    for (int i = littleEndian.length - 1; i >= 0; i--) {
      value = value << 8 | (littleEndian[i] & 0xff);
    }
    return new Pickle.Int(value);
  }

  private void require(long count) {
    if (count < 0 || count > bytes.byteSize() - at) {
      throw broken("ends in the middle of a value");
    }
  }

  private OctetException broken(String message) {
    return OctetException.badInput(
        "pickle-broken", place + " at byte " + at, message, Pt2Hints.FETCH_AGAIN);
  }
}
