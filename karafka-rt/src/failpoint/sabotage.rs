//! The planted bugs.

/// Makes the enum, its names and the list of all.
macro_rules! bugs {
    ($($(#[doc = $doc:literal])+ $bug:ident $name:literal,)*) => {
        /// Something that must never be done, done on purpose.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Bug {
            $($(#[doc = $doc])+ $bug,)*
        }

        #[cfg(feature = "sabotage")]
        impl Bug {
            const ALL: &[(Self, &'static str)] = &[$((Self::$bug, $name),)*];
        }
    };
}

bugs! {
    /// Records are marked as done when they are handed over.
    CommitBeforeProcessing "commit_before_processing",
    /// After a failed attempt the records behind it go on as if it had not been.
    NoRepositionAfterFailure "no_reposition_after_failure",
    /// A record counts as dead-lettered once its letter is queued.
    DeadLetterNotAwaited "dead_letter_not_awaited",
    /// A partition is committed after its revocation was answered.
    CommitAfterRevoke "commit_after_revoke",
    /// Progress does not wait for what a handler produced.
    ProductsNotAwaited "products_not_awaited",
    /// Nodes do not end with their supervisor.
    NoDeathSignal "no_death_signal",
    /// A process group is killed by its number after that number was given back.
    SignalByPid "signal_by_pid",
    /// Two records of a partition change places.
    SwappedRecords "swapped_records",
    /// Now and then a produced record is dropped and reported as stored.
    LostOutput "lost_output",
    /// A thread beside the workers says that they are alive.
    HeartbeatFromAHelper "heartbeat_from_a_helper",
}

/// Whether this bug is planted.
#[cfg(not(feature = "sabotage"))]
#[inline(always)]
pub(crate) const fn is_planted(_: Bug) -> bool {
    false
}

#[cfg(feature = "sabotage")]
pub use planted::bugs;
#[cfg(feature = "sabotage")]
pub(crate) use planted::is_planted;

#[cfg(feature = "sabotage")]
mod planted {
    use std::env;
    use std::sync::OnceLock;

    use super::Bug;

    /// The name of the bug to plant.
    const SABOTAGE: &str = "KARAFKA_SABOTAGE";

    /// The names of all bugs.
    pub fn bugs() -> impl Iterator<Item = &'static str> {
        Bug::ALL.iter().map(|(_, name)| *name)
    }

    /// Whether this bug is planted. Says so loudly, once in a process.
    pub(crate) fn is_planted(bug: Bug) -> bool {
        static PLANTED: OnceLock<Option<Bug>> = OnceLock::new();
        *PLANTED.get_or_init(read) == Some(bug)
    }

    fn read() -> Option<Bug> {
        let name = env::var(SABOTAGE).ok()?;
        let found = Bug::ALL.iter().find(|(_, known)| *known == name);
        let (bug, _) = found.unwrap_or_else(|| panic!("`{SABOTAGE}` names no bug: `{name}`"));
        tracing::error!("THIS PROCESS IS SABOTAGED ({name}): it will lose, repeat or corrupt records. For tests only");
        Some(*bug)
    }
}
