//! What `routes!` costs the compiler: `cargo check` of generated programs with 1, 50 and 200 routed topics, beside the same programs
//! without routes, and whether a block of 1,000 topics compiles.
//!
//! Every run changes the routes file only, as somebody does who edits it; runs with and without routes take turns. Processor time is
//! that of cargo and all its children.
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use karafka_benches::figures::{Spread, write_json};
use karafka_benches::options::{number, option};
use nix::sys::resource::{UsageWho, getrusage};
use serde::Serialize;

const TOPICS: [usize; 3] = [1, 50, 200];
/// A block that only has to compile.
const MANY: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let runs = number(&arguments, "--runs", 7)?;
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace")?;
    let folder = workspace.join("target/compile");

    let mut sizes = Vec::new();
    println!("{:>7}  {:>22}  {:>22}  {:>10}", "topics", "without routes, cpu s", "with routes, cpu s", "added");
    for topics in TOPICS {
        let size = measure(workspace, &folder, topics, runs)?;
        println!(
            "{topics:>7}  {:>22.3}  {:>22.3}  {:>10.3}",
            size.without_routes.cpu_seconds.median, size.with_routes.cpu_seconds.median, size.added_cpu_seconds
        );
        sizes.push(size);
    }
    let many = Program::new(workspace, &folder, "many", MANY)?;
    many.write_routes(true, 0)?;
    let many = many.check()?;
    println!("{MANY} topics compile: {:.1} s of processor time for everything", many.cpu_seconds);
    write_json(option(&arguments, "--json").as_deref(), &Figures { runs, sizes, thousand_topics: many })
}

#[derive(Serialize)]
struct Figures {
    runs: u64,
    sizes: Vec<Size>,
    /// One check of the whole program.
    thousand_topics: Check,
}

#[derive(Serialize)]
struct Size {
    topics: usize,
    without_routes: Checks,
    with_routes: Checks,
    /// Medians with routes less medians without.
    added_cpu_seconds: f64,
    added_wall_seconds: f64,
}

#[derive(Serialize)]
struct Checks {
    cpu_seconds: Spread,
    wall_seconds: Spread,
}

impl Checks {
    fn of(checks: &[Check]) -> Self {
        Self {
            cpu_seconds: Spread::of(checks.iter().map(|check| check.cpu_seconds)),
            wall_seconds: Spread::of(checks.iter().map(|check| check.wall_seconds)),
        }
    }
}

/// One `cargo check`.
#[derive(Clone, Copy, Serialize)]
struct Check {
    cpu_seconds: f64,
    wall_seconds: f64,
}

fn measure(workspace: &Path, folder: &Path, topics: usize, runs: u64) -> anyhow::Result<Size> {
    let with = Program::new(workspace, folder, "routed", topics)?;
    let without = Program::new(workspace, folder, "plain", topics)?;
    let (mut with_routes, mut without_routes) = (Vec::new(), Vec::new());
    // The first check of each compiles what never changes.
    for run in 0..=runs {
        without.write_routes(false, run)?;
        let plain = without.check()?;
        with.write_routes(true, run)?;
        let routed = with.check()?;
        if run > 0 {
            without_routes.push(plain);
            with_routes.push(routed);
        }
    }
    let (with_routes, without_routes) = (Checks::of(&with_routes), Checks::of(&without_routes));
    Ok(Size {
        topics,
        added_cpu_seconds: with_routes.cpu_seconds.median - without_routes.cpu_seconds.median,
        added_wall_seconds: with_routes.wall_seconds.median - without_routes.wall_seconds.median,
        without_routes,
        with_routes,
    })
}

/// A generated crate: payloads and consumers in one file, routes in another.
struct Program {
    folder: PathBuf,
    /// The workspace's own: its dependencies, librdkafka above all, are built already.
    target: PathBuf,
    topics: usize,
}

