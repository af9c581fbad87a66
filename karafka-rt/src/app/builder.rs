//! What a `main` function says about its program.

use std::process::ExitCode;
use std::sync::Arc;

use super::dispatch;
use super::node::{Node, Service};
use crate::cli;
use crate::config::Defaults;
use crate::consumer::{Routes, States};
use crate::message::Result;

/// A program: its routes, what is loaded before the fork, and what runs besides handlers.
///
/// ```no_run
/// use karafka_rt::prelude::*;
/// # #[derive(Consumer)]
/// # #[consumer(payload = Raw)]
/// # struct Count { seen: u64 }
/// # impl ConsumeEach for Count {
/// #     fn consume_each(&mut self, _: Message<'_, Raw>, _: &mut Context<'_>) -> Result { self.seen += 1; Ok(()) }
/// # }
/// #
/// routes! {
///     mod shop as "shop";
///     topic "orders" { consumer Count; }
/// }
///
/// fn main() -> ExitCode {
///     App::new(shop::ROUTES).state(|| Ok(vec!["loaded once", "shared by all nodes"])).main()
/// }
/// ```
#[must_use = "nothing runs before `main` is called"]
pub struct App {
    pub(super) blocks: Vec<Routes>,
    pub(super) loaders: Vec<Loader>,
    pub(super) wanted: Vec<std::any::TypeId>,
    pub(super) after_fork: Vec<Hook>,
    pub(super) services: Vec<Service>,
    pub(super) defaults: Defaults,
    pub(super) program: cli::Program,
    pub(super) dev_broker: DevBrokerUse,
}

/// Loads one state, or runs one preload hook.
pub(super) type Loader = Box<dyn FnOnce(&mut States) -> Result>;
/// Runs in each node after the fork, with the node's slot.
pub(super) type Hook = Box<dyn Fn(u32) -> Result>;

/// Whether the embedded broker stands in for a missing configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DevBrokerUse {
    Never,
    WhenUnconfigured,
}

impl App {
    /// A program with the routes of one block.
    pub fn new(routes: Routes) -> Self {
        let about = Some(routes.topology.docs).filter(|docs| !docs.is_empty());
        Self {
            blocks: vec![routes],
            loaders: Vec::new(),
            wanted: Vec::new(),
            after_fork: Vec::new(),
            services: Vec::new(),
            defaults: Defaults::new(),
            program: cli::Program { about, ..cli::Program::default() },
            dev_broker: DevBrokerUse::Never,
        }
    }

    /// Adds the routes of another block. Clashes between blocks are boot errors.
    pub fn with(mut self, routes: Routes) -> Self {
        self.blocks.push(routes);
        self
    }

    /// Loads a value once, before the fork. Consumers with a `State<T>` field get a reference to it. An error stops the boot.
    pub fn state<T: Send + Sync + 'static>(mut self, load: impl FnOnce() -> Result<T> + 'static) -> Self {
        self.wanted.push(std::any::TypeId::of::<T>());
        self.loaders.push(Box::new(move |states| {
            states.insert(load()?);
            Ok(())
        }));
        self
    }

    /// Runs a hook once, before the fork. It must leave no thread and no connection behind: the boot checks that.
    pub fn preload(mut self, hook: impl FnOnce() -> Result + 'static) -> Self {
        self.loaders.push(Box::new(move |_| hook()));
        self
    }

    /// Runs a hook in each node after the fork, before it consumes: the place for thread pools and connections. It gets the
    /// node's slot. An error ends that node.
    pub fn after_fork(mut self, hook: impl Fn(u32) -> Result + 'static) -> Self {
        self.after_fork.push(Box::new(hook));
        self
    }

    /// Runs a task in each node, on a thread of its own, for what is no handler: a program that only produces. It returns when
    /// `node.is_stopping()`, or whenever it is done; an error ends the node, which the supervisor restarts.
    pub fn service(mut self, task: impl Fn(&Node) -> Result + Send + Sync + 'static) -> Self {
        self.services.push(Arc::new(task));
        self
    }

    /// Sets configuration defaults in code: stronger than built-in ones, weaker than file, environment and command line.
    pub fn defaults(mut self, set: impl FnOnce(&mut Defaults)) -> Self {
        set(&mut self.defaults);
        self
    }

    /// What `--version` prints: usually `env!("CARGO_PKG_VERSION")`.
    pub fn version(mut self, version: &'static str) -> Self {
        self.program.version = Some(version);
        self
    }

    /// Runs `swarm` when the command line names no command.
    pub fn swarm_by_default(mut self) -> Self {
        self.program.default_command = Some(cli::Command::Swarm);
        self
    }

    /// Runs `server` when the command line names no command.
    pub fn server_by_default(mut self) -> Self {
        self.program.default_command = Some(cli::Command::Server);
        self
    }

    /// Without configured brokers, `server` and `swarm` start the embedded broker and say so. For examples and first steps:
    /// its data is gone with the process.
    pub fn dev_broker_when_unconfigured(mut self) -> Self {
        self.dev_broker = DevBrokerUse::WhenUnconfigured;
        self
    }

    /// The clap command, to be put below one of the program's own.
    pub fn command(&self) -> clap::Command {
        cli::clap_command(&self.program)
    }

    /// Reads the command line and runs. The codes are those of the README's table: 0 clean, 2 forced stop, 64 usage, 78
    /// configuration, and so on.
    pub fn main(self) -> ExitCode {
        self.run(std::env::args_os())
    }

    /// Like `main`, with these arguments; the first one is the program's name.
    pub fn run(self, arguments: impl IntoIterator<Item = impl Into<std::ffi::OsString>>) -> ExitCode {
        dispatch::main(self, arguments.into_iter().map(Into::into).collect())
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("App").field("blocks", &self.blocks.len()).finish_non_exhaustive()
    }
}
