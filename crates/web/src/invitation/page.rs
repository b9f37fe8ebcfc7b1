//! An invitation as a page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use guestlist_core::language::Language;
use guestlist_core::member::Role;
use guestlist_l10n::{Value, date};

use super::look::{Looked, Standing};
use crate::language::own_name;
use crate::{Desk, style};

/// How much of a group's description is shown without unfolding it, in characters and lines: about half a phone's screen.
const ABOUT_CHARS: usize = 400;
const ABOUT_LINES: usize = 8;

/// What a template is given. All texts are in the language of the page.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    lang: &'static str,
    dir: &'static str,
    style: String,
    title: String,
    text: Option<String>,
    details: Vec<String>,
    note: Option<Block>,
    about: Option<Block>,
    /// Whether it is folded, so that the buttons are near.
    about_is_long: bool,
    error: Option<Problem>,
    accept: Option<Accept>,
    decline: Option<Form>,
    other: Option<Other>,
    never: Option<Never>,
    refusing: Option<Refusing>,
    back: Option<Link>,
    languages: String,
    tongues: Vec<Tongue>,
}

/// Lines under a heading.
struct Block {
    title: String,
    lines: Vec<String>,
}

/// What has to be looked at again.
struct Problem {
    title: String,
    /// The field, and what is wrong with it.
    fields: Vec<(&'static str, String)>,
}

struct Form {
    action: String,
    button: String,
}

struct Accept {
    form: Form,
    enrol: Option<Enrol>,
}

struct Enrol {
    title: String,
    text: String,
    name: Field,
    password: Field,
    hint: String,
}

struct Field {
    label: String,
    value: String,
    error: Option<String>,
}

struct Other {
    title: String,
    text: String,
    address: Field,
    form: Form,
    is_open: bool,
}

struct Never {
    title: String,
    text: String,
    action: String,
    /// Whose, and the words on the button.
    buttons: Vec<(&'static str, String)>,
}

struct Refusing {
    title: String,
    text: String,
    form: Form,
}

struct Link {
    url: String,
    label: String,
}

struct Tongue {
    tag: &'static str,
    name: &'static str,
    url: String,
    is_current: bool,
}

/// A page in one language.
pub(crate) struct Writer<'a> {
    pub(crate) desk: &'a Desk,
    pub(crate) secret: &'a str,
    pub(crate) language: Language,
}

/// What somebody wrote that has to be looked at again.
#[derive(Default)]
pub(crate) struct Entered {
    pub(crate) name: String,
    pub(crate) address: String,
    /// The fields that are wrong: `name`, `password`, `address`.
    pub(crate) wrong: Vec<&'static str>,
}

impl Writer<'_> {
    /// An invitation as it stands; with what was entered, if that has to be looked at again.
    pub(crate) fn invitation(&self, looked: &Looked, entered: &Entered) -> Response {
        let say = self.say(Some(looked));
        let invitation = &looked.view.invitation;
        let is_open = looked.standing == Standing::Open;
        let is_answerable = is_open || matches!(looked.standing, Standing::Closed | Standing::Mismatch);
        let prefix = prefix(looked.standing);
        let mut page = self.page(say.text(&format!("{prefix}-title")));
        if !is_open {
            page.text = Some(say.text(&format!("{prefix}-text")));
        }
        if is_answerable {
            if invitation.roles.iter().next().is_some() {
                page.details.push(say.text("open-roles"));
            }
            if invitation.expires_at.is_some() {
                page.details.push(say.text("open-until"));
            }
            page.note = invitation
                .note
                .as_ref()
                .map(|note| Block { title: say.text("note-by"), lines: note.as_str().lines().map(plain).collect() });
            let description = looked.view.group.description.as_str().trim();
            page.about = (!description.is_empty())
                .then(|| Block { title: say.text("about"), lines: description.lines().map(plain).collect() });
            page.about_is_long = description.chars().count() > ABOUT_CHARS || description.lines().count() > ABOUT_LINES;
            page.decline = Some(Form { action: self.action("decline"), button: say.text("decline") });
            page.never = Some(self.never(&say));
        }
        if is_open {
            let is_known = looked.person.is_some();
            page.accept = Some(self.accept(&say, looked, entered));
            let may_be_another = looked.view.group.is_token_enough && looked.view.invitee.is_none();
            page.other = may_be_another.then(|| self.other(&say, entered));
            page.error = (!entered.wrong.is_empty()).then(|| Problem {
                title: say.text("error-title"),
                fields: entered.wrong.iter().map(|field| (*field, say.text(&format!("error-{field}")))).collect(),
            });
            if !is_known {
                page.text = None;
            }
        }
        if !looked.refused.is_empty() {
            page.refusing = Some(Refusing {
                title: say.text("refusing-title"),
                text: say.text("refusing-text"),
                form: Form { action: self.action("allow"), button: say.text("allow") },
            });
            page.never = None;
        }
        let status = if entered.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        respond(status, &page)
    }

    /// A page that says something else about an invitation, with a way back to it.
    pub(crate) fn notice(&self, status: StatusCode, name: &str, looked: Option<&Looked>) -> Response {
        let say = self.say(looked);
        let mut page = self.page(say.text(&format!("{name}-title")));
        page.text = Some(say.text(&format!("{name}-text")));
        page.back = looked.map(|_| Link { url: self.url(""), label: say.text("back") });
        respond(status, &page)
    }

    /// One word for a machine that sends what a mail program shows as a button.
    pub(crate) fn unsubscribed(&self) -> Response {
        format!("{}\n", self.say(None).text("unsubscribed")).into_response()
    }

