//! How far it is, for who watches.

use std::io::IsTerminal as _;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::answers::Counts;

/// A bar on a terminal; nothing otherwise.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Of a file of so many bytes, if that is known.
    pub(super) fn new(size: Option<u64>) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
        let template = if size.is_some() { "{bar:32} {percent:>3}% {msg}, {eta} left" } else { "{spinner} {msg}" };
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(Some(bar))
    }

    pub(super) fn show(&self, bytes: u64, counts: &Counts) {
        if let Some(bar) = &self.0 {
            let (rows, failed) = (HumanCount(counts.rows), HumanCount(counts.failed()));
            bar.set_message(format!("{rows} rows, {failed} failed"));
            bar.set_position(bytes);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
