//! The composition root: routes, configuration and state become a command, and the command a server or a swarm.
//!
//! It knows every layer; nobody knows it. `check` says everything that is wrong before anything starts.

mod boot;
mod builder;
mod check;
mod clients;
mod consuming;
mod dispatch;
mod embedded;
mod log;
mod node;
mod operate;
mod runtime;

pub use builder::App;
pub use node::Node;
