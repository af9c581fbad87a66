//! What a node says about itself, and how that crosses the socket.
//!
//! One packet per report: a letter and, for some, a text. The reader trusts nothing. Still to come, with their own work:
//! figures; and downwards, commands with arguments.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::os::PacketSocket;
use crate::vitals::Excess;

/// The longest text that is carried, in bytes; longer ones are cut off.
const TEXT_LIMIT: usize = 500;
/// Room for one packet.
pub(crate) const PACKET: usize = 1 + TEXT_LIMIT;

/// What a node says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// `after_fork` is done and the listeners tick. Needs no Kafka.
    Up,
    /// Every connection has been steady once.
    Joined,
    /// The node has too much memory and leaves now, to be restarted.
    RecycleWanted(Excess),
    /// The node wants to be restarted, for this reason.
    Unhealthy(String),
    /// A client of the node complains, about brokers that are away for example.
    Trouble(String),
}

impl Report {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Up => b"u".to_vec(),
            Self::Joined => b"j".to_vec(),
            Self::RecycleWanted(Excess { private, limit }) => {
                [&b"r"[..], &private.to_ne_bytes(), &limit.to_ne_bytes()].concat()
            }
            Self::Unhealthy(reason) => with_text(b'x', reason),
            Self::Trouble(text) => with_text(b't', text),
        }
    }

    /// `None` for bytes that are no report.
    pub(crate) fn decode(packet: &[u8]) -> Option<Self> {
        match packet.split_first()? {
            (b'u', []) => Some(Self::Up),
            (b'j', []) => Some(Self::Joined),
            (b'r', figures) => {
                let (private, limit) = figures.split_at_checked(size_of::<u64>())?;
                let number = |bytes: &[u8]| Some(u64::from_ne_bytes(bytes.try_into().ok()?));
                Some(Self::RecycleWanted(Excess { private: number(private)?, limit: number(limit)? }))
            }
            (b'x', reason) => Some(Self::Unhealthy(text_of(reason))),
            (b't', text) => Some(Self::Trouble(text_of(text))),
            _ => None,
        }
    }
}

fn with_text(letter: u8, text: &str) -> Vec<u8> {
    let end = text.floor_char_boundary(TEXT_LIMIT);
    [&[letter], &text.as_bytes()[..end]].concat()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(TEXT_LIMIT)]).replace(char::is_control, " ")
}

/// The node's end. Writing never waits; what finds the socket full is dropped and counted.
#[derive(Clone, Debug)]
pub(crate) struct ReportChannel(Arc<Channel>);

#[derive(Debug)]
struct Channel {
    socket: PacketSocket,
    dropped: AtomicU64,
}

impl ReportChannel {
    pub(crate) fn new(socket: PacketSocket) -> Self {
        Self(Arc::new(Channel { socket, dropped: AtomicU64::new(0) }))
    }

    /// The node is up: `after_fork` is done and its listeners tick.
    pub(crate) fn report_up(&self) {
        self.send(&Report::Up);
    }

    /// Every connection of the node has been steady once. Said again it changes nothing.
    pub(crate) fn report_joined(&self) {
        self.send(&Report::Joined);
    }

    /// The node is above its memory limit and leaves now.
    pub(crate) fn report_recycle(&self, excess: Excess) {
        self.send(&Report::RecycleWanted(excess));
    }

    /// The node asks to be restarted. The reason is cut off after 500 bytes.
    pub(crate) fn report_unhealthy(&self, reason: &str) {
        self.send(&Report::Unhealthy(reason.to_owned()));
    }

    /// A client of the node complains. The text is cut off after 500 bytes.
    pub(crate) fn report_trouble(&self, text: &str) {
        self.send(&Report::Trouble(text.to_owned()));
    }

    /// Reports that were dropped because the supervisor did not read in time.
    pub(crate) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    fn send(&self, report: &Report) {
        let sent = self.0.socket.send(&report.encode());
        if sent.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
            self.0.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_the_socket_and_nonsense_is_no_report() {
        for report in [
            Report::Up,
            Report::Joined,
            Report::RecycleWanted(Excess { private: u64::MAX, limit: 1 }),
            Report::Unhealthy("no disk".into()),
            Report::Unhealthy(String::new()),
            Report::Trouble("away".into()),
        ] {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
        for nonsense in [&b""[..], b"u!", b"r", b"r1234567", b"r0123456789abcdef0", b"?", b"\0\0\0", b"Up"] {
            assert_eq!(Report::decode(nonsense), None, "{nonsense:?}");
        }
        assert_eq!(Report::decode(b"xa\nb\xff"), Some(Report::Unhealthy("a b\u{fffd}".into())));
    }

    #[test]
    fn a_long_reason_is_cut_off_between_characters() {
        let packet = Report::Unhealthy("ä".repeat(400)).encode();
        assert!(packet.len() <= PACKET);
        assert_eq!(Report::decode(&packet), Some(Report::Unhealthy("ä".repeat(250))));
    }

    #[test]
    fn reports_beyond_the_socket_are_dropped_and_counted() {
        let (ours, _theirs) = crate::os::packet_pair().unwrap();
        let channel = ReportChannel::new(ours);
        for _ in 0..100_000 {
            channel.report_up();
        }
        assert!(channel.dropped() > 0);
    }
}
