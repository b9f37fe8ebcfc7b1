//! `guestlist mail check`: whether every mail can be written.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use guestlist_core::language::Languages;
use guestlist_core::mail::MailKind;
use guestlist_mail::render::{Greeting, Problem, Rendered, Sample, Templates};
use serde::Serialize;

use crate::config::File;
use crate::mail;
use crate::output::{self, Listing, Show};

/// Which templates.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of templates and words to use in the place of guestlist's own
    #[arg(long, env = "GUESTLIST_MAIL_TEMPLATES", value_name = "FOLDER")]
    mail_templates: Option<PathBuf>,

    /// Write the mails to this folder, as web pages and as text, to look at them
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(&self, file: &File, json: bool) -> anyhow::Result<()> {
        let templates = mail::templates(self.mail_templates.as_deref().or(file.mail_templates.as_deref()))?;
        let problems = templates.check();
        let mut listing = Listing::new::<Row>(json);
        problems.iter().try_for_each(|problem| listing.add(&Row::of(problem)))?;
        listing.finish()?;
        if !problems.is_empty() {
            bail!("mails that cannot be written: {}; correct the templates, and check again", problems.len());
        }
        if let Some(folder) = &self.write {
            write(&templates, folder)?;
        }
        let (kinds, mails) = (MailKind::ALL.len() + 1, Sample::all().len() + Greeting::samples().len());
        output::note(&format!("all mails can be written: {kinds} kinds, {mails} samples"));
        Ok(())
    }
}

fn write(templates: &Templates, folder: &Path) -> anyhow::Result<()> {
    let save = |name: String, text: String| {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("{} could not be written", path.display()))
    };
    fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    let save = |kind: &str, languages: Languages, is_full: bool, rendered: Rendered| {
        let amount = if is_full { "full" } else { "bare" };
        let name = format!("{kind}-{}-{amount}", tags(languages));
        save(format!("{name}.html"), rendered.html)?;
        save(format!("{name}.txt"), format!("{}\n\n{}", rendered.subject, rendered.text))
    };
    for Sample { letter, links } in Sample::all() {
        let rendered = templates.render(&letter, &links, Sample::INSTALLATION)?;
        save(letter.kind.as_str(), letter.languages, letter.reader.is_some(), rendered)?;
    }
    for greeting in Greeting::samples() {
        let rendered = templates.render_greeting(&greeting, Sample::INSTALLATION)?;
        save(Greeting::KIND, greeting.languages, greeting.person.is_some(), rendered)?;
    }
    Ok(())
}

fn tags(languages: Languages) -> String {
    let Languages { first, second } = languages;
    second.map_or(first.as_str().to_owned(), |second| format!("{}-{}", first.as_str(), second.as_str()))
}

/// What is wrong with a mail, as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    mail: &'static str,
    languages: String,
    problem: String,
}

impl Row {
    fn of(problem: &Problem) -> Self {
        Self { mail: problem.kind, languages: tags(problem.languages), problem: problem.what.clone() }
    }
}

impl Show for Row {
    const HEADINGS: &'static [&'static str] = &["mail", "language", "problem"];

    fn cells(&self) -> Vec<String> {
        vec![self.mail.to_owned(), self.languages.clone(), self.problem.clone()]
    }
}
