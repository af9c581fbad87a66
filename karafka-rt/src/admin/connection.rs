//! One client for all questions, and waiting for an answer.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::librdkafka::{AdminClient, AdminReport, AdminTurn, CallError, Code};

use super::error::{AdminError, Attempt};

/// Asks a cluster and changes it. One question at a time; share it or make several.
///
/// ```no_run
/// use std::{collections::BTreeMap, time::Duration};
/// use karafka_rt::admin::{Admin, NewTopic};
///
/// let properties = BTreeMap::from([("bootstrap.servers".to_owned(), "127.0.0.1:9092".to_owned())]);
/// let admin = Admin::new(&properties)?;
/// for created in admin.create_topics(&[NewTopic::new("orders", 6)], Duration::from_secs(30)) {
///     created?;
/// }
/// # Ok::<(), karafka_rt::admin::AdminError>(())
/// ```
pub struct Admin {
    client: AdminClient,
    servers: String,
    properties: BTreeMap<String, String>,
    /// Why brokers could not be reached, since the last answer.
    trouble: Mutex<Option<String>>,
}

impl Admin {
    /// Takes librdkafka's properties: `bootstrap.servers`, security and so on. Brokers are not asked for anything yet. To be
    /// called after a fork, never before one.
    pub fn new(properties: &BTreeMap<String, String>) -> Result<Self, AdminError> {
        let mut properties = properties.clone();
        // A question about a topic must not create it.
        properties.insert("allow.auto.create.topics".into(), "false".into());
        properties.insert("enable.metrics.push".into(), "false".into());
        let servers = properties.get("bootstrap.servers").or_else(|| properties.get("metadata.broker.list"));
        let Some(servers) = servers.filter(|servers| !servers.trim().is_empty()).cloned() else {
            return Err(AdminError::Configuration("expected `bootstrap.servers`, found none".into()));
        };
        let client = AdminClient::create(&properties).map_err(|error| AdminError::Configuration(error.text))?;
        Ok(Self { client, servers, properties, trouble: Mutex::new(None) })
    }

    /// Another one that knows nothing yet.
    pub(super) fn anew(&self) -> Result<Self, AdminError> {
        Self::new(&self.properties)
    }

    /// Sends a question by `send` and waits for the answer. The request gets the whole time, so that librdkafka's own
    /// time-out and ours are the same moment; a refused login ends the wait at once.
    pub(super) fn ask(
        &self,
        within: Duration,
        attempt: Attempt<'_>,
        send: impl FnOnce(&mut AdminTurn<'_>, Duration) -> Result<(), CallError>,
    ) -> Result<AdminReport, AdminError> {
        let deadline = Instant::now() + within;
        let mut turn = self.client.turn();
        // What was reported since the last question; a login refused then is tried again now.
        while let Some(report) = turn.poll(Duration::ZERO)
            && Instant::now() < deadline
        {
            self.note(report);
        }
        send(&mut turn, deadline.saturating_duration_since(Instant::now()))
            .map_err(|error| attempt.call_failed(error))?;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match turn.poll(left) {
                Some(AdminReport::ClientError(code, reason)) if is_refused_login(code) => {
                    return Err(AdminError::Login { servers: self.servers.clone(), reason });
                }
                Some(report @ AdminReport::ClientError(..)) => self.note(report),
                Some(AdminReport::Failed(error)) if error.code.is_transport() => {
                    return Err(self.unreachable(within, Some(error.text)));
                }
                Some(AdminReport::Failed(error)) => return Err(attempt.call_failed(error)),
                Some(answer) => {
                    *self.trouble() = None;
                    return Ok(answer);
                }
                None if left.is_zero() => return Err(self.unreachable(within, None)),
                None => {}
            }
        }
    }

    /// Keeps why brokers cannot be reached: librdkafka says it once, not each time. That all are down says less.
    fn note(&self, report: AdminReport) {
        match report {
            AdminReport::ClientError(Code::LOCAL_ALL_BROKERS_DOWN, reason) => {
                self.trouble().get_or_insert(reason);
            }
            AdminReport::ClientError(_, reason) => *self.trouble() = Some(reason),
            AdminReport::Answer(_) | AdminReport::Created(_) | AdminReport::Failed(_) => {}
        }
    }

    fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unreachable(&self, waited: Duration, last: Option<String>) -> AdminError {
        AdminError::Unreachable { servers: self.servers.clone(), waited, last: self.trouble().clone().or(last) }
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Admin").field("servers", &self.servers).finish_non_exhaustive()
    }
}

fn is_refused_login(code: Code) -> bool {
    matches!(code, Code::LOCAL_AUTHENTICATION | Code::SASL_AUTHENTICATION_FAILED)
}
