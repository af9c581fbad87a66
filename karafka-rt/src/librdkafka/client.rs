//! A librdkafka client of any kind: how it is made and how it ends.
//!
//! Both are the dangerous moments. A client is made on a new thread, because librdkafka seeds its random numbers per
//! thread and a forked process inherits the seed of its parent: without that, all nodes of a swarm can get the same
//! member id. And a client may hang when it is destroyed (a record still held, a rebalance never answered), so that
//! happens on a helper thread with a deadline.

use std::collections::BTreeMap;
use std::ffi::{CString, c_char};
use std::ptr::NonNull;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rdkafka_sys as sys;
use sys::{rd_kafka_conf_res_t as ConfResult, rd_kafka_type_t as Kind};

use super::error::{CallError, Code, TEXT_BYTES, text};
use super::list::c_string;

/// How long a client that could not be set up may take to end.
pub(super) const END_OF_A_HALF_MADE_CLIENT: Duration = Duration::from_secs(5);

/// The `group.id` of clients that only ask questions; such a group never has a member.
const QUESTIONS_GROUP: &str = "karafka-questions";

/// Which events librdkafka puts into queues, and whether log lines are among them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reports {
    /// These events and all log lines, in the main queue: for a client whose main queue somebody polls.
    Queued(i32),
    /// Neither: log lines are dropped, and so are errors that belong to no request. For a client that only answers
    /// requests, and whose main queue nobody polls.
    Dropped,
}

/// A live client. Dropping this leaves it running: only [`NativeClient::destroy`] ends it.
pub(super) struct NativeClient(NonNull<sys::rd_kafka_t>);

// SAFETY: librdkafka's client handle is thread-safe and not bound to the thread that made it.
unsafe impl Send for NativeClient {}
// SAFETY: as above.
unsafe impl Sync for NativeClient {}

