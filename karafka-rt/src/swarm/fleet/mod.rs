//! All slots together: `step(event, now) -> effects`. Every decision of the supervisor is made here, with no clock and no
//! system call.
//!
//! One file per question: `core` is the state and the step, `boot` brings nodes up, `health` finds those that have to be
//! restarted, `memory` those with too much of it, `ending` says what follows a death, `roll` starts one after the other anew, `status` tells how it is, `stop` ends everything.

mod boot;
mod core;
mod ending;
mod health;
mod memory;
mod roll;
mod status;
mod stop;

pub(crate) use self::core::Fleet;
