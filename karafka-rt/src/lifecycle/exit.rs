//! The codes a process of this framework exits with.

use std::fmt;
use std::process::ExitCode;

/// Why a process ended, as its parent reads it. The numbers from 64 on are those of BSD's `sysexits.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Code {
    /// Everything was finished and committed.
    Clean = 0,
    /// An error at run time that ended the process.
    RuntimeError = 1,
    /// Stopped, but jobs that were still running when the time was up were given up, uncommitted.
    ForcedStop = 2,
    /// The command line was not understood.
    Usage = 64,
    /// It cannot run now: an older generation is still alive, or every node crashed at boot again and again.
    CannotRun = 70,
    /// A node left because it is due for a restart, for example above its memory limit.
    PlannedRecycle = 75,
    /// A node was fenced by another producer with its transactional id, or could not get rid of a stuck producer.
    Fenced = 76,
    /// The configuration is wrong; a restart does not help.
    Configuration = 78,
}

impl Code {
    /// Every code.
    pub(crate) const ALL: [Self; 8] = [
        Self::Clean,
        Self::RuntimeError,
        Self::ForcedStop,
        Self::Usage,
        Self::CannotRun,
        Self::PlannedRecycle,
        Self::Fenced,
        Self::Configuration,
    ];

    /// The code with this number, if the framework uses it.
    pub(crate) fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|code| i32::from(code.number()) == number)
    }

    pub(crate) fn number(self) -> u8 {
        self as u8
    }
}

impl From<Code> for ExitCode {
    fn from(code: Code) -> Self {
        Self::from(code.number())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clean => "clean",
            Self::RuntimeError => "runtime error",
            Self::ForcedStop => "forced stop",
            Self::Usage => "usage",
            Self::CannotRun => "cannot run",
            Self::PlannedRecycle => "planned recycle",
            Self::Fenced => "fenced",
            Self::Configuration => "configuration",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_documented_numbers_and_no_others() {
        let known: Vec<i32> = (-1..=256).filter(|&number| Code::from_number(number).is_some()).collect();
        assert_eq!(known, [0, 1, 2, 64, 70, 75, 76, 78]);
        for code in Code::ALL {
            assert_eq!(Code::from_number(i32::from(code.number())), Some(code));
        }
    }
}
