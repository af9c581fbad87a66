//! Making processes, and what a process can arrange about itself.

use std::fmt;
use std::fs::{self, File};
use std::io;

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, killpg};
use nix::unistd;

use super::pidfd::Ending;
use super::procfs;

/// A process number. Only a number: it names a process for as long as that process has not been reaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pid(unistd::Pid);

/// The two returns of one `fork`.
pub(crate) enum Fork {
    /// In the process that called it, with the child's number.
    Parent(Pid),
    /// In the new process.
    Child,
}

impl Pid {
    pub(crate) fn from_number(number: i32) -> Self {
        Self(unistd::Pid::from_raw(number))
    }

    pub(crate) fn number(self) -> i32 {
        self.0.as_raw()
    }

    #[cfg(test)]
    pub(crate) fn of(child: &std::process::Child) -> Self {
        Self::from_number(child.id() as i32)
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Copies this process (glibc `fork`). Refused while another thread exists, because a lock which that thread holds would
/// stay locked in the child for ever.
pub(crate) fn fork() -> io::Result<Fork> {
    let threads = procfs::threads()?;
    if threads.len() > 1 {
        return Err(io::Error::other(format!("cannot fork with {} threads: {}", threads.len(), threads.join(", "))));
    }
    // SAFETY: this is the only thread, so no lock or half-done write of another one is copied into the child.
    match unsafe { unistd::fork() }? {
        unistd::ForkResult::Parent { child } => Ok(Fork::Parent(Pid(child))),
        unistd::ForkResult::Child => Ok(Fork::Child),
    }
}

pub(crate) fn own_pid() -> Pid {
    Pid(unistd::getpid())
}

pub(crate) fn parent_pid() -> Pid {
    Pid(unistd::getppid())
}

/// Ends this process at once: no destructors, no exit handlers, nothing flushed.
pub(crate) fn immediate_exit(code: u8) -> ! {
    // SAFETY: `_exit` does not return and runs no code of ours.
    unsafe { libc::_exit(i32::from(code)) }
}

/// Makes `process` the leader of a process group of its own. Both sides of a fork call it, because either may run first.
pub(crate) fn lead_group(process: Pid) -> io::Result<()> {
    Ok(unistd::setpgid(process.0, process.0)?)
}

/// Kills every process of the group that `leader` leads. The caller holds the leader unreaped, which keeps the number.
pub(crate) fn kill_group(leader: Pid) -> io::Result<()> {
    match killpg(leader.0, Signal::SIGKILL) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Kills a child that nobody holds and takes its zombie away. It has not been reaped, so the number is still its own.
pub(crate) fn end_and_reap(child: Pid) {
    let _ = nix::sys::signal::kill(child.0, Signal::SIGKILL);
    let _ = wait_for(libc::P_PID, child.number() as libc::id_t, libc::WEXITED);
}

/// Has the kernel kill this process when the thread that forked it ends (`PR_SET_PDEATHSIG`). Dropping privileges clears it.
pub(crate) fn be_killed_with_parent() -> io::Result<()> {
    Ok(nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?)
}

/// Core dumps off, in this process and what it starts.
pub(crate) fn allow_no_core_dumps() -> io::Result<()> {
    Ok(setrlimit(Resource::RLIMIT_CORE, 0, 0)?)
}

/// Raises this process's `oom_score_adj` by `by`, within the kernel's bound of 1,000.
pub(crate) fn be_preferred_by_the_oom_killer(by: i32) -> io::Result<()> {
    const FILE: &str = "/proc/self/oom_score_adj";
    let own: i32 = fs::read_to_string(FILE)?.trim().parse().map_err(io::Error::other)?;
    fs::write(FILE, (own + by).min(1000).to_string())
}

/// The machine's name; `localhost` when the kernel does not tell.
pub(crate) fn host_name() -> String {
    unistd::gethostname().map_or_else(|_| "localhost".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Whether this process has a controlling terminal.
pub(crate) fn has_terminal() -> bool {
    File::open("/dev/tty").is_ok()
}

/// Reaps ended children for which `is_own` is false, at most `bound` of them, and returns how many. Stops at an ended
/// child of ours, which the kernel would report again and again: it is reaped through its descriptor.
pub(crate) fn reap_strangers(bound: usize, is_own: impl Fn(Pid) -> bool) -> usize {
    for reaped in 0..bound {
        match wait_for(libc::P_ALL, 0, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT) {
            Ok(Some((pid, _))) if !is_own(pid) => {
                let _ = wait_for(libc::P_PID, pid.number() as libc::id_t, libc::WEXITED | libc::WNOHANG);
            }
            _ => return reaped,
        }
    }
    bound
}

/// `waitid`: the child that ended and how, `None` when none has (with `WNOHANG`).
pub(super) fn wait_for(kind: libc::idtype_t, id: libc::id_t, options: i32) -> io::Result<Option<(Pid, Ending)>> {
    // SAFETY: an all-zero siginfo is a valid value of that plain C struct.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: `info` is valid and writable for the whole call.
        if unsafe { libc::waitid(kind, id, &raw mut info, options) } == 0 {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // SAFETY: waitid fills the child fields of siginfo, or leaves them zero when no child has ended.
    let pid = unsafe { info.si_pid() };
    if pid == 0 {
        return Ok(None);
    }
    // SAFETY: as above; si_status is valid with every si_code that WEXITED can report.
    let status = unsafe { info.si_status() };
    let ending = if info.si_code == libc::CLD_EXITED { Ending::Exited(status) } else { Ending::Signalled(status) };
    Ok(Some((Pid::from_number(pid), ending)))
}
