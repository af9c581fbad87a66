use super::*;

fn program() -> Program {
    Program { name: Some("shop"), version: Some("1.2.3"), about: Some("Charges orders."), default_command: None }
}

#[test]
fn arguments_become_commands() {
    for (line, command) in [
        ("swarm", Command::Swarm),
        ("swarm --nodes 4", Command::Swarm),
        ("server", Command::Server),
        ("routes", Command::Routes { json: false }),
        ("routes --json", Command::Routes { json: true }),
        ("config check", Command::ConfigCheck),
        ("config show", Command::ConfigShow),
        ("dev", Command::Dev),
        ("status --nodes", Command::Status { json: false, nodes: true }),
        ("ctl stop --now", Command::Ctl { request: Request::Stop { now: true }, json: false }),
        ("ctl --json restart 3", Command::Ctl { request: Request::Restart { node: 3 }, json: true }),
        ("ctl roll", Command::Ctl { request: Request::Roll, json: false }),
        ("ctl deaths", Command::Ctl { request: Request::Deaths, json: false }),
    ] {
        let arguments = format!("shop {line}");
        let parsed = parse(&program(), arguments.split(' ')).unwrap_or_else(|exit| panic!("{line}: {}", exit.text));
        assert_eq!(parsed.command, command, "{line}");
    }
}

#[test]
fn configuration_on_the_command_line_is_carried_in_order_of_precedence() {
    let line = "shop --set swarm.nodes=1 swarm --nodes 4 --config a.toml --set x=y --log-format json";
    let parsed = parse(&program(), line.split(' ')).expect("legal");
    assert_eq!(parsed.config, Some(PathBuf::from("a.toml")));
    let settings: Vec<_> = parsed.settings.iter().map(|s| (s.option, s.assignment.as_str())).collect();
    assert_eq!(
        settings,
        [
            ("--set", "swarm.nodes=1"),
            ("--set", "x=y"),
            ("--log-format", "telemetry.log_format=json"),
            ("--nodes", "swarm.nodes=4"),
        ]
    );
}

#[test]
fn what_is_not_understood_ends_with_64_and_what_was_asked_for_with_0() {
    for (line, code, text) in [
        ("shop", Code::Usage, "Usage: shop [OPTIONS] [COMMAND]"),
        ("shop swram", Code::Usage, "a similar subcommand exists: 'swarm'"),
        ("shop --nods 4", Code::Usage, "unexpected argument '--nods'"),
        ("shop config", Code::Usage, "'shop config' requires a subcommand"),
        ("shop --log-format xml", Code::Usage, "[possible values: human, json]"),
        ("shop --help", Code::Clean, "Charges orders."),
        ("shop --help", Code::Clean, "Run one consuming process"),
        ("shop swarm --help", Code::Clean, "--nodes <COUNT>"),
        ("shop --version", Code::Clean, "shop 1.2.3"),
    ] {
        let exit = parse(&program(), line.split(' ')).expect_err(line);
        assert_eq!(exit.code, code, "{line}");
        assert!(exit.text.contains(text), "{line}: {}", exit.text);
        assert!(!exit.text.contains('\u{1b}'), "colours in {}", exit.text);
    }
}

#[test]
fn a_default_command_runs_without_a_word_and_keeps_its_options() {
    let program = Program { default_command: Some(Command::Server), ..program() };
    let parsed = parse(&program, ["shop", "--set", "a=b"]).expect("the default command");
    assert_eq!((parsed.command, parsed.settings.len()), (Command::Server, 1));
    assert_eq!(parse(&program, ["shop", "dev"]).expect("an explicit one wins").command, Command::Dev);
}

#[test]
fn the_clap_command_is_consistent() {
    clap_command(&program()).debug_assert();
}
