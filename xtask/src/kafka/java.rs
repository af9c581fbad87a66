//! Java and Kafka's jars: finds the one, downloads the others once, and says what to install when something is missing.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};

use crate::workspace;

/// The version that `xtask/kafka/pom.xml` names.
pub(crate) const VERSION: &str = "4.3.1";
/// The jar without which a folder of jars is no Kafka.
const BROKER_JAR: &str = "kafka_2.13-4.3.1.jar";
/// The oldest Java that Kafka 4 runs on.
const OLDEST_JAVA: u32 = 17;
/// Names a folder that already holds the jars, for machines without Maven.
const LIBS_VARIABLE: &str = "KAFKA_RS_LIBS";
const COPY_JARS: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/// Kafka's command line programs that are not directly in `org.apache.kafka.tools`.
const CLASSES: [(&str, &str); 6] = [
    ("ConfigCommand", "kafka.admin.ConfigCommand"),
    ("ConsoleConsumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
    ("ConsoleShareConsumer", "org.apache.kafka.tools.consumer.ConsoleShareConsumer"),
    ("ConsumerGroupCommand", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
    ("ReassignPartitionsCommand", "org.apache.kafka.tools.reassign.ReassignPartitionsCommand"),
    ("StorageTool", "kafka.tools.StorageTool"),
];

/// A Java that is new enough, and the class path of a Kafka.
#[derive(Debug)]
pub(crate) struct Java {
    program: PathBuf,
    class_path: String,
}

impl Java {
    /// Finds Java and the jars; downloads them with Maven into `home/libs` when they are nowhere yet.
    pub(crate) fn find(home: &Path) -> anyhow::Result<Self> {
        let program = program()?;
        let libs = libs(home)?;
        Ok(Self { program, class_path: format!("{}/*", libs.display()) })
    }

    /// A command that runs `class` of Kafka, with `options` for the virtual machine.
    pub(crate) fn command(&self, class: &str, options: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(options).args(["-cp", &self.class_path, class]);
        command
    }
}

/// The full name of one of Kafka's command line programs; a name with a dot is taken as it is.
pub(crate) fn full_class_name(class: &str) -> String {
    if class.contains('.') {
        return class.to_owned();
    }
    let known = CLASSES.iter().find(|(short, _)| *short == class);
    known.map_or_else(|| format!("org.apache.kafka.tools.{class}"), |(_, full)| (*full).to_owned())
}

fn program() -> anyhow::Result<PathBuf> {
    let program = env::var_os("JAVA_HOME").map_or_else(|| "java".into(), |home| Path::new(&home).join("bin/java"));
    let install = "install Java 17 or newer (Debian: `apt-get install openjdk-17-jre-headless`)";
    let output = Command::new(&program).arg("-version").stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run `{}`: {install}", program.display()))?;
    let text = String::from_utf8_lossy(&output.stderr);
    match parse_version(&text) {
        Some(version) if version >= OLDEST_JAVA => Ok(program),
        Some(version) => bail!("`{}` is Java {version}: {install}", program.display()),
        None => bail!("`{} -version` printed no version, but `{}`: {install}", program.display(), text.trim()),
    }
}

/// The feature number in what `java -version` prints: 17 of `openjdk version "17.0.15" 2025-04-15`, 8 of `"1.8.0_402"`.
fn parse_version(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("version \"")?;
    let rest = rest.strip_prefix("1.").unwrap_or(rest);
    let digits = rest.find(|character: char| !character.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    digits.parse().ok()
}

fn libs(home: &Path) -> anyhow::Result<PathBuf> {
    if let Some(folder) = env::var_os(LIBS_VARIABLE).map(PathBuf::from) {
        let found = folder.join(BROKER_JAR).is_file();
        ensure!(found, "`{LIBS_VARIABLE}` names `{}`, which holds no `{BROKER_JAR}`", folder.display());
        return Ok(folder);
    }
    let folder = home.join("libs");
    fs::create_dir_all(home).with_context(|| format!("cannot make the folder `{}`", home.display()))?;
    // Two commands at once download once: the second waits and finds everything there.
    let lock = File::create(home.join("libs.lock")).context("cannot make the lock of the jars")?;
    lock.lock().context("cannot lock the jars")?;
    if !folder.join(BROKER_JAR).is_file() {
        download(&folder)?;
    }
    Ok(folder)
}

fn download(folder: &Path) -> anyhow::Result<()> {
    let pom = workspace::root().join("xtask/kafka/pom.xml");
    let part = folder.with_extension("part");
    let _ = fs::remove_dir_all(&part);
    eprintln!("downloading Apache Kafka (54 MB, once) into `{}`", folder.display());
    let status = Command::new("mvn")
        .args(["--quiet", "--batch-mode", "--file"])
        .arg(&pom)
        .arg(COPY_JARS)
        .arg(format!("-DoutputDirectory={}", part.display()))
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status();
    let advice = format!(
        "install Maven (Debian: `apt-get install maven`), or set `{LIBS_VARIABLE}` to a folder with the jars of `{}`",
        pom.display()
    );
    let status = status.with_context(|| format!("cannot run `mvn`, which downloads Kafka: {advice}"))?;
    ensure!(status.success(), "`mvn` could not download Kafka ({status}); its messages are above");
    ensure!(part.join(BROKER_JAR).is_file(), "`mvn` brought no `{BROKER_JAR}`: `{}` was changed", pom.display());
    let _ = fs::remove_dir_all(folder);
    fs::rename(&part, folder).with_context(|| format!("cannot move the jars to `{}`", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_java_is_read() {
        let check = |text: &str, expect: Option<u32>| assert_eq!(parse_version(text), expect, "{text}");
        check("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment", Some(17));
        check("java version \"1.8.0_402\"", Some(8));
        check("openjdk version \"26-ea\" 2026-03-17", Some(26));
        check("Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version \"21\"", Some(21));
        check("no such thing", None);
    }

    #[test]
    fn short_names_of_programs_become_full_ones() {
        let check = |class: &str, expect: &str| assert_eq!(full_class_name(class), expect);
        check("TopicCommand", "org.apache.kafka.tools.TopicCommand");
        check("ConsoleConsumer", "org.apache.kafka.tools.consumer.ConsoleConsumer");
        check("org.example.Tool", "org.example.Tool");
    }

    #[test]
    fn the_pom_brings_the_version_that_is_looked_for() {
        let pom = fs::read_to_string(workspace::root().join("xtask/kafka/pom.xml")).unwrap();
        assert_eq!(pom.matches(&format!("<version>{VERSION}</version>")).count(), 2, "broker and tools");
        assert_eq!(BROKER_JAR, format!("kafka_2.13-{VERSION}.jar"));
    }
}