impl Program {
    fn new(workspace: &Path, folder: &Path, kind: &str, topics: usize) -> anyhow::Result<Self> {
        let name = format!("{kind}{topics}");
        let generated = Self { folder: folder.join(&name), target: workspace.join("target"), topics };
        fs::create_dir_all(generated.folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\nkarafka-rt = {{ path = \"{}\" }}\n\
             serde = {{ version = \"1.0\", features = [\"derive\"] }}\n\n[workspace]\n",
            workspace.join("karafka-rt").display()
        );
        fs::write(generated.folder.join("Cargo.toml"), manifest)?;
        fs::copy(workspace.join("Cargo.lock"), generated.folder.join("Cargo.lock"))?;
        fs::write(generated.folder.join("src/consumers.rs"), consumers(topics)?)?;
        Ok(generated)
    }

    /// Writes the file that somebody edits: each `edit` is another text.
    fn write_routes(&self, with: bool, edit: u64) -> anyhow::Result<()> {
        let (main, routes) = if with {
            (
                "mod routes;\n\nfn main() -> std::process::ExitCode {\n    karafka_rt::App::new(routes::shop::ROUTES).main()\n}",
                routes(self.topics, edit)?,
            )
        } else {
            (
                "mod routes;\n\nfn main() {\n    assert!(routes::EDIT > 0);\n}",
                format!("pub const EDIT: u64 = {};\n", edit + 1),
            )
        };
        let main = format!("#![allow(dead_code)]\nmod consumers;\n{main}\n");
        if fs::read_to_string(self.folder.join("src/main.rs")).unwrap_or_default() != main {
            fs::write(self.folder.join("src/main.rs"), main)?;
        }
        fs::write(self.folder.join("src/routes.rs"), routes)?;
        Ok(())
    }

    fn check(&self) -> anyhow::Result<Check> {
        let (begun, before) = (Instant::now(), cpu_seconds_of_children()?);
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["check", "--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
            .output()
            .context("cannot run cargo")?;
        ensure!(
            output.status.success(),
            "{} does not compile:\n{}",
            self.folder.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(Check { cpu_seconds: cpu_seconds_of_children()? - before, wall_seconds: begun.elapsed().as_secs_f64() })
    }
}

fn consumers(topics: usize) -> anyhow::Result<String> {
    let mut text = "use karafka_rt::prelude::*;\nuse serde::{Deserialize, Serialize};\n".to_owned();
    for number in 0..topics {
        write!(
            text,
            "\n#[derive(Serialize, Deserialize)]\npub struct Payload{number} {{ pub id: u64, pub name: String }}\n\n\
             #[derive(Consumer)]\n#[consumer(payload = Payload{number})]\npub struct Consumer{number} {{ total: u64 }}\n\n\
             impl ConsumeEach for Consumer{number} {{\n    fn consume_each(&mut self, record: Message<'_, Payload{number}>, _: &mut \
             Context<'_>) -> Result {{\n        self.total += record.payload()?.id;\n        Ok(())\n    }}\n}}\n"
        )?;
    }
    Ok(text)
}

/// What a large program looks like: every topic has a consumer, settings, and a topic for its dead letters.
fn routes(topics: usize, edit: u64) -> anyhow::Result<String> {
    let mut text = format!(
        "use karafka_rt::prelude::*;\nuse crate::consumers::*;\n\nroutes! {{\n    pub mod shop as \"shop\";\n    \
         defaults {{ max_messages {}; pause(timeout: 500ms, max_timeout: 30s); }}\n",
        edit + 100
    );
    for number in 0..topics {
        write!(
            text,
            "    /// Topic number {number}.\n    topic \"topic.{number}\" {{ consumer Consumer{number}; handler_timeout 1min; \
             dead_letter_queue(topic: \"topic.{number}.dead\", max_retries: 3); config(partitions: 6); }}\n    \
             topic \"topic.{number}.dead\";\n"
        )?;
    }
    text.push_str("}\n");
    Ok(text)
}

/// User and system time of all children that have ended.
fn cpu_seconds_of_children() -> anyhow::Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}
