//! What a user reads when something is wrong: where it is, what it says, and the nearest right word.

mod errors;
mod suggest;
pub(crate) mod wording;

pub(crate) use errors::{Errors, Place};
pub(crate) use suggest::nearest;
