//! The tables agree with the linked librdkafka and with themselves.

use rdkafka::ClientConfig;

use super::super::entry::Scope;
use super::super::properties::PROPERTIES;
use super::super::property::Kind;
use super::super::{keys, property, refused};

/// librdkafka takes both ends of each range and every listed word, so the table refuses nothing that would work.
#[test]
fn the_linked_librdkafka_takes_the_values_that_the_table_allows() {
    for property in PROPERTIES.iter().filter(|property| property.refusal(Scope::Common).is_none()) {
        let values = match property.kind {
            Kind::Text if property.name.contains("broker") || property.name.contains("bootstrap") => {
                vec!["a:1".to_owned()]
            }
            Kind::Text => vec!["x".to_owned()],
            Kind::Boolean => vec!["true".to_owned(), "false".to_owned()],
            Kind::Integer { min, max } => vec![min.to_string(), max.to_string()],
            Kind::Choice(words) | Kind::Flags(words) => words.iter().map(|word| (*word).to_owned()).collect(),
            Kind::Api => continue,
        };
        for value in values {
            assert_eq!(property.check(&value).as_deref(), Ok(value.as_str()), "{}", property.name);
            let set = ClientConfig::new().set(property.name, &value).create_native_config().map(drop);
            let error = set.map_or_else(|error| error.to_string(), |()| String::new());
            let is_taken = error.is_empty() || error.contains("not supported in this build");
            assert!(is_taken, "{} = {value}: {error}", property.name);
        }
    }
}

#[test]
fn properties_are_sorted_and_aliases_lead_to_main_names() {
    assert!(PROPERTIES.windows(2).all(|pair| pair[0].name < pair[1].name));
    for entry in PROPERTIES {
        let main = property::find(entry.main_name()).expect("an alias has its property");
        assert_eq!(main.main_name(), main.name, "{} is an alias of an alias", entry.name);
        assert_eq!(property::find_underscored(&entry.name.replace('.', "_")).map(|found| found.name), Some(entry.name));
    }
}

#[test]
fn refused_properties_exist_and_say_what_to_do() {
    for (name, instead) in refused::REFUSED {
        let property = property::find(name).unwrap_or_else(|| panic!("{name} is not a property"));
        assert_eq!(property.refusal(Scope::Consumer).as_deref(), Some(*instead));
    }
}

#[test]
fn every_key_has_a_legal_default_and_its_own_field() {
    for key in keys::KEYS {
        let mut config = super::super::Config::built_in("box-1");
        let before = format!("{config:?}");
        let default = if key.name == keys::INSTANCE { "box-1".to_owned() } else { key.default() };
        key.set(&mut config, &default).unwrap_or_else(|expected| panic!("{}: {expected}", key.name));
        assert_eq!(format!("{config:?}"), before, "the default of {} is not what is built in", key.name);

        let other = ["7", "7s", "7MiB", "70MiB", "json", "x"]
            .into_iter()
            .find(|value| key.set(&mut config, value).is_ok() && format!("{config:?}") != before);
        assert!(other.is_some(), "no value of {} changes the configuration", key.name);
        let section = key.name.split('.').next().unwrap_or_default();
        assert!(keys::SECTIONS.contains(&section), "{}", key.name);
    }
}

#[test]
fn a_memory_limit_is_a_size_or_a_word() {
    use super::super::MemoryLimit::{Auto, Bytes, Off};
    let key = keys::find("swarm.memory_limit").expect("it is in the table");
    let mut config = super::super::Config::built_in("box-1");
    for (text, expect) in [("auto", Auto), ("off", Off), ("32MiB", Bytes(32 << 20)), ("1GiB", Bytes(1 << 30))] {
        key.set(&mut config, text).unwrap_or_else(|expected| panic!("{text}: {expected}"));
        assert_eq!(config.swarm.memory_limit, expect);
    }
    for text in ["31MiB", "0", "512", "none", "17000GiB"] {
        assert!(key.set(&mut config, text).is_err(), "{text}");
    }
}
