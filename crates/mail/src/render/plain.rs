//! What people write, made harmless.

/// The longest name that is shown in a mail, in characters.
const NAME_MAX: usize = 80;

/// A name without anything that could change the direction of writing of what stands around it, or end its line, and in which
/// no mail program sees a link; cut if it is absurdly long. `None` if nothing is left of it. It is isolated by whoever puts it
/// into a sentence.
pub(super) fn name(text: &str) -> Option<String> {
    let harmless: String = text.chars().filter(|c| !is_mark(*c) && !c.is_control()).collect();
    if harmless.trim().is_empty() {
        return None;
    }
    if harmless.chars().count() <= NAME_MAX {
        return Some(unlinked(&harmless));
    }
    let cut: String = harmless.chars().take(NAME_MAX - 1).chain(['…']).collect();
    Some(unlinked(&cut))
}

/// One line in which no mail program sees a link: behind each mark that could make one stands an invisible non-joiner, unless
/// a blank does. It changes no letter's shape there.
pub(super) fn unlinked(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut harmless = line.chars().filter(|c| !is_mark(*c) && (!c.is_control() || *c == '\t')).peekable();
    while let Some(c) = harmless.next() {
        text.push(c);
        if joins_a_link(c) && harmless.peek().is_some_and(|next| !next.is_whitespace()) {
            text.push('\u{200c}');
        }
    }
    text
}

/// Whether an address can have this between its parts. In a domain, the full stops of Chinese and Japanese are stops too.
const fn joins_a_link(c: char) -> bool {
    matches!(c, '.' | '@' | ':' | '/' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// A subject: what would end it is a blank.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

/// A text without the marks that isolate what was put into it, where all of it goes from left to right anyway.
pub(super) fn unmarked(text: String) -> String {
    if text.chars().any(is_right_to_left) {
        return text;
    }
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// Whether a character is of a script that is written from right to left, or of one that may be: all of these are between
/// Hebrew and the forms of Arabic for print, or beyond the first plane.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{200f}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// Marks of direction that reach beyond what they stand in.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
