//! How far a piece of work is: a bar on a terminal, a line elsewhere.

use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::say;

/// Shows progress until it is dropped.
#[derive(Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    started: Instant,
}

impl Progress {
    /// `what` is done to `total` records.
    pub(super) fn new(what: &'static str, total: u64) -> Self {
        // Hidden by itself where standard error is no terminal.
        let bar = ProgressBar::new(total);
        let style = ProgressStyle::with_template("{msg:>10} {wide_bar} {human_pos} of {human_len}, {per_sec}")
            .expect("the template is right");
        bar.set_style(style);
        bar.set_message(what);
        Self { bar, what, started: Instant::now() }
    }

    /// This many are done.
    pub(super) fn at(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let (done, seconds) = (HumanCount(self.bar.position()), self.started.elapsed().as_secs_f64());
        // It moves the position to the end.
        self.bar.finish_and_clear();
        say::note(format_args!("{:>10} {done} in {seconds:.1} s", self.what));
    }
}