    /// The address of the page in its language.
    pub(crate) fn url(&self, action: &str) -> String {
        let path = self.desk.public_url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        let prefix = path.map(|(_, path)| format!("/{path}")).unwrap_or_default();
        let slash = if action.is_empty() { "" } else { "/" };
        format!("{prefix}/invitations/{}{slash}{action}?lang={}", self.secret, self.language.as_str())
    }

    fn action(&self, action: &str) -> String {
        self.url(action)
    }

    fn accept(&self, say: &Say<'_>, looked: &Looked, entered: &Entered) -> Accept {
        let field = |field: &str, value: &str| Field {
            label: say.text(&format!("{field}-label")),
            value: value.to_owned(),
            error: entered.wrong.contains(&field).then(|| say.text(&format!("error-{field}"))),
        };
        let enrol = looked.person.is_none().then(|| Enrol {
            title: say.text("enrol-title"),
            text: say.text("enrol-text"),
            name: field("name", &entered.name),
            // Never shown again.
            password: field("password", ""),
            hint: say.text("password-hint"),
        });
        let button = match &looked.person {
            Some(person) if person.name.is_some() => say.text("accept-as"),
            Some(_) => say.text("accept"),
            None => say.text("enrol-button"),
        };
        Accept { form: Form { action: self.action("accept"), button }, enrol }
    }

    fn other(&self, say: &Say<'_>, entered: &Entered) -> Other {
        let is_wrong = entered.wrong.contains(&"address");
        Other {
            title: say.text("other-title"),
            text: say.text("other-text"),
            address: Field {
                label: say.text("other-label"),
                value: entered.address.clone(),
                error: is_wrong.then(|| say.text("error-address")),
            },
            form: Form { action: self.action("sign-in"), button: say.text("other-button") },
            is_open: is_wrong,
        }
    }

    fn never(&self, say: &Say<'_>) -> Never {
        Never {
            title: say.text("never-title"),
            text: say.text("never-text"),
            action: self.action("refuse"),
            buttons: vec![
                ("group", say.text("never-group")),
                ("inviter", say.text("never-person")),
                ("everyone", say.text("never-everyone")),
            ],
        }
    }

    fn page(&self, title: String) -> Page {
        let tongues = Language::ALL.map(|language| Tongue {
            tag: language.as_str(),
            name: own_name(language),
            url: Writer { language, ..*self }.url(""),
            is_current: language == self.language,
        });
        let root = self.url("");
        let root = root.split_once("/invitations/").map_or("", |(root, _)| root);
        Page {
            lang: self.language.as_str(),
            dir: if self.language.is_right_to_left() { "rtl" } else { "ltr" },
            style: format!("{root}{}", style::PATH),
            title,
            text: None,
            details: vec![],
            note: None,
            about: None,
            about_is_long: false,
            error: None,
            accept: None,
            decline: None,
            other: None,
            never: None,
            refusing: None,
            back: None,
            languages: self.say(None).text("languages"),
            tongues: tongues.into(),
        }
    }

    fn say(&self, looked: Option<&Looked>) -> Say<'_> {
        let word = |id: &str| self.desk.words.text(self.language, id, &[]).unwrap_or_default();
        let inviter = looked.map(|looked| &looked.view.inviter);
        let name = |user: &guestlist_core::user::User| {
            let name = user.name.as_ref().map(|name| name.as_str());
            name.or(user.username.as_ref().map(|name| name.as_str())).map(plain)
        };
        let role = |role: Role| match role {
            Role::Owner => word("role-owner"),
            Role::Moderator => word("role-moderator"),
            Role::Leader => word("role-leader"),
        };
        let invitation = looked.map(|looked| &looked.view.invitation);
        let roles: Vec<String> =
            invitation.map(|invitation| invitation.roles.iter().map(role).collect()).unwrap_or_default();
        let comma = if self.language.is_right_to_left() { "، " } else { ", " };
        let end = invitation.and_then(|invitation| invitation.expires_at);
        let person = inviter.and_then(name).unwrap_or_else(|| word("somebody"));
        let group = looked.map(|looked| plain(looked.view.group.name.as_str())).unwrap_or_default();
        let reader = looked.and_then(|looked| looked.person.as_ref()).and_then(name).unwrap_or_default();
        Say {
            writer: self,
            args: vec![
                ("person", Value::from(person)),
                ("group", Value::from(group)),
                ("name", Value::from(reader)),
                ("roles", Value::from(roles.join(comma))),
                ("date", Value::from(end.map(|end| date(end, self.language)).unwrap_or_default())),
            ],
        }
    }
}

struct Say<'a> {
    writer: &'a Writer<'a>,
    args: Vec<(&'static str, Value<'static>)>,
}

impl Say<'_> {
    /// A test has every word of every language, so that there is always one.
    fn text(&self, id: &str) -> String {
        self.writer.desk.words.text(self.writer.language, id, &self.args).unwrap_or_else(|| id.to_owned())
    }
}

/// How the words of a standing begin.
const fn prefix(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Closed => "closed",
        Standing::Mismatch => "mismatch",
        Standing::Stale => "stale",
        Standing::Member => "member",
        Standing::Waiting => "waiting",
        Standing::Declined => "declined",
        Standing::Revoked => "revoked",
        Standing::Expired => "expired",
        Standing::Used => "used",
    }
}

/// What people write, without marks that could change the direction of writing of what stands around it.
fn plain(text: &str) -> String {
    let is_mark = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') || c.is_control();
    text.chars().filter(|c| !is_mark(*c)).collect()
}

fn respond(status: StatusCode, page: &Page) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
