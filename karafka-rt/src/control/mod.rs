//! What a swarm keeps on this machine for those who operate it: its directory, with a lock that lives as long as its processes, and
//! the socket through which it is asked and told.

mod client;
mod lifetime;
mod problems;
mod runtime_dir;
mod socket;
mod wire;

pub(crate) use client::ask;
pub(crate) use lifetime::{LifetimeError, hold};
pub(crate) use problems::{Severity, duration, problems};
pub(crate) use runtime_dir::{Candidate, candidates, open};
pub(crate) use socket::{ControlSocket, Heard};
pub(crate) use wire::{Answer, Death, Node, NodeState, Phase, Request, Status, Suspect};
