package dev.octet.example.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The embedded data set is what its README says. Read with the JDK alone, so that it also vouches
/// for what Octet's own reader is tested on.
class SpokenWordsTest {
  private static final Path DATA = Path.of("data");
  private static final List<String> PARTS = List.of("train", "val", "test");
  private static final List<String> WORDS =
      List.of(
          ("backward bed bird cat dog down eight five follow forward four go happy house learn left"
                  + " marvin nine no off on one right seven sheila six stop three tree two up"
                  + " visual wow yes zero")
              .split(" "));

  @ParameterizedTest
  @ValueSource(strings = {"train", "val", "test"})
  void everyClipIsShortMonoSpeechAt8Kilohertz(String part) throws Exception {
    try (ZipFile zip = open(part)) {
      for (ZipEntry entry : entries(zip)) {
        try (AudioInputStream sound = sound(zip, entry)) {
          AudioFormat format = sound.getFormat();
          assertThat(format.getSampleRate()).as(entry.getName()).isEqualTo(8000f);
          assertThat(format.getChannels()).as(entry.getName()).isEqualTo(1);
          assertThat(format.getSampleSizeInBits()).as(entry.getName()).isEqualTo(16);
          assertThat(sound.getFrameLength()).as(entry.getName()).isBetween(1000L, 8000L);
          assertThat(peak(sound.readAllBytes())).as(entry.getName()).isBetween(0.12, 0.75);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "val", "test"})
  void everyVoiceSpeaksEveryWordOnce(String part) throws Exception {
    Map<String, List<String>> wordsByVoice = new TreeMap<>();
    for (String name : names(part)) {
      wordsByVoice.computeIfAbsent(voice(name), any -> new ArrayList<>()).add(word(name));
    }
    wordsByVoice.forEach(
        (voice, words) -> assertThat(words).as(voice).containsExactlyInAnyOrderElementsOf(WORDS));
  }

  @Test
  void testPartGivesNarrowIntervals() throws Exception {
    assertThat(names("test")).hasSizeGreaterThanOrEqualTo(20 * WORDS.size());
  }

  /// A voice is named `<variant>.<accent>`. Variants of one name (edward, edward2) are one speaker
  /// unless espeak-ng merely numbers them (f1, m2).
  @Test
  void noSpeakerIsInTwoParts() throws Exception {
    Map<String, String> partOf = new HashMap<>();
    for (String part : PARTS) {
      Set<String> speakers = new HashSet<>();
      names(part).forEach(name -> speakers.add(speaker(name)));
      for (String speaker : speakers) {
        assertThat(partOf.put(speaker, part)).as("other part with %s", speaker).isNull();
      }
    }
  }

  @Test
  void partsFitTheRepository() throws IOException {
    long total = 0;
    for (String part : PARTS) {
      total += Files.size(file(part));
    }
    assertThat(total).isLessThanOrEqualTo(16_000_000L);
  }

  private static double peak(byte[] samples) {
    int peak = 0;
    for (int at = 0; at + 1 < samples.length; at += 2) {
      peak = Math.max(peak, Math.abs((short) ((samples[at] & 0xff) | samples[at + 1] << 8)));
    }
    return peak / 32768.0;
  }

  private static Path file(String part) {
    return DATA.resolve("spoken_words_" + part + ".zip");
  }

  private static ZipFile open(String part) throws IOException {
    return new ZipFile(file(part).toFile());
  }

  private static List<? extends ZipEntry> entries(ZipFile zip) {
    return zip.stream().toList();
  }

  private static List<String> names(String part) throws IOException {
    try (ZipFile zip = open(part)) {
      return zip.stream().map(ZipEntry::getName).toList();
    }
  }

  private static AudioInputStream sound(ZipFile zip, ZipEntry entry)
      throws IOException, UnsupportedAudioFileException {
    byte[] bytes = zip.getInputStream(entry).readAllBytes();
    return AudioSystem.getAudioInputStream(new ByteArrayInputStream(bytes));
  }

  private static String word(String name) {
    return name.substring(0, name.indexOf('/'));
  }

  private static String voice(String name) {
    return name.substring(name.indexOf('/') + 1, name.indexOf("_nohash_"));
  }

  private static String speaker(String name) {
    String variant = voice(name).substring(0, voice(name).indexOf('.')).toLowerCase(Locale.ROOT);
    return variant.matches("[fm]\\d") ? variant : variant.replaceAll("\\d+$", "");
  }
}
