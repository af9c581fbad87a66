//! What a process is doing with its life: its state, what each signal asks of it, and the code it ends with. Pure.
//!
//! Receiving signals is `os`; acting on what they ask is the business of `server` and `swarm`.

pub(crate) mod exit;
mod signals;
mod stop;

pub(crate) use signals::{Ask, HANDLED, Place, SignalRules};
pub(crate) use stop::{ProcessState, StopSignal};
