//! Receiving signals: as a descriptor in the supervisor, through handlers in a process with threads of its own.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd as Inner};

use super::event_fd::EventFd;

/// The signals that arrived and were not taken yet, one bit per number.
static CAUGHT: AtomicU64 = AtomicU64::new(0);
/// What the handler wakes. A static, because a handler has no other way to it.
static WAKE: OnceLock<EventFd> = OnceLock::new();
/// With what `exit_on` exits.
static EXIT_CODE: AtomicI32 = AtomicI32::new(0);

/// Blocks `signals` for this thread and the threads and children it makes later.
pub(crate) fn block(signals: &[Signal]) -> io::Result<()> {
    Ok(sigprocmask(SigmaskHow::SIG_BLOCK, Some(&set_of(signals)), None)?)
}

/// Lets `signals` through again; those that are pending arrive now.
pub(crate) fn unblock(signals: &[Signal]) -> io::Result<()> {
    Ok(sigprocmask(SigmaskHow::SIG_UNBLOCK, Some(&set_of(signals)), None)?)
}

/// A descriptor from which blocked signals are read.
pub(crate) struct SignalFd(Inner);

impl SignalFd {
    /// The caller has blocked `signals`.
    pub(crate) fn new(signals: &[Signal]) -> io::Result<Self> {
        Ok(Self(Inner::with_flags(&set_of(signals), SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?))
    }

    /// The next signal, `None` when there is none. Never waits.
    pub(crate) fn next(&self) -> Option<Signal> {
        let info = self.0.read_signal().ok().flatten()?;
        Signal::try_from(info.ssi_signo as i32).ok()
    }
}

impl AsFd for SignalFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Signals caught by handlers that only set a bit and wake. Works whatever mask the threads of user code have.
#[derive(Debug)]
pub(crate) struct CaughtSignals {
    wake: &'static EventFd,
}

impl CaughtSignals {
    /// Installs the handlers, for the rest of the process's life.
    pub(crate) fn install(signals: &[Signal]) -> io::Result<Self> {
        let wake = if let Some(wake) = WAKE.get() {
            wake
        } else {
            let new = EventFd::new()?;
            WAKE.get_or_init(|| new)
        };
        for &signal in signals {
            handle(signal, SigHandler::Handler(remember))?;
        }
        Ok(Self { wake })
    }

    /// Waits until a signal has arrived or `timeout` passed.
    pub(crate) fn wait(&self, timeout: Duration) -> io::Result<bool> {
        self.wake.wait(timeout)
    }

    /// Takes what has arrived, each signal once however often it came, in the order of the numbers.
    pub(crate) fn take(&self) -> impl Iterator<Item = Signal> + use<> {
        self.wake.drain();
        let caught = CAUGHT.swap(0, Ordering::AcqRel);
        (1..64).filter(move |number| caught & (1 << number) != 0).filter_map(|number| Signal::try_from(number).ok())
    }
}

impl AsFd for CaughtSignals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

/// Makes each of `signals` end the process with `code` at once: for the time before anything has to be finished.
pub(crate) fn exit_on(signals: &[Signal], code: u8) -> io::Result<()> {
    EXIT_CODE.store(i32::from(code), Ordering::Release);
    signals.iter().try_for_each(|&signal| handle(signal, SigHandler::Handler(exit_now)))
}

/// Gives `signal` its default meaning back.
pub(crate) fn restore_default(signal: Signal) -> io::Result<()> {
    handle(signal, SigHandler::SigDfl)
}

/// Whether this process was started with `signal` ignored, as `nohup` does with HUP.
pub(crate) fn is_ignored(signal: Signal) -> bool {
    let mut current = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a null new action only reads, and `current` is writable.
    let result = unsafe { libc::sigaction(signal as i32, std::ptr::null(), current.as_mut_ptr()) };
    // SAFETY: sigaction filled it, or it is still all zero, which is a valid plain C struct.
    result == 0 && unsafe { current.assume_init() }.sa_sigaction == libc::SIG_IGN
}

fn handle(signal: Signal, handler: SigHandler) -> io::Result<()> {
    let action = SigAction::new(handler, SaFlags::SA_RESTART | SaFlags::SA_ONSTACK, SigSet::empty());
    // SAFETY: both handlers of this module do only what is async-signal-safe: atomics, `write` and `_exit`.
    unsafe { sigaction(signal, &action) }?;
    Ok(())
}

extern "C" fn remember(number: i32) {
    CAUGHT.fetch_or(1 << (number as u64 & 63), Ordering::AcqRel);
    if let Some(wake) = WAKE.get() {
        // SAFETY: errno of the interrupted code lives at this address for as long as the thread.
        let errno = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        let before = unsafe { *errno };
        let one = 1_u64;
        // SAFETY: `one` is eight readable bytes, and the descriptor is never closed.
        unsafe { libc::write(wake.as_fd().as_raw_fd(), (&raw const one).cast(), size_of::<u64>()) };
        // SAFETY: as above; the interrupted code must not see the errno of our write.
        unsafe { *errno = before };
    }
}

extern "C" fn exit_now(_number: i32) {
    super::process::immediate_exit(EXIT_CODE.load(Ordering::Acquire) as u8)
}

fn set_of(signals: &[Signal]) -> SigSet {
    signals.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_signal_wakes_and_is_taken_once() {
        let caught = CaughtSignals::install(&[Signal::SIGUSR2]).unwrap();
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        nix::sys::signal::raise(Signal::SIGUSR2).unwrap();
        assert!(caught.wait(Duration::from_secs(5)).unwrap());
        assert_eq!(caught.take().collect::<Vec<_>>(), [Signal::SIGUSR2]);
        assert_eq!(caught.take().count(), 0);
        assert!(!caught.wait(Duration::ZERO).unwrap());
    }

    #[test]
    fn an_ignored_signal_is_recognised() {
        assert!(!is_ignored(Signal::SIGWINCH));
        handle(Signal::SIGWINCH, SigHandler::SigIgn).unwrap();
        assert!(is_ignored(Signal::SIGWINCH));
        restore_default(Signal::SIGWINCH).unwrap();
        assert!(!is_ignored(Signal::SIGWINCH));
    }
}
