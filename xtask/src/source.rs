//! The files of the repository, and the string literals of a Rust file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A text file: its path from the root, with `/` between the parts, and its text.
#[derive(Debug, Clone)]
pub struct File {
    /// For instance `crates/engine/src/grade.rs`.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl File {
    /// Whether it is library or program code, not a test.
    pub fn is_code(&self) -> bool {
        self.name.ends_with(".rs") && self.name.contains("/src/")
    }
}

const KINDS: [&str; 6] = ["rs", "md", "toml", "ftl", "yml", "sh"];

/// All text files below `root`, in the order of their names; `target`, hidden folders and results are left out.
pub fn files(root: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            if path.is_dir() {
                if !name.starts_with('.') && name != "target" && name != "out" {
                    folders.push(path);
                }
            } else if path
                .extension()
                .is_some_and(|kind| KINDS.iter().any(|known| kind == *known))
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found.into_iter().map(|path| read(root, path)).collect()
}

fn read(root: &Path, path: PathBuf) -> Result<File> {
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let relative = path.strip_prefix(root).unwrap_or(&path);
    let name = relative
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/");
    Ok(File {
        name,
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// A string literal and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// What it says, with escapes as written.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
    /// The code before it, without spaces and comments, at most 32 characters.
    pub before: String,
    /// Whether it stands in the body of a function called `code`.
    pub in_code: bool,
}

/// The string literals of a Rust source; what follows `#[cfg(test)]` at the start of a line is left out.
///
/// A small lexer, not a parser: it knows comments, strings, raw strings, characters and lifetimes, and counts braces.
pub fn literals(text: &str) -> Vec<Literal> {
    let text = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    let mut found = Vec::new();
    let mut rest = text;
    let mut before = String::new();
    let (mut line, mut depth, mut code_at) = (1_usize, 0_i32, None::<i32>);
    while let Some(character) = rest.chars().next() {
        let (token, taken) = next(rest, character);
        match token {
            Token::Comment => {}
            Token::Text(literal) => {
                let in_code = code_at.is_some_and(|at| depth > at);
                let tail = before
                    .chars()
                    .rev()
                    .take(32)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect();
                found.push(Literal {
                    text: literal.to_owned(),
                    line,
                    before: tail,
                    in_code,
                });
                before.push('"');
            }
            Token::Other => {
                match character {
                    '{' => depth += 1,
                    '}' => {
                        depth -= 1;
                        code_at = code_at.filter(|at| depth > *at);
                    }
                    _ => {}
                }
                if !character.is_whitespace() {
                    before.push(character);
                    if before.ends_with("fncode(") {
                        code_at = Some(depth);
                    }
                }
            }
        }
        let (passed, left) = rest.split_at(taken);
        line += passed.matches('\n').count();
        rest = left;
    }
    found
}

enum Token<'a> {
    Comment,
    Text(&'a str),
    Other,
}

/// What stands at the beginning of `rest`, and how many bytes it takes.
fn next(rest: &str, first: char) -> (Token<'_>, usize) {
    if rest.starts_with("//") {
        return (Token::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Token::Comment, rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if let Some(raw) = raw_string(rest) {
        return raw;
    }
    if let Some(inner) = rest.strip_prefix('"') {
        let end = string_end(inner);
        return (
            Token::Text(inner.get(..end).unwrap_or(inner)),
            (end + 2).min(rest.len()),
        );
    }
    if let Some(inner) = rest.strip_prefix('\'') {
        // A character closes after one (possibly escaped) character; anything else is a lifetime.
        let body = if inner.starts_with('\\') {
            inner.char_indices().skip(2).find(|(_, c)| *c == '\'')
        } else {
            inner.char_indices().nth(1)
        };
        if let Some((end, '\'')) = body {
            return (Token::Comment, end + 2);
        }
    }
    (Token::Other, first.len_utf8())
}

fn string_end(inner: &str) -> usize {
    let mut escaped = false;
    for (at, character) in inner.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    inner.len()
}

fn raw_string(rest: &str) -> Option<(Token<'_>, usize)> {
    let hashes = rest.strip_prefix('r')?;
    let inner = hashes.trim_start_matches('#');
    let count = hashes.len() - inner.len();
    let inner = inner.strip_prefix('"')?;
    let close = format!("\"{}", "#".repeat(count));
    let end = inner.find(&close)?;
    Some((Token::Text(inner.get(..end)?), 1 + count + 1 + end + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_and_comments_are_not() {
        let source = "// \"no\"\nlet a = Message::new(\n  \"one-two\");\nlet b = 'x'; let c: &'a str = r#\"say \"hi\"\"#;\n\
             /* \"no\" */ fn code(self) -> &'static str { match self { A => \"in-code\" } }\nlet d = \"a\\\"b\"; let e = '\\'';\n\
             \n#[cfg(test)]\nmod tests { const X: &str = \"no\"; }\n";
        let found = literals(source);
        let texts: Vec<&str> = found.iter().map(|literal| literal.text.as_str()).collect();
        assert_eq!(texts, ["one-two", "say \"hi\"", "in-code", "a\\\"b"]);
        assert_eq!(
            found.iter().map(|literal| literal.line).collect::<Vec<_>>(),
            [3, 4, 5, 6]
        );
        assert_eq!(
            found.iter().map(|literal| literal.in_code).collect::<Vec<_>>(),
            [false, false, true, false]
        );
        assert!(
            found
                .first()
                .is_some_and(|literal| literal.before.ends_with("Message::new("))
        );
    }
}
