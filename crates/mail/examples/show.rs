//! Writes every mail in every language to a folder, as its reader would see it: for whoever changes templates or words.
//!
//!     cargo run --package guestlist-mail --example show -- FOLDER [TEMPLATES]

use std::error::Error;
use std::path::Path;

use guestlist_core::language::Languages;
use guestlist_mail::render::{Sample, Templates};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let folder = args.next().ok_or("name the folder to write to")?;
    let templates = match args.next() {
        Some(own) => Templates::with_overrides(Path::new(&own))?,
        None => Templates::built_in()?,
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for Sample { letter, links } in Sample::all() {
        let rendered = templates.render(&letter, &links, Sample::INSTALLATION)?;
        let amount = if letter.reader.is_some() { "full" } else { "bare" };
        let name = format!("{}-{}-{amount}", letter.kind.as_str(), tags(letter.languages));
        std::fs::write(folder.join(format!("{name}.html")), rendered.html)?;
        std::fs::write(folder.join(format!("{name}.txt")), format!("{}\n\n{}", rendered.subject, rendered.text))?;
    }
    Ok(())
}

fn tags(languages: Languages) -> String {
    let tags: Vec<&str> = [Some(languages.first), languages.second].into_iter().flatten().map(|l| l.as_str()).collect();
    tags.join("-")
}
