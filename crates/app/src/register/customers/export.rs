//! Many customers in one file: elevated, within the caller's reach, no cell a formula. 客户导出

use pinji_access::{FieldClass, What};
use pinji_connectors::csv::{BYTE_ORDER_MARK, CsvCell, write_row};
use pinji_connectors::workbook::{self, Cell, Sheet, Workbook};
use pinji_domain::{Lang, Message};
use pinji_store::{Customer, Direction, SortBy};
use serde_json::json;

use super::super::deed::Deed;
use super::super::reach::{note, resource, shows};
use super::super::{Action, Caller, Fault, Office};
use super::list::{Wanted, graded, prepare};
use super::{CustomerView, MASK, seen};

/// So many rows go into one file; more are asked for by region, industry or team.
const MOST_ROWS: usize = 200_000;
/// How many are read at a time.
const PAGE: u32 = 5_000;

/// The file's form. 文件形式
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8 with a mark for Excel.
    Csv,
    /// A workbook.
    Workbook,
}

/// A file. 导出文件
#[derive(Debug, Clone)]
pub struct Exported {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How many customers are in it.
    pub rows: usize,
}

const HEADINGS: [(&str, &str); 14] = [
    ("code", "app-export-code"),
    ("name", "app-export-name"),
    ("uscc", "app-export-uscc"),
    ("industry", "app-export-industry"),
    ("region", "app-export-region"),
    ("size", "app-export-size"),
    ("manager", "app-export-manager"),
    ("team", "app-export-team"),
    ("secrecy", "app-export-secrecy"),
    ("grade", "app-export-grade"),
    ("custom", "app-export-custom"),
    ("created_at", "app-export-created"),
    ("changed_at", "app-export-changed"),
    ("version", "app-export-version"),
];

/// All customers that the filters leave, as far as the caller may export them, by code. 导出客户
///
/// An export is an act: it leaves an entry in the ledger with filters and number of rows.
pub async fn export(
    office: &Office,
    caller: &Caller,
    wanted: &Wanted,
    form: Form,
    lang: Lang,
) -> Result<Exported, Fault> {
    let mut listing = prepare(office, caller, wanted, Action::ExportBulk).await?;
    let list = &mut listing.list;
    (list.sort, list.direction, list.limit) = (SortBy::Code, Direction::Ascending, PAGE);
    let kinds = office.kinds(&office.store).await?;
    let view = office.store.snapshot().await?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut secret: Vec<Customer> = Vec::new();
    loop {
        let page = view.list_customers(list).await?;
        for (customer, head) in page.rows {
            if !office.may(caller, Action::ExportBulk, &resource(What::Export, &customer, caller)) {
                continue;
            }
            let grade = graded(office, caller, list, &customer, head.as_ref());
            let grade = match (&grade, &head) {
                (Some(grade), _) => grade.grade.clone().unwrap_or_default(),
                (None, Some(_)) => MASK.to_owned(),
                (None, None) => String::new(),
            };
            let general = shows(office, caller, FieldClass::General, &customer);
            rows.push(cells(&seen(office, caller, &kinds, &customer), grade, general));
            if customer.secrecy == pinji_domain::Secrecy::Confidential {
                secret.push(customer);
            }
        }
        if rows.len() > MOST_ROWS {
            let says = Message::new("app-export-too-much").with("most", MOST_ROWS);
            return Err(Fault::Refused(says));
        }
        list.after = page.next;
        if list.after.is_none() {
            break;
        }
    }
    drop(view);
    let count = rows.len();
    let bytes = tokio::task::spawn_blocking(move || written(&rows, form, lang))
        .await
        .map_err(Fault::broken)??;
    note(office, caller, &secret, "export").await?;
    let change = office.store.change(caller.asked.at).await?;
    let deed = Deed::new(Action::ExportBulk.code(), "customers")
        .fact("rows", count)
        .fact("confidential", secret.len())
        .fact("filters", filters(wanted))
        .fact("sha256", super::super::rules::hash(&bytes));
    office
        .keep_as(change, &caller.name(), None, &caller.asked, deed, None)
        .await?;
    Ok(Exported { bytes, rows: count })
}

fn filters(wanted: &Wanted) -> serde_json::Value {
    let managers: Vec<i64> = wanted.managers.iter().map(|id| id.0).collect();
    let teams: Vec<i64> = wanted.teams.iter().map(|id| id.0).collect();
    json!({
        "searched": wanted.query.is_some(), "grades": wanted.grades, "secrecy": wanted.secrecy,
        "regions": wanted.regions, "industries": wanted.industries, "sizes": wanted.sizes,
        "managers": managers, "teams": teams,
    })
}

fn cells(customer: &CustomerView, grade: String, general: bool) -> Vec<String> {
    let open = |text: Option<String>| match (general, text) {
        (_, None) => String::new(),
        (true, Some(text)) => text,
        (false, Some(_)) => MASK.to_owned(),
    };
    let custom = match customer.custom.is_empty() {
        true => String::new(),
        false => serde_json::Value::Object(customer.custom.clone()).to_string(),
    };
    vec![
        customer.code.clone(),
        customer.name.clone(),
        open(customer.uscc.clone()),
        open(customer.industry.clone()),
        open(customer.region.clone()),
        open(customer.size.clone()),
        open(customer.manager.map(|id| id.to_string())),
        open(customer.team.map(|id| id.to_string())),
        customer.secrecy.to_owned(),
        grade,
        custom,
        customer.created_at.to_string(),
        customer.changed_at.to_string(),
        customer.version.to_string(),
    ]
}

fn written(rows: &[Vec<String>], form: Form, lang: Lang) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Csv => {
            let mut bytes = BYTE_ORDER_MARK.to_vec();
            let head: Vec<CsvCell<'_>> = HEADINGS.iter().map(|(id, _)| CsvCell::Text(id)).collect();
            write_row(&mut bytes, &head).map_err(Fault::broken)?;
            for row in rows {
                let cells: Vec<CsvCell<'_>> = row.iter().map(|text| CsvCell::Text(text)).collect();
                write_row(&mut bytes, &cells).map_err(Fault::broken)?;
            }
            Ok(bytes)
        }
        Form::Workbook => {
            let title = pinji_locale::say(lang, &Message::new("app-customers"));
            let head: Vec<Cell<'_>> = HEADINGS
                .iter()
                .map(|(_, code)| Cell::text(pinji_locale::say(lang, &Message::new(code))))
                .collect();
            let body = rows
                .iter()
                .map(|row| row.iter().map(|text| Cell::text(text.as_str())).collect());
            let sheet = Sheet {
                frozen: (1, 2),
                filter: Some((0, u16::try_from(HEADINGS.len()).unwrap_or(u16::MAX))),
                streamed: true,
                ..Sheet::new(title.clone(), std::iter::once(head).chain(body))
            };
            workbook::bytes(Workbook {
                title,
                sheets: vec![sheet],
            })
            .map_err(Fault::broken)
        }
    }
}
