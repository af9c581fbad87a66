//! One librdkafka property: which clients have it, what its value may be, whether a value may be shown, and who sets it.
//!
//! Values are checked here, before librdkafka sees them: its own errors print the offending value, secret or not.

use std::borrow::Cow;

use super::entry::Scope;
use super::properties::PROPERTIES;
use super::quantity::{parse_duration, parse_size};
use super::refused::{CALLBACK, ELSEWHERE, REFUSED};
use super::settings::BOOTSTRAP_SERVERS;

/// A librdkafka property.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) side: Side,
    pub(crate) kind: Kind,
    /// The name under which it is kept when this one is an alias.
    alias_of: Option<&'static str>,
}

/// Which clients have a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Both,
    Consumer,
    Producer,
}

/// What a property's value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Integer {
        min: i64,
        max: i64,
    },
    Choice(&'static [&'static str]),
    Flags(&'static [&'static str]),
    /// A pointer that only a program's code can set.
    Api,
}

pub(super) const fn property(name: &'static str, side: Side, kind: Kind) -> Property {
    Property { name, side, kind, alias_of: None }
}

pub(super) const fn alias(name: &'static str, side: Side, kind: Kind, of: &'static str) -> Property {
    Property { name, side, kind, alias_of: Some(of) }
}

pub(super) const fn integer(min: i64, max: i64) -> Kind {
    Kind::Integer { min, max }
}

/// The property with this exact name.
pub(crate) fn find(name: &str) -> Option<&'static Property> {
    PROPERTIES.binary_search_by(|property| property.name.cmp(name)).ok().map(|index| &PROPERTIES[index])
}

/// The property whose name is `name` when `_` and `.` are the same, as in environment variables.
pub(crate) fn find_underscored(name: &str) -> Option<&'static Property> {
    let dotted = |text: &str| text.replace('_', ".");
    find(name).or_else(|| PROPERTIES.iter().find(|property| dotted(property.name) == dotted(name)))
}

impl Property {
    /// The name under which values of this property and its aliases are merged.
    pub(crate) fn main_name(&self) -> &'static str {
        self.alias_of.unwrap_or(self.name)
    }

    /// Whether a value may be shown: numbers, switches and words of a list, and the few texts that are known to be harmless.
    pub(crate) fn is_shown(&self) -> bool {
        match self.kind {
            Kind::Boolean | Kind::Integer { .. } | Kind::Choice(_) | Kind::Flags(_) => true,
            Kind::Text => SHOWN_TEXTS.contains(&self.main_name()),
            Kind::Api => false,
        }
    }

    /// Why it may not be configured in `scope`, or `None` when it may.
    pub(crate) fn refusal(&self, scope: Scope) -> Option<String> {
        let owned = REFUSED.iter().find(|(name, _)| *name == self.name || *name == self.main_name());
        if let Some((_, instead)) = owned {
            return Some((*instead).to_owned());
        }
        if matches!(self.kind, Kind::Api) {
            return Some(CALLBACK.to_owned());
        }
        let fits = match (scope, self.side) {
            (Scope::Common, _) | (_, Side::Both) => true,
            (Scope::Consumer, side) => side == Side::Consumer,
            (Scope::Producer, side) => side == Side::Producer,
            (Scope::Admin, _) => false,
        };
        if !fits {
            return Some(match self.side {
                Side::Consumer => "only consumers have it: write it in section `kafka.consumer`".to_owned(),
                _ => "only producers have it: write it in section `kafka.producer`".to_owned(),
            });
        }
        (scope != Scope::Common && self.main_name() == BOOTSTRAP_SERVERS)
            .then(|| "one program has one cluster: write it in section `kafka`".to_owned())
    }

    /// The value as librdkafka takes it; `Err` says what is expected.
    pub(crate) fn check<'v>(&self, value: &'v str) -> Result<Cow<'v, str>, String> {
        match self.kind {
            Kind::Text if self.main_name() == BOOTSTRAP_SERVERS => check_servers(value).map(|()| Cow::Borrowed(value)),
            Kind::Text if value.contains('\0') => Err("text without zero bytes".to_owned()),
            Kind::Text => Ok(Cow::Borrowed(value)),
            Kind::Boolean => match value {
                "true" | "false" => Ok(Cow::Borrowed(value)),
                _ => Err("`true` or `false`".to_owned()),
            },
            Kind::Integer { min, max } => self.check_integer(value, min, max),
            Kind::Choice(words) => {
                word_of(words, value).map(Cow::Borrowed).ok_or_else(|| format!("one of {}", listed(words)))
            }
            Kind::Flags(words) => {
                let known = value.split(',').all(|word| word_of(words, word.trim()).is_some());
                if known { Ok(Cow::Borrowed(value)) } else { Err(format!("words of {}, with commas", listed(words))) }
            }
            Kind::Api => Err("nothing: only code can set it".to_owned()),
        }
    }

    /// Whole numbers; where the unit is in the name, also `30s` or `8MiB`, as in routes.
    fn check_integer<'v>(&self, value: &'v str, min: i64, max: i64) -> Result<Cow<'v, str>, String> {
        let unit = Unit::of(self.name);
        let plain: Option<i64> = value.parse().ok();
        let number = plain.or_else(|| unit.read(value));
        match number {
            Some(number) if (min..=max).contains(&number) => {
                Ok(if plain.is_some() { Cow::Borrowed(value) } else { Cow::Owned(number.to_string()) })
            }
            _ => Err(format!("a whole number from {min} to {max}{}", unit.hint())),
        }
    }
}

