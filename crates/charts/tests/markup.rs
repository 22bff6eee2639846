//! A strict reader of what we write: tags nest, attributes are quoted, entities are known. Shared with the report's tests.
#![allow(dead_code, reason = "each test crate uses its part")]

/// One element as it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    /// The text directly inside, entities resolved.
    pub text: String,
    /// Names of the elements around it, outermost first.
    pub inside: Vec<String>,
}

impl Element {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name)
            .map(|value| value.parse().unwrap_or_else(|_| panic!("{name}={value} of {self:?}")))
    }
}

const VOID: [&str; 4] = ["meta", "input", "br", "hr"];

/// All elements in document order. Panics, saying where, at anything that is not well-formed.
pub fn read(markup: &str) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut rest = markup.strip_prefix("<!DOCTYPE html>").unwrap_or(markup);
    while let Some(at) = rest.find('<') {
        if let Some(current) = open.last() {
            let text = unescape(&rest[..at], elements[*current].name == "style");
            elements[*current].text.push_str(&text);
        } else {
            assert!(rest[..at].trim().is_empty(), "text outside: {}", &rest[..at]);
        }
        let end = rest[at..]
            .find('>')
            .unwrap_or_else(|| panic!("unclosed tag: {}", &rest[at..]))
            + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let closed = open.pop().unwrap_or_else(|| panic!("</{name}> closes nothing"));
            assert_eq!(elements[closed].name, name, "wrongly nested");
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let element = element(tag, open.iter().map(|index| elements[*index].name.clone()).collect());
        let stays = !empty && !VOID.contains(&element.name.as_str());
        elements.push(element);
        if stays {
            open.push(elements.len() - 1);
        }
    }
    assert!(rest.trim().is_empty() && open.is_empty(), "not closed: {open:?}");
    elements
}

fn element(tag: &str, inside: Vec<String>) -> Element {
    let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
    assert!(
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "<{tag}>"
    );
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        if let Some(after) = rest.strip_prefix("checked") {
            attributes.push(("checked".into(), String::new()));
            rest = after;
            continue;
        }
        let (key, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("unquoted in <{tag}>"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("unquoted in <{tag}>"));
        assert!(
            key.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-:".contains(&byte)),
            "{key} in <{tag}>"
        );
        assert!(
            attributes.iter().all(|(found, _)| found != key),
            "{key} twice in <{tag}>"
        );
        assert!(!value.contains('<'), "{value} in <{tag}>");
        attributes.push((key.to_owned(), unescape(value, false)));
        rest = after;
    }
    Element {
        name: name.to_owned(),
        attributes,
        text: String::new(),
        inside,
    }
}

/// Resolves the entities that we write; any other `&` is a fault.
fn unescape(text: &str, raw: bool) -> String {
    if raw {
        return text.to_owned();
    }
    assert!(!text.contains('>'), "bare > in {text}");
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..]
            .split_once(';')
            .unwrap_or_else(|| panic!("bare & in {text}"));
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            _ => panic!("unknown &{entity}; in {text}"),
        });
        rest = after;
    }
    out + rest
}
