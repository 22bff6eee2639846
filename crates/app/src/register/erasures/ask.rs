//! Asking for an erasure. 申请抹除

use pinji_access::State;
use pinji_domain::{Message, UserId};
use pinji_store::{ErasureSort, NewErasure, UserState};
use serde_json::Value;

use super::{ErasureView, Target, Whose, entry_of, is_telling, open_at_all, shown, things};
use crate::register::deed::Deed;
use crate::register::users::line;
use crate::register::{Answer, Caller, Fault, Office, Wrong};

/// So many further texts at most.
const MOST: usize = 20;

/// About whom. 抹除对象
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A customer's people, by the customer's own number.
    Customer(String),
    /// A person who stands in relations, by the party's number.
    Person(i64),
    /// A former user.
    User(UserId),
    /// A file, by its SHA-256.
    File(String),
}

/// What is asked for. 抹除申请
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// About whom.
    pub about: About,
    /// Why.
    pub reason: String,
    /// Further texts to take out wherever they stand: names that somebody wrote into a note.
    pub mentions: Vec<String>,
}

/// Asks that what is about somebody is erased; another decides. 申请抹除
pub async fn ask(
    office: &Office,
    caller: &Caller,
    given: Request,
    words: impl Fn(&ErasureView) -> Answer + Send,
) -> Result<Answer, Fault> {
    let sort = match given.about {
        About::Customer(_) => ErasureSort::Customer,
        About::Person(_) => ErasureSort::Person,
        About::User(_) => ErasureSort::User,
        About::File(_) => ErasureSort::File,
    };
    let (propose, _) = Whose::of(sort).actions();
    open_at_all(office, caller, propose, State::Draft)?;
    let mut wrong = Vec::new();
    let reason = line("/reason", &given.reason, 500, &mut wrong);
    if given.mentions.len() > MOST {
        wrong.push(Wrong::at(
            "/mentions",
            Message::new("app-mentions-many").with("most", MOST),
        ));
    }
    let mut mentions = Vec::new();
    for (at, text) in given.mentions.iter().enumerate() {
        let pointer = format!("/mentions/{at}");
        let text = line(&pointer, text, 200, &mut wrong);
        if !text.is_empty() && !is_telling(&text) {
            wrong.push(Wrong::at(
                pointer,
                Message::new("app-mention-form").with("text", text.as_str()),
            ));
        }
        mentions.push(text);
    }
    let change = office.store.change(caller.asked.at).await?;
    let target = target(&change, given.about, &mut wrong).await?;
    for thing in things(&change, caller, sort, &target).await? {
        if !office.may(caller, propose, &thing) {
            // Who may not ask for this one is not told whether it is there.
            return match sort {
                ErasureSort::User => office.authorize(caller, propose, &thing).and(Err(Fault::Absent)),
                _ => Err(Fault::Invalid(vec![unknown(sort)])),
            };
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let new = NewErasure {
        sort,
        customer: target.customer,
        person: target.person,
        user_id: target.user,
        file: target.file,
        mentions: Value::from(mentions).to_string(),
        reason,
        asked_by: caller.user,
        asked_at: change.at(),
    };
    let id = change.add(new).await?;
    let erasure = change.erasure(id).await?.ok_or(Fault::Absent)?;
    // The answer is kept for repetitions; what is to be erased has no place in it.
    let view = ErasureView {
        mentions: Vec::new(),
        ..shown(&change, &erasure).await?
    };
    let deed = Deed::new(propose.code(), format!("erasure:{id}")).after(entry_of(&erasure));
    let answer = words(&view);
    office.keep(change, caller, deed, answer).await
}

/// Whom it is about, as the store knows it; who is not there goes to `wrong`.
async fn target(change: &pinji_store::Change, about: About, wrong: &mut Vec<Wrong>) -> Result<Target, Fault> {
    let mut target = Target::default();
    let sort = match about {
        About::Customer(code) => {
            target.customer = change.customer_by_code(code.trim()).await?.map(|customer| customer.id);
            target.customer.is_none().then_some(ErasureSort::Customer)
        }
        About::Person(id) => {
            let party = change.party(id).await?;
            let person = party.filter(|party| party.sort == pinji_store::PartySort::Person && party.customer.is_none());
            target.person = person.map(|party| party.id);
            target.person.is_none().then_some(ErasureSort::Person)
        }
        About::File(hash) => {
            let file = change.file(hash.trim()).await?.filter(|file| file.erased_at.is_none());
            target.file = file.map(|file| file.sha256);
            target.file.is_none().then_some(ErasureSort::File)
        }
        About::User(id) => {
            let user = change.user(id).await?.ok_or(Fault::Absent)?;
            if user.state != UserState::Closed {
                return Err(Fault::refused("app-erasure-user-active"));
            }
            target.user = Some(user.id);
            None
        }
    };
    wrong.extend(sort.map(unknown));
    Ok(target)
}

fn unknown(sort: ErasureSort) -> Wrong {
    Wrong::at(format!("/{}", sort.code()), Message::new("app-erasure-unknown"))
}
