//! What parent and child say to each other, one line each. Pure.

/// From the parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    Create { name: String, partitions: i32 },
}

/// From the child. The first one is `Ready`, without a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Ready(String),
    Done,
    Refused(String),
}

impl Request {
    pub(super) fn line(&self) -> String {
        match self {
            Self::Create { name, partitions } => format!("create {partitions} {name}\n"),
        }
    }

    /// The name comes last: it may hold anything but a line's end, and is the broker's to refuse.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (partitions, name) = line.strip_prefix("create ")?.split_once(' ')?;
        Some(Self::Create { name: name.to_owned(), partitions: partitions.parse().ok()? })
    }
}

impl Reply {
    pub(super) fn line(&self) -> String {
        match self {
            Self::Ready(servers) => format!("ready {servers}\n"),
            Self::Done => "ok\n".to_owned(),
            Self::Refused(why) => format!("refused {}\n", why.replace('\n', " ")),
        }
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "ok" => Some(Self::Done),
            Some(("ready", servers)) => Some(Self::Ready(servers.to_owned())),
            Some(("refused", why)) => Some(Self::Refused(why.to_owned())),
            _ => None,
        }
    }
}

/// Collects bytes and gives out whole lines.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<u8>);

/// Longest line; more than that without an end is no line of ours.
const LONGEST_LINE: usize = 4_096;

impl Lines {
    /// False when the line is too long.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        self.0.extend_from_slice(bytes);
        self.0.len() <= LONGEST_LINE || self.0.contains(&b'\n')
    }

    pub(super) fn next(&mut self) -> Option<String> {
        let end = self.0.iter().position(|byte| *byte == b'\n')?;
        let line = self.0.drain(..=end).take(end).collect::<Vec<_>>();
        Some(String::from_utf8_lossy(&line).into_owned())
    }

    /// What came and is no whole line.
    pub(super) fn rest(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_says_the_other_understands() {
        for (name, partitions) in [("orders", 5), ("a b", 1), ("", 0), ("ü", -3)] {
            let request = Request::Create { name: name.into(), partitions };
            assert_eq!(Request::parse(request.line().trim_end_matches('\n')), Some(request));
        }
        for reply in [Reply::Ready("127.0.0.1:9,127.0.0.1:8".into()), Reply::Done, Reply::Refused("no such".into())] {
            assert_eq!(Reply::parse(reply.line().trim_end_matches('\n')), Some(reply));
        }
        for nonsense in ["", "create", "create x orders", "delete 1 orders"] {
            assert_eq!(Request::parse(nonsense), None, "{nonsense}");
        }
        assert_eq!(Reply::parse("Usage: shop"), None);
    }

    #[test]
    fn lines_are_put_together_and_bounded() {
        let mut lines = Lines::default();
        assert!(lines.push(b"o"));
        assert_eq!(lines.next(), None);
        assert!(lines.push(b"k\nready a\nr"));
        assert_eq!(lines.next().as_deref(), Some("ok"));
        assert_eq!(lines.next().as_deref(), Some("ready a"));
        assert_eq!((lines.next(), lines.rest()), (None, "r".to_owned()));
        assert!(!lines.push(&[b'x'; LONGEST_LINE]));
    }
}
