package dev.octet.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class GlobTest {
  /// Against regular expressions, on an alphabet small enough for patterns to match often.
  @Property(seed = "20261124")
  void matchesWhatARegularExpressionWould(
      @ForAll @StringLength(max = 6) @Chars({'a', 'b', '*', '?'}) String glob,
      @ForAll @StringLength(max = 8) @CharRange(from = 'a', to = 'b') String name) {
    String regex = glob.replace("*", ".*").replace("?", ".");

    assertThat(new Glob(glob).matches(name)).isEqualTo(Pattern.matches(regex, name));
  }

  @Test
  void takesPunctuationOfNamesLiterally() {
    assertThat(new Glob("/block[1]/conv.0").matches("/block[1]/conv.0")).isTrue();
    assertThat(new Glob("/block[1]/conv.0").matches("/block1/conv_0")).isFalse();
  }

  @Test
  void suggestsOnlyWhatIsNear() {
    assertThat(NearNames.of("Cnov", List.of("Conv", "ConvTranspose", "Gemm")))
        .containsExactly("Conv");
    assertThat(NearNames.of("zzzz", List.of("Conv"))).isEmpty();
  }
}
