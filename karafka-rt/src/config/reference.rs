//! The reference page of the configuration, made from the tables. Committed as `CONFIGURATION.md`; a test compares.

use std::fmt::Write;

use super::keys::KEYS;
use super::properties::PROPERTIES;
use super::property::{Property, Side};
use super::refused::REFUSED;

const HEAD: &str = "\
# Configuration

Made from the key table by `UPDATE_REFERENCE=1 cargo test -p karafka-rt reference`; do not edit.

Later wins: built-in, `App::defaults` in code, `karafka.toml` (or the file named by `--config` or `KARAFKA_CONFIG`, which then
must exist), environment, `--set key=value`. `config check` tells every error at once; `config show` prints every key with its
value and where it comes from.

In the environment a key is `KARAFKA_<SECTION>__<KEY>`: `swarm.shutdown_timeout` is `KARAFKA_SWARM__SHUTDOWN_TIMEOUT`. With
`_FILE` behind it the variable names a file that holds the value, such as a mounted secret. `KARAFKA_BOOTSTRAP_SERVERS` is
short for `KARAFKA_KAFKA__BOOTSTRAP_SERVERS`.

Durations are written `250ms`, `5s`, `10min`, `1h`, `7d`; sizes `512KiB`, `64MiB`, `1GiB`.

| key | default | may be | |
|---|---|---|---|
";

const KAFKA: &str = "
## Section `kafka`

librdkafka's properties under their own names, for every client; in `kafka.consumer`, `kafka.producer` and `kafka.admin` for
one kind of client. In the environment a `_` stands for a `.`: `KARAFKA_KAFKA__SASL_PASSWORD`, and for one kind of client
`KARAFKA_KAFKA__CONSUMER__FETCH_WAIT_MAX_MS`. Where the unit is in the name, `30s` and `8MiB` are understood too. Values that
may be secret are never shown. `session.timeout.ms`, `heartbeat.interval.ms` and `partition.assignment.strategy` apply to the
classic group protocol only; with the other they are the broker's. The strategy is `cooperative-sticky` unless set: `range` and
`roundrobin` take every partition away from everybody at each rebalance.

The framework owns these:

| property | instead |
|---|---|
";

/// The whole page.
pub(super) fn render() -> String {
    let mut page = HEAD.to_owned();
    for key in KEYS {
        let default = if key.default().is_empty() { "-".to_owned() } else { format!("`{}`", key.default()) };
        // Writing to a text cannot fail.
        let _ = writeln!(page, "| `{}` | {default} | {} | {} |", key.name, key.expected(), key.docs);
    }
    page.push_str(KAFKA);
    for (name, instead) in REFUSED {
        let _ = writeln!(page, "| `{name}` | {instead} |");
    }
    let open = |property: &&Property| property.refusal(super::entry::Scope::Common).is_none();
    for (title, side) in [("Every client", Side::Both), ("Consumers", Side::Consumer), ("Producers", Side::Producer)] {
        let names =
            PROPERTIES.iter().filter(open).filter(|property| property.side == side).map(|property| property.name);
        let _ = write!(page, "\n{title}: {}\n", names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
    }
    page
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_reference_page_is_what_the_tables_say() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONFIGURATION.md");
        let page = super::render();
        if std::env::var_os("UPDATE_REFERENCE").is_some() {
            std::fs::write(&path, &page).expect("the page is writable");
        }
        let committed = std::fs::read_to_string(&path).expect("the page is committed");
        assert!(
            committed == page,
            "CONFIGURATION.md is old: run UPDATE_REFERENCE=1 cargo test -p karafka-rt reference"
        );
    }
}
