package dev.octet.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/// One self-contained HTML page: no scripts, no links to elsewhere, readable in light and dark.
public final class HtmlRenderer implements Renderer {
  private final TemplateEngine templates =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, HtmlRenderer.class.getClassLoader(), "dev.octet.report.template");

  @Override
  public String render(Report report) {
    StringOutput page = new StringOutput();
    templates.render("report.jte", report, page);
    return page.toString();
  }
}
