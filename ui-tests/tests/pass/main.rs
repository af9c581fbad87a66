//! Programs that must compile, without a warning, and what their topologies say.
#![deny(warnings)]

mod captured_tokens;
mod consumer_of_parent;
mod inside_a_function;
mod lane_keys;
mod lenient_writing;
mod modules_like_settings;
mod name_from_constant;
mod names_that_clash;
mod private_payload;
// The program of the README, byte for byte.
#[expect(dead_code, reason = "its `main` is that of another program")]
mod readme;
mod renamed_runtime;
mod several_blocks;
mod states;