impl NativeClient {
    /// Makes a client on a new thread (`rd_kafka_new`). Property values never appear in the error.
    pub(super) fn create(
        kind: Kind,
        properties: &BTreeMap<String, String>,
        reports: Reports,
    ) -> Result<Self, CallError> {
        thread::scope(|scope| {
            thread::Builder::new()
                .name("kafka-create".to_owned())
                .spawn_scoped(scope, || Self::create_here(kind, properties, reports))
                .map_err(|error| no_thread(&error))?
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Makes a client for questions: a consumer that never subscribes, so that nothing is fetched and no group is joined.
    ///
    /// It has to be a consumer with a `group.id`, whatever it asks: when a broker answers an offset question with
    /// `NOT_COORDINATOR`, librdkafka tells the client's own group handler (`rd_kafka_handle_OffsetFetch` calls
    /// `rd_kafka_cgrp_op`), and a client without one crashes the process with a null pointer.
    pub(super) fn create_for_questions(
        properties: &BTreeMap<String, String>,
        reports: Reports,
    ) -> Result<Self, CallError> {
        let mut properties = properties.clone();
        properties.entry("group.id".to_owned()).or_insert_with(|| QUESTIONS_GROUP.to_owned());
        properties.insert("enable.auto.commit".to_owned(), "false".to_owned());
        Self::create(Kind::RD_KAFKA_CONSUMER, &properties, reports)
    }

    fn create_here(kind: Kind, properties: &BTreeMap<String, String>, reports: Reports) -> Result<Self, CallError> {
        let conf = Conf::of(properties, reports)?;
        let mut buffer: [c_char; TEXT_BYTES] = [0; TEXT_BYTES];
        // SAFETY: a live configuration and a buffer of the given size.
        let rk = unsafe { sys::rd_kafka_new(kind, conf.0.as_ptr(), buffer.as_mut_ptr(), buffer.len()) };
        let Some(rk) = NonNull::new(rk) else {
            // SAFETY: librdkafka leaves a NUL-terminated text, and the buffer began as one.
            return Err(CallError::invalid(unsafe { text(buffer.as_ptr()) }));
        };
        std::mem::forget(conf); // `rd_kafka_new` took it over.
        let client = Self(rk);
        match client.set_up(properties, reports) {
            Ok(()) => Ok(client),
            Err(error) => {
                client.destroy(END_OF_A_HALF_MADE_CLIENT);
                Err(error)
            }
        }
    }

    fn set_up(&self, properties: &BTreeMap<String, String>, reports: Reports) -> Result<(), CallError> {
        if let Reports::Queued(_) = reports {
            // SAFETY: a live client; a null queue means the main queue.
            let code = unsafe { sys::rd_kafka_set_log_queue(self.as_ptr(), std::ptr::null_mut()) };
            Code::check(code, || "the log queue is not available".to_owned())?;
        }
        if properties.iter().any(|(key, value)| key.starts_with("sasl.mechanism") && value == "OAUTHBEARER") {
            // SAFETY: a live client. Tokens are then renewed by a thread of librdkafka, whoever polls or not.
            unsafe { CallError::take(sys::rd_kafka_sasl_background_callbacks_enable(self.as_ptr()))? };
        }
        Ok(())
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_t {
        self.0.as_ptr()
    }

    /// Ends the client on a helper thread; true when that was done within `deadline`, else it stays behind.
    pub(super) fn destroy(self, deadline: Duration) -> bool {
        within(deadline, || self.destroy_here()).is_some()
    }

    /// Ends the client without leaving its group (`rd_kafka_destroy_flags`). May take for ever.
    pub(super) fn destroy_here(self) {
        // SAFETY: the last handle of a live client, given up here.
        unsafe { sys::rd_kafka_destroy_flags(self.as_ptr(), sys::RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) };
    }
}

/// Runs on a helper thread what may take for ever. Past the deadline, the thread stays behind until the process ends.
pub(super) fn within<T: Send + 'static>(deadline: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, wait) = mpsc::sync_channel(1);
    let helper = thread::Builder::new().name("kafka-destroy".to_owned()).spawn(move || {
        let _ = done.send(work());
    });
    helper.ok().and_then(|_| wait.recv_timeout(deadline).ok())
}

/// A configuration that no client has taken over yet.
struct Conf(NonNull<sys::rd_kafka_conf_t>);

impl Conf {
    fn of(properties: &BTreeMap<String, String>, reports: Reports) -> Result<Self, CallError> {
        // SAFETY: no requirement; librdkafka aborts when memory is out.
        let raw = unsafe { sys::rd_kafka_conf_new() };
        let mut conf = Self(NonNull::new(raw).expect("librdkafka never returns a null configuration"));
        for (key, value) in properties {
            conf.set(key, value)?;
        }
        // SAFETY: a live configuration; without a callback librdkafka prints nothing by itself.
        unsafe { sys::rd_kafka_conf_set_log_cb(conf.0.as_ptr(), None) };
        let events = match reports {
            Reports::Queued(events) => {
                conf.set("log.queue", "true")?;
                events
            }
            Reports::Dropped => 0,
        };
        // SAFETY: a live configuration.
        unsafe { sys::rd_kafka_conf_set_events(conf.0.as_ptr(), events) };
        // SAFETY: a live configuration; used only when the mechanism is OAUTHBEARER.
        unsafe { sys::rd_kafka_conf_enable_sasl_queue(conf.0.as_ptr(), 1) };
        Ok(conf)
    }

    /// Sets a property (`rd_kafka_conf_set`). librdkafka's own message shows the value, so it is not used.
    fn set(&mut self, key: &str, value: &str) -> Result<(), CallError> {
        let name = c_string("property", key)?;
        let value = CString::new(value)
            .map_err(|_| CallError::invalid(format!("the value of the property `{key}` holds a NUL byte")))?;
        let (null, none) = (std::ptr::null_mut(), 0);
        // SAFETY: a live configuration, NUL-terminated strings that are copied, and no buffer for the message.
        let result = unsafe { sys::rd_kafka_conf_set(self.0.as_ptr(), name.as_ptr(), value.as_ptr(), null, none) };
        match result {
            ConfResult::RD_KAFKA_CONF_OK => Ok(()),
            ConfResult::RD_KAFKA_CONF_UNKNOWN => {
                Err(CallError::invalid(format!("`{key}` is no property of librdkafka")))
            }
            ConfResult::RD_KAFKA_CONF_INVALID => {
                Err(CallError::invalid(format!("librdkafka refuses the value of the property `{key}`")))
            }
        }
    }
}

impl Drop for Conf {
    fn drop(&mut self) {
        // SAFETY: owned and not used afterwards.
        unsafe { sys::rd_kafka_conf_destroy(self.0.as_ptr()) }
    }
}

fn no_thread(error: &std::io::Error) -> CallError {
    CallError { code: Code::LOCAL_SYSTEM_RESOURCE, text: format!("no thread to create a Kafka client on: {error}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(properties: &[(&str, &str)]) -> String {
        let properties = properties.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let result = NativeClient::create(Kind::RD_KAFKA_PRODUCER, &properties, Reports::Dropped);
        result.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn refused_properties_are_named_and_their_values_are_not_shown() {
        let check = |properties: &[(&str, &str)], expected: &str| assert_eq!(refusal(properties), expected);
        check(&[("sasl.passwrod", "hunter2")], "`sasl.passwrod` is no property of librdkafka (`_INVALID_ARG`)");
        check(
            &[("ssl.key.pem", "hunter2"), ("socket.timeout.ms", "hunter2")],
            "librdkafka refuses the value of the property `socket.timeout.ms` (`_INVALID_ARG`)",
        );
        check(&[("client.id", "a\0b")], "the value of the property `client.id` holds a NUL byte (`_INVALID_ARG`)");
    }

    #[test]
    fn a_client_ends_within_its_deadline_without_a_broker() {
        let properties = BTreeMap::from([("bootstrap.servers".to_owned(), "127.0.0.1:1".to_owned())]);
        let client = NativeClient::create(Kind::RD_KAFKA_PRODUCER, &properties, Reports::Dropped).unwrap();
        assert!(client.destroy(Duration::from_secs(10)));
    }
}
