//! The tick cells of this process, for the project's own fixture programs: they measure how long its listeners are silent. Not
//! part of the promised interface.

use std::sync::OnceLock;
use std::time::Duration;

use crate::os::monotonic;
use crate::vitals::SlotCells;

static OWN: OnceLock<SlotCells> = OnceLock::new();

/// Remembers the cells. A process has one set.
pub(super) fn remember(cells: SlotCells) {
    // A second server in one process would be a test's own affair: the first one is watched.
    let _ = OWN.set(cells);
}

/// How long the most silent listener of this process has been silent by now; `None` while there is none, or only one that closes.
pub fn listener_silence() -> Option<Duration> {
    let silence = OWN.get()?.survey(Duration::ZERO).silence?;
    Some(monotonic().saturating_sub(silence.since))
}