/// The unit that a property's name carries.
#[derive(Clone, Copy)]
enum Unit {
    None,
    Milliseconds,
    Kilobytes,
    Bytes,
}

impl Unit {
    fn of(name: &str) -> Self {
        match name.rsplit('.').next() {
            Some("ms") => Self::Milliseconds,
            Some("kbytes") => Self::Kilobytes,
            Some("bytes") => Self::Bytes,
            _ => Self::None,
        }
    }

    fn read(self, value: &str) -> Option<i64> {
        let number = match self {
            Self::None => return None,
            Self::Milliseconds => parse_duration(value).ok()?.as_millis(),
            Self::Kilobytes => u128::from(parse_size(value).ok()? / 1024),
            Self::Bytes => u128::from(parse_size(value).ok()?),
        };
        i64::try_from(number).ok()
    }

    fn hint(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Milliseconds => " (milliseconds), or a duration such as `30s`",
            Self::Kilobytes => " (kibibytes), or a size such as `64MiB`",
            Self::Bytes => " (bytes), or a size such as `8MiB`",
        }
    }
}

/// `host:port` pairs with commas between them, each with an optional `PROTOCOL://` in front; the port may be missing.
fn check_servers(value: &str) -> Result<(), String> {
    let is_server = |server: &str| {
        let address = server.trim().split_once("://").map_or(server.trim(), |(_, address)| address);
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
            _ => (address, None),
        };
        let host_is_plain =
            !host.is_empty() && !host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
        host_is_plain && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
    };
    if value.split(',').all(is_server) { Ok(()) } else { Err("`host:port`, several with commas".to_owned()) }
}

/// librdkafka compares words without case; what it is given is the word as it is listed.
fn word_of(words: &[&'static str], value: &str) -> Option<&'static str> {
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(value))
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Texts that hold no secret: names, places and lists. Everything else that is text is hidden.
const SHOWN_TEXTS: &[&str] = &[
    "bootstrap.servers",
    "client.id",
    "client.rack",
    "group.remote.assignor",
    "https.ca.location",
    "partitioner",
    "sasl.kerberos.keytab",
    "sasl.kerberos.service.name",
    "ssl.ca.certificate.stores",
    "ssl.ca.location",
    "ssl.certificate.location",
    "ssl.cipher.suites",
    "ssl.crl.location",
    "ssl.curves.list",
    "ssl.key.location",
    "ssl.keystore.location",
    "ssl.sigalgs.list",
    "topic.blacklist",
];

/// What to do instead of an unknown property: what other clients' names are called here, or the nearest name.
pub(crate) fn instead_of_unknown(name: &str) -> Option<String> {
    let elsewhere = ELSEWHERE.iter().find(|(known, _)| *known == name).map(|(_, instead)| (*instead).to_owned());
    elsewhere.or_else(|| {
        let names = PROPERTIES.iter().filter(|property| property.refusal(Scope::Common).is_none()).map(|p| p.name);
        super::suggest::nearest(name, names).map(|nearest| format!("did you mean `{nearest}`?"))
    })
}
