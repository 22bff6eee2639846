//! Blocks as one self-contained HTML file. 网页输出

use std::fmt::Write;

use pinji_charts::{Paint, escape, grade_paint};
use pinji_domain::Lang;

use crate::doc::{Block, ColumnKind, Line, Run, Table};

/// More columns than this do not fit beside a picture.
pub(crate) const MOST_BESIDE: usize = 7;

const STYLE: &str = include_str!("style.css");

/// One language's side of a page.
pub(crate) struct Side {
    pub(crate) lang: Lang,
    /// The head of the page: title, lead, tiles, contents.
    pub(crate) head: Vec<Block>,
    /// The rest; each heading of level 2 begins a card.
    pub(crate) body: Vec<Block>,
    /// The small print at the end.
    pub(crate) foot: String,
}

/// What stands on the page but in no language's side.
pub(crate) struct Shell<'a> {
    /// The language that shows first.
    pub(crate) lang: Lang,
    /// The title of the window.
    pub(crate) title: &'a str,
    /// How many grades the scale has, for their colours.
    pub(crate) grades: usize,
    /// Whether both languages can be shown together, one after the other.
    pub(crate) together: bool,
}

/// The whole file.
pub(crate) fn page(shell: &Shell<'_>, sides: &[Side]) -> String {
    let mut out = String::with_capacity(64 * 1024);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{}</title>\n<style>\n{STYLE}",
        tag(shell.lang),
        escape(shell.title)
    );
    for rank in 0..shell.grades {
        let paint = grade_paint(rank, shell.grades);
        let border = if paint.outline { "#51565D" } else { paint.fill.as_str() };
        let (fill, ink) = (&paint.fill, paint.text);
        let _ = writeln!(out, ".g{rank}{{background:{fill};color:{ink};border-color:{border}}}");
    }
    toggle_style(&mut out, shell);
    out.push_str("</style>\n</head>\n<body>\n");
    toggle(&mut out, shell);
    out.push_str("<main>\n");
    for side in sides {
        let writer = Writer {
            lang: side.lang,
            grades: shell.grades,
        };
        let code = side.lang.code();
        let _ = write!(
            out,
            "<article class=\"{code}\" lang=\"{}\">\n<header>\n",
            tag(side.lang)
        );
        for block in &side.head {
            writer.block(&mut out, block);
        }
        out.push_str("</header>\n");
        let mut open = false;
        for block in &side.body {
            if let Block::Heading(2, id, _) = block {
                out.push_str(if open { "</section>\n" } else { "" });
                let _ = writeln!(out, "<section aria-labelledby=\"{code}-{}\">", escape(id));
                open = true;
            }
            writer.block(&mut out, block);
        }
        out.push_str(if open { "</section>\n" } else { "" });
        let _ = write!(out, "<footer>{}</footer>\n</article>\n", escape(&side.foot));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    }
}

