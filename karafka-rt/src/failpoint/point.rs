//! The failpoints, and what happens at one.

/// Makes the enum, its names and the list of all.
macro_rules! points {
    ($($(#[doc = $doc:literal])+ $point:ident $name:literal $place:ident,)*) => {
        /// A step on the way of a record, or of a supervisor.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Point {
            $($(#[doc = $doc])+ $point,)*
        }

        #[cfg(feature = "failpoints")]
        impl Point {
            const ALL: &[(Self, &'static str, &'static str)] =
                &[$((Self::$point, $name, stringify!($place)),)*];
        }
    };
}

points! {
    /// Records were taken from librdkafka.
    AfterPoll "after_poll" record,
    /// The handler is about to be called.
    BeforeHandler "before_handler" record,
    /// The handler has returned; what it produced may be on its way.
    AfterHandler "after_handler" record,
    /// A record is about to be given to the client.
    BeforeProduce "before_produce" plain,
    /// The client has it.
    AfterProduce "after_produce" plain,
    /// Everything that a call produced is acknowledged, and nothing is marked yet.
    AfterAcknowledgement "after_acknowledgement" record,
    /// A record is given up, its dead letter is not written.
    BeforeDeadLetter "before_dead_letter" letter,
    /// Its dead letter is acknowledged, its progress has not moved.
    AfterDeadLetter "after_dead_letter" letter,
    /// A transaction has begun.
    TransactionBegun "transaction_begun" transaction,
    /// What it produced is acknowledged; its progress is not part of it yet.
    BeforeSendOffsets "before_send_offsets" transaction,
    /// Its progress is part of it; the transaction is about to be committed.
    BeforeEndTransaction "before_end_transaction" transaction,
    /// The transaction is committed, and nobody has been told.
    AfterEndTransaction "after_end_transaction" transaction,
    /// A commit is about to be sent.
    BeforeCommit "before_commit" plain,
    /// It was given to the client.
    CommitSent "commit_sent" plain,
    /// Its answer has come.
    CommitAnswered "commit_answered" plain,
    /// An assignment came, and is not answered.
    InAssign "in_assign" record,
    /// A partition was given its start.
    PartitionStarted "partition_started" record,
    /// A revocation came, and is not answered.
    InRevoke "in_revoke" member,
    /// What a revoked partition had done is committed, and the revocation is not answered.
    BeforeRevokeAnswer "before_revoke_answer" member,
    /// Everything is finished and committed; the group is about to be left.
    InClose "in_close" record,
    /// A tick, revocation or shutdown hook is about to be called.
    InTick "in_tick" tick,
    /// The supervisor is about to fork.
    BeforeFork "before_fork" supervisor,
    /// The supervisor has forked.
    AfterFork "after_fork" supervisor,
    /// The child has been forked, and has not run anything yet.
    InChild "in_child" supervisor,
    /// A node has ended; its zombie is still there.
    BeforeReap "before_reap" supervisor,
    /// The zombie is gone.
    AfterReap "after_reap" supervisor,
    /// TERM is about to be sent to a node.
    BeforeTerm "before_term" supervisor,
    /// TERM was sent.
    AfterTerm "after_term" supervisor,
    /// KILL is about to be sent to a node.
    BeforeKill "before_kill" kill,
    /// KILL was sent.
    AfterKill "after_kill" kill,
}

/// The process comes by this point.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn at(_: Point) {}

#[cfg(feature = "failpoints")]
pub(crate) use armed::at;
#[cfg(feature = "failpoints")]
pub use armed::names;

#[cfg(feature = "failpoints")]
mod armed {
    use std::env;
    use std::fs::OpenOptions;
    use std::io::{ErrorKind, Write as _};
    use std::path::PathBuf;
    use std::sync::OnceLock;

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::getpid;

    use super::Point;

    /// `NAME:HIT`: which point kills, and at which of its hits, from 1.
    const ARMED: &str = "KARAFKA_FAILPOINT";
    /// The folder in which hits are counted. It belongs to one run.
    const FOLDER: &str = "KARAFKA_FAILPOINT_FOLDER";

    struct Armed {
        point: Point,
        name: &'static str,
        hit: u32,
        folder: PathBuf,
    }

    /// The names of all points, each with the part of a program that comes by it.
    pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
        Point::ALL.iter().map(|(_, name, place)| (*name, *place))
    }

    /// The process comes by this point: counts the hit when the point is armed, and dies when it is the one.
    pub(crate) fn at(point: Point) {
        // Not even a lock that a fork might copy is held longer than this look.
        static ARMED_WITH: OnceLock<Option<Armed>> = OnceLock::new();
        if let Some(armed) = ARMED_WITH.get_or_init(read)
            && armed.point == point
        {
            armed.count();
        }
    }

    /// A wrong word is no reason to run without the failpoint that somebody wanted.
    fn read() -> Option<Armed> {
        let text = env::var(ARMED).ok()?;
        let folder = PathBuf::from(env::var_os(FOLDER).unwrap_or_else(|| panic!("`{ARMED}` needs `{FOLDER}`")));
        let parsed = text.split_once(':').and_then(|(name, hit)| {
            let (point, name, _) = Point::ALL.iter().find(|(_, known, _)| *known == name)?;
            Some(Armed { point: *point, name, hit: hit.parse().ok()?, folder })
        });
        Some(parsed.unwrap_or_else(|| panic!("`{ARMED}` is `NAME:HIT`, found `{text}`")))
    }

    impl Armed {
        /// Makes the first of the files `NAME.1` to `NAME.HIT` that is not there: the number of this hit over all processes.
        fn count(&self) {
            for hit in 1..=self.hit {
                let file = self.folder.join(format!("{}.{hit}", self.name));
                match OpenOptions::new().write(true).create_new(true).open(file) {
                    Ok(mut file) => {
                        let _ = writeln!(file, "{}", getpid());
                        if hit == self.hit {
                            die();
                        }
                        return;
                    }
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    Err(error) => panic!("hits of `{}` cannot be counted: {error}", self.name),
                }
            }
        }
    }

    fn die() -> ! {
        let _ = kill(getpid(), Signal::SIGKILL);
        loop {
            std::thread::park();
        }
    }
}
