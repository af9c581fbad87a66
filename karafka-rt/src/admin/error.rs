//! Why an admin call failed, sorted by what the caller can do.

use std::time::Duration;

use crate::librdkafka::{CallError, Code};

/// Why a question to the cluster was not answered, or a change not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// The client cannot be created from its properties.
    #[error("the connection to Kafka is not set up correctly: {0}")]
    Configuration(String),
    /// No broker answered in time.
    #[error(
        "no Kafka broker at `{servers}` answered within {waited:?}{}; check the address (`bootstrap.servers`), that the \
         broker runs, and that this machine may reach it",
        cause(last.as_deref())
    )]
    Unreachable {
        /// Where brokers were looked for.
        servers: String,
        /// How long.
        waited: Duration,
        /// The client's last error meanwhile.
        last: Option<String>,
    },
    /// A broker refused the login.
    #[error(
        "the Kafka broker at `{servers}` refused the login: {reason}; check `sasl.mechanism`, `sasl.username` and \
         `sasl.password`, and that `security.protocol` is the one of that port"
    )]
    Login {
        /// Where.
        servers: String,
        /// In the broker's words.
        reason: String,
    },
    /// This user may not do that.
    #[error("not allowed to {action} `{name}`: grant this user `{operation}` on it")]
    Denied {
        /// What was tried, for example "create the topic".
        action: &'static str,
        /// The topic or group.
        name: String,
        /// The ACL operation that is missing.
        operation: &'static str,
    },
    /// There is no such topic.
    #[error("the topic `{0}` does not exist; create it, or check its name and the topic prefix")]
    NoSuchTopic(String),
    /// The cluster refused it for another reason.
    #[error("cannot {action} `{name}`: {reason}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// The topic or group.
        name: String,
        /// In the cluster's words.
        reason: String,
    },
}

/// What was tried, on what: turns codes into errors that name both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt<'a> {
    pub(super) action: &'static str,
    pub(super) name: &'a str,
    /// The ACL operation that it takes.
    pub(super) operation: &'static str,
}

impl Attempt<'_> {
    pub(super) fn failed(self, code: Code, reason: impl Into<String>) -> AdminError {
        let Self { action, name, operation } = self;
        match code {
            Code::TOPIC_AUTHORIZATION_FAILED
            | Code::GROUP_AUTHORIZATION_FAILED
            | Code::CLUSTER_AUTHORIZATION_FAILED => AdminError::Denied { action, name: name.to_owned(), operation },
            Code::UNKNOWN_TOPIC_OR_PARTITION | Code::LOCAL_UNKNOWN_TOPIC | Code::UNKNOWN_TOPIC_ID => {
                AdminError::NoSuchTopic(name.to_owned())
            }
            code => {
                let reason = reason.into();
                let reason = if reason.is_empty() { code.to_string() } else { reason };
                AdminError::Refused { action, name: name.to_owned(), reason }
            }
        }
    }

    pub(super) fn call_failed(self, error: CallError) -> AdminError {
        self.failed(error.code, error.text)
    }
}

fn cause(last: Option<&str>) -> String {
    last.map_or_else(String::new, |last| format!(" ({last})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_what_where_and_what_to_do() {
        let attempt = Attempt { action: "create the topic", name: "orders", operation: "Create" };
        let check = |error: AdminError, expect: &str| assert_eq!(error.to_string(), expect);
        check(
            attempt.failed(Code::TOPIC_AUTHORIZATION_FAILED, ""),
            "not allowed to create the topic `orders`: grant this user `Create` on it",
        );
        check(
            attempt.failed(Code::INVALID_PARTITIONS, "Number of partitions must be larger than 0."),
            "cannot create the topic `orders`: Number of partitions must be larger than 0.",
        );
        check(
            AdminError::Unreachable {
                servers: "a:9092".into(),
                waited: Duration::from_secs(5),
                last: Some("a:9092/bootstrap: Connect failed".into()),
            },
            "no Kafka broker at `a:9092` answered within 5s (a:9092/bootstrap: Connect failed); check the address \
             (`bootstrap.servers`), that the broker runs, and that this machine may reach it",
        );
    }
}
