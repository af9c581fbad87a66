//! Marks the thread that crashes, with one atomic operation, and then lets the crash happen.
//!
//! A crash is a fault that the kernel found in this process (SEGV, BUS, ILL, FPE), or an ABRT that it sent itself. The same signals
//! from another process are none: they mark nothing.

use std::cell::Cell;
use std::io;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::process::own_pid;

/// The signals of a crash.
const CRASHES: [libc::c_int; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT];
/// Room for the handler of a thread that has no stack left. Reserved, and only used up by a crash.
const STACK: usize = 64 * 1024;

/// Where a crash is noted: these bits are set in that word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashMark {
    pub(crate) word: &'static AtomicU64,
    pub(crate) bits: u64,
}

thread_local! {
    /// Of this thread. Constant and without a destructor, so that a handler may read it.
    static OWN: Cell<Option<CrashMark>> = const { Cell::new(None) };
}
/// Of threads that have none.
static OTHERS: OnceLock<CrashMark> = OnceLock::new();
/// What the signals meant before, in the order of [`CRASHES`].
static BEFORE: [OnceLock<libc::sigaction>; CRASHES.len()] = [const { OnceLock::new() }; CRASHES.len()];

/// Installs the handlers for the rest of this process's life. `others` is for crashes of threads without a mark of their own.
pub(crate) fn mark_crashes(others: CrashMark) -> io::Result<()> {
    let _ = OTHERS.set(others);
    have_alternate_stack()?;
    for (&signal, before) in CRASHES.iter().zip(&BEFORE) {
        // SAFETY: all zeros is a valid sigaction: the default action, an empty mask, no flags.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = crashed as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        // SAFETY: as above.
        let mut old: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: both structs are valid, and the handler does only what is async-signal-safe.
        if unsafe { libc::sigaction(signal, &raw const action, &raw mut old) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let _ = before.set(old);
    }
    Ok(())
}

/// From now on a crash of this thread is noted here, also one of a stack without room.
pub(crate) fn mark_crashes_of_this_thread(mark: CrashMark) {
    // Without the stack an overflow ends the process unmarked, and every other crash is still marked.
    let _ = have_alternate_stack();
    OWN.set(Some(mark));
}

/// A thread of the standard library has an alternate stack, as a rule; others get one here, for the rest of their life.
fn have_alternate_stack() -> io::Result<()> {
    // SAFETY: all zeros is a valid stack_t.
    let mut current: libc::stack_t = unsafe { std::mem::zeroed() };
    // SAFETY: a null new stack only reads, and `current` is writable.
    if unsafe { libc::sigaltstack(std::ptr::null(), &raw mut current) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if current.ss_flags & libc::SS_DISABLE == 0 {
        return Ok(());
    }
    let memory = Box::leak(vec![0_u8; STACK].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: STACK };
    // SAFETY: the memory is STACK bytes long, never freed, and nobody else uses it.
    if unsafe { libc::sigaltstack(&raw const stack, std::ptr::null_mut()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Writes to where no memory is: the fault of a wild pointer, for the project's own fixture programs.
#[cfg(feature = "testing")]
pub(crate) fn fault() {
    // SAFETY: none. It is meant to fault: address 8 is never mapped (`vm.mmap_min_addr`), and volatile keeps the write.
    unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) };
}

extern "C" fn crashed(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: the kernel hands a valid siginfo to an SA_SIGINFO handler.
    let code = unsafe { (*info).si_code };
    let is_fault = code > 0;
    // SAFETY: as above; si_pid is set whenever the code says that a process sent the signal.
    let is_own = is_fault || (code <= 0 && unsafe { (*info).si_pid() } == own_pid().number());
    if is_own && let Some(mark) = OWN.try_with(Cell::get).ok().flatten().or_else(|| OTHERS.get().copied()) {
        mark.word.fetch_or(mark.bits, Ordering::Release);
    }
    // The instruction that faulted faults again after the return, and then whoever was here before has his turn: the standard
    // library tells a stack overflow. He would not end the process for a signal that was only sent.
    let before = CRASHES.iter().position(|&crash| crash == signal).and_then(|at| BEFORE[at].get());
    // SAFETY: all zeros is a valid sigaction: the default action.
    let default: libc::sigaction = unsafe { std::mem::zeroed() };
    let next = before.filter(|_| is_fault).unwrap_or(&default);
    // SAFETY: `next` is a valid sigaction, and the call is async-signal-safe.
    unsafe { libc::sigaction(signal, std::ptr::from_ref(next), std::ptr::null_mut()) };
    if !is_fault {
        // SAFETY: raise is async-signal-safe. The signal is blocked here, and arrives after the return.
        unsafe { libc::raise(signal) };
    }
}
