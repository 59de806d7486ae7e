package io.klts.repo.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateTest {

  private static String fill(String template, Map<String, ?> values) {
    return new String(Template.of(template).fill(values), UTF_8);
  }

  @Test
  void textCannotBecomeMarkup() {
    assertThat(fill("<a title=\"{{x}}\">{{x}}</a>", Map.of("x", "\"'<b>&{{x}}\uFFFF")))
        .isEqualTo(
            "<a title=\"&quot;&#39;&lt;b&gt;&amp;{{x}}\uFFFD\">"
                + "&quot;&#39;&lt;b&gt;&amp;{{x}}\uFFFD</a>");
  }

  @Test
  void aSectionIsThereOnceForEachEntry() {
    Map<String, ?> values = Map.of("list", List.of(Map.of("x", 1), Map.of("x", 2)), "y", "!");
    assertThat(fill("{{#list}}\n{{x}}{{y}}\n{{/list}}\nend", values)).isEqualTo("1!\n2!\nend");
  }

  @Test
  void aSectionWithoutAValueIsNotThereButItsOpposite() {
    String template = "{{#x}}with {{x}}{{/x}}{{^x}}without{{/x}}";
    assertThat(fill(template, Map.of("x", "it"))).isEqualTo("with it");
    assertThat(fill(template, Map.of())).isEqualTo("without");
    assertThat(fill(template, Map.of("x", List.of()))).isEqualTo("without");
  }

  @Test
  void sectionsThatDoNotEndAsTheyBeginAreRefused() {
    for (String bad : List.of("{{#x}}", "{{/x}}", "{{#x}}{{#y}}{{/x}}{{/y}}")) {
      assertThatThrownBy(() -> Template.of(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
