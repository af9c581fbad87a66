//! Places where a test makes this process die, or do wrong on purpose. Without the features `failpoints` and `sabotage`, which
//! nothing enables by default, all of it is nothing at run time.
//!
//! A failpoint kills the process that comes by (SIGKILL: no destructor, no flush), once in a run: hits are counted over all
//! processes and restarts of a run by files in one folder, each made by exactly one process, so whoever replaces the dead one
//! lives. A sabotage is a planted bug, there to show that the tests which watch over such bugs see it.

mod point;
mod sabotage;

pub(crate) use point::{Point, at};
pub(crate) use sabotage::{Bug, is_planted};

#[cfg(feature = "failpoints")]
pub use point::names;
#[cfg(feature = "sabotage")]
pub use sabotage::bugs;
