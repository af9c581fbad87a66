//! What the command line asks for. Pure.

/// Printed for `--help`.
pub(super) const HELP: &str = "\
Publishes the flights of January 2013, runs a swarm of two nodes on them, and prints delays by airline.

Usage: quickstart [--serve]
       quickstart COMMAND ..

  --serve   Stay up and go on publishing until Ctrl-C
  COMMAND   What every program of karafka-rt can do: `swarm`, `server`, `routes`, `config show`, ..; see `quickstart routes --help`

Environment:
  KARAFKA_BOOTSTRAP_SERVERS=host:port   run on this Kafka; without it on an embedded broker
  QUICKSTART_DATA=folder                read flights-2013-01.csv, planes.csv and airlines.csv there
";

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The program of `quickstart.rs`, with a command of its own.
    Program,
    Help,
    Tour(Options),
}

/// How to run the tour.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Stay up and go on publishing.
    pub(super) serve: bool,
    /// Have the swarm miss one record, so that the books cannot balance: for the test of the books.
    pub(super) lose_one: bool,
}

impl Wish {
    /// `arguments` are those behind the program's name.
    pub(super) fn of(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter().peekable();
        let mut options = Options::default();
        if arguments.peek().is_some_and(|first| !is_ours(first)) {
            return Ok(Self::Program);
        }
        for argument in arguments {
            match argument.as_str() {
                "--serve" => options.serve = true,
                "--lose-one" => options.lose_one = true,
                "--help" | "-h" => return Ok(Self::Help),
                other => return Err(format!("expected `--serve` or `--help`, found `{other}`")),
            }
        }
        Ok(Self::Tour(options))
    }
}

fn is_ours(argument: &str) -> bool {
    matches!(argument, "--serve" | "--lose-one" | "--help" | "-h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tour_has_its_own_options_and_leaves_the_rest_to_the_program() {
        let check = |arguments: &[&str], expect: Result<Wish, String>| {
            let found = Wish::of(arguments.iter().map(|&argument| argument.to_owned()));
            assert_eq!(found, expect, "{arguments:?}");
        };
        let tour = |serve, lose_one| Ok(Wish::Tour(Options { serve, lose_one }));
        check(&[], tour(false, false));
        check(&["--serve"], tour(true, false));
        check(&["--serve", "--lose-one"], tour(true, true));
        check(&["-h"], Ok(Wish::Help));
        check(&["--serve", "--help"], Ok(Wish::Help));
        check(&["swarm", "--nodes", "2"], Ok(Wish::Program));
        check(&["--nonsense"], Ok(Wish::Program));
        check(&["--serve", "now"], Err("expected `--serve` or `--help`, found `now`".to_owned()));
    }
}