/// The choices of the switch: id, its words, the language of those words.
fn choices(shell: &Shell<'_>) -> &'static [(&'static str, &'static str, Lang)] {
    const CHOICES: [(&str, &str, Lang); 3] = [
        ("zh", "中文", Lang::Zh),
        ("en", "English", Lang::En),
        ("both", "中文 + English", Lang::Zh),
    ];
    CHOICES.split_at(if shell.together { 3 } else { 2 }).0
}

fn toggle(out: &mut String, shell: &Shell<'_>) {
    for (id, words, _) in choices(shell) {
        let checked = if *id == shell.lang.code() { " checked" } else { "" };
        let _ = writeln!(
            out,
            "<input class=\"sw\" type=\"radio\" name=\"lang\" id=\"lang-{id}\" aria-label=\"{words}\"{checked}>"
        );
    }
    let _ = write!(out, "<div class=\"bar\"><span>{}</span>", escape(shell.title));
    for (id, words, lang) in choices(shell) {
        let _ = write!(out, "<label for=\"lang-{id}\" lang=\"{}\">{words}</label>", tag(*lang));
    }
    out.push_str("</div>\n");
}

fn toggle_style(out: &mut String, shell: &Shell<'_>) {
    out.push_str("#lang-zh:checked~main .en,#lang-en:checked~main .zh{display:none}\n");
    for (id, ..) in choices(shell) {
        let _ = writeln!(
            out,
            "#lang-{id}:checked~.bar label[for=lang-{id}]{{border-color:var(--link);color:var(--link)}}\
             #lang-{id}:focus-visible~.bar label[for=lang-{id}]{{outline:2px solid var(--link);outline-offset:2px}}"
        );
    }
}

struct Writer {
    lang: Lang,
    grades: usize,
}

impl Writer {
    fn block(&self, out: &mut String, block: &Block) {
        match block {
            Block::Heading(level, id, line) => {
                let _ = write!(out, "<h{level} id=\"{}-{}\">", self.lang.code(), escape(id));
                self.line(out, line);
                let _ = writeln!(out, "</h{level}>");
            }
            Block::Paragraph(line) => self.wrapped(out, "<p>", line, "</p>\n"),
            Block::List(lines) => {
                out.push_str("<ul>\n");
                for line in lines {
                    self.wrapped(out, "<li>", line, "</li>\n");
                }
                out.push_str("</ul>\n");
            }
            Block::Facts(facts) => {
                out.push_str("<dl>\n");
                for (name, line) in facts {
                    let _ = write!(out, "<dt>{}</dt>", escape(name));
                    self.wrapped(out, "<dd>", line, "</dd>\n");
                }
                out.push_str("</dl>\n");
            }
            Block::Table(table) => {
                out.push_str("<div class=\"scroll\">");
                self.table(out, table);
                out.push_str("</div>\n");
            }
            Block::Picture(svg, table) => {
                // A table too wide to stand beside its picture stands below it.
                let beside = if table.columns.len() > MOST_BESIDE {
                    "pair below"
                } else {
                    "pair"
                };
                let _ = write!(out, "<div class=\"{beside}\"><figure>");
                out.push_str(svg);
                out.push_str("</figure><div class=\"scroll\">");
                self.table(out, table);
                out.push_str("</div></div>\n");
            }
            Block::Tiles(tiles) => {
                out.push_str("<div class=\"tiles\">\n");
                for tile in tiles {
                    let (label, figure, note) = (escape(&tile.label), escape(&tile.figure), escape(&tile.note));
                    let _ = writeln!(
                        out,
                        "<div class=\"tile\"><span>{label}</span><b>{figure}</b><small>{note}</small></div>"
                    );
                }
                out.push_str("</div>\n");
            }
            Block::Contents(links) => {
                out.push_str("<ul class=\"contents\">\n");
                for (id, words) in links {
                    let (code, id, words) = (self.lang.code(), escape(id), escape(words));
                    let _ = writeln!(out, "<li><a href=\"#{code}-{id}\">{words}</a></li>");
                }
                out.push_str("</ul>\n");
            }
        }
    }

    fn table(&self, out: &mut String, table: &Table) {
        let figures_only = table
            .columns
            .iter()
            .skip(1)
            .all(|column| column.kind != ColumnKind::Words);
        out.push_str(if figures_only {
            "<table class=\"fit\">\n"
        } else {
            "<table>\n"
        });
        if !table.caption.is_empty() {
            let _ = writeln!(out, "<caption>{}</caption>", escape(&table.caption));
        }
        out.push_str("<thead><tr>");
        for column in &table.columns {
            let _ = write!(
                out,
                "<th scope=\"col\"{}>{}</th>",
                class(column.kind),
                escape(&column.title)
            );
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            out.push_str("<tr>");
            for (index, cell) in row.iter().enumerate() {
                let kind = table.columns.get(index).map_or(ColumnKind::Words, |column| column.kind);
                let (name, scope) = if index == 0 {
                    ("th", " scope=\"row\"")
                } else {
                    ("td", "")
                };
                let _ = write!(out, "<{name}{scope}{}{}>", class(kind), self.foreign(cell));
                self.line(out, cell);
                let _ = write!(out, "</{name}>");
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table>");
    }

    fn wrapped(&self, out: &mut String, before: &str, line: &Line, after: &str) {
        out.push_str(before);
        self.line(out, line);
        out.push_str(after);
    }

    fn line(&self, out: &mut String, line: &Line) {
        for run in line {
            let _ = match run {
                Run::Text(words) => write!(out, "{}", escape(words)),
                Run::Muted(words) => write!(out, "<span class=\"m\">{}</span>", escape(words)),
                Run::Code(words) => write!(out, "<code>{}</code>", escape(words)),
                Run::Chip(paint, words) => {
                    write!(
                        out,
                        "<span class=\"chip {}\">{} {}</span>",
                        self.chip(paint),
                        paint.mark,
                        escape(words)
                    )
                }
                Run::Break => write!(out, "<br>"),
            };
        }
    }

    /// The class of a grade's colours.
    fn chip(&self, paint: &Paint) -> String {
        let rank = (0..self.grades).find(|rank| grade_paint(*rank, self.grades).fill == paint.fill);
        rank.map_or_else(|| "gu".to_owned(), |rank| format!("g{rank}"))
    }

    /// Chinese names on the English side say so, or a browser may pick Japanese glyphs for them.
    fn foreign(&self, cell: &Line) -> &'static str {
        let han = |words: &str| {
            words
                .chars()
                .any(|character| ('\u{3400}'..='\u{9FFF}').contains(&character))
        };
        let any = cell.iter().any(|run| match run {
            Run::Text(words) | Run::Muted(words) | Run::Code(words) => han(words),
            Run::Chip(_, words) => han(words),
            Run::Break => false,
        });
        if self.lang == Lang::En && any {
            " lang=\"zh-CN\""
        } else {
            ""
        }
    }
}

fn class(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Words => " class=\"w\"",
        ColumnKind::Short => " class=\"s\"",
        ColumnKind::Figures => " class=\"n\"",
    }
}
