//! The one rule for names of topics, groups and applications: 1 to 249 characters of `[A-Za-z0-9._-]`, not `.` or `..`.
//!
//! Source of the bounds: Apache Kafka `org.apache.kafka.common.internals.Topic` (`MAX_NAME_LENGTH`, legal characters).
//! `const`, so that names from constants are checked at compile time and prefixed names at boot by the same function.

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFault {
    /// No character at all.
    Empty,
    /// Longer than 249 characters.
    TooLong,
    /// `.` or `..`.
    Dots,
    /// A byte outside `[A-Za-z0-9._-]`, at this index.
    Character(usize),
}

/// Longest legal name, in bytes.
const MAX_NAME_LENGTH: usize = 249;

/// `None` when `name` is legal.
pub const fn check_name(name: &str) -> Option<NameFault> {
    let bytes = name.as_bytes();
    if bytes.is_empty() {
        return Some(NameFault::Empty);
    }
    if bytes.len() > MAX_NAME_LENGTH {
        return Some(NameFault::TooLong);
    }
    if same_name(name, ".") || same_name(name, "..") {
        return Some(NameFault::Dots);
    }
    let mut index = 0;
    while index < bytes.len() {
        let byte = bytes[index];
        if !(byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || byte == b'-') {
            return Some(NameFault::Character(index));
        }
        index += 1;
    }
    None
}

/// `a == b` in const context.
pub const fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether `name` matches `glob`, in which `*` stands for any characters, in const context.
pub const fn matches_glob(glob: &str, name: &str) -> bool {
    let (glob, name) = (glob.as_bytes(), name.as_bytes());
    let (mut g, mut n) = (0, 0);
    // Behind the last star, and where its text ends so far.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if g < glob.len() && glob[g] == b'*' {
            g += 1;
            star = Some((g, n));
        } else if g < glob.len() && glob[g] == name[n] {
            g += 1;
            n += 1;
        } else if let Some((behind, end)) = star {
            star = Some((behind, end + 1));
            g = behind;
            n = end + 1;
        } else {
            return false;
        }
    }
    while g < glob.len() && glob[g] == b'*' {
        g += 1;
    }
    g == glob.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (glob, name, expected) in [
            ("logs.*", "logs.web", true),
            ("logs.*", "logs.", true),
            ("logs.*", "my.logs.web", false),
            ("*.web", "logs.web", true),
            ("*.web", "logs.web.old", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "abcb", false),
            ("*", "", true),
            ("**", "x", true),
            ("a", "a", true),
            ("a", "ab", false),
        ] {
            assert_eq!(matches_glob(glob, name), expected, "{glob} {name}");
        }
    }

    #[test]
    fn names_follow_kafkas_rule() {
        let long = "x".repeat(249);
        let too_long = "x".repeat(250);
        for (name, fault) in [
            ("orders", None),
            ("a.B_c-9", None),
            (long.as_str(), None),
            ("...", None),
            ("", Some(NameFault::Empty)),
            (too_long.as_str(), Some(NameFault::TooLong)),
            (".", Some(NameFault::Dots)),
            ("..", Some(NameFault::Dots)),
            ("a b", Some(NameFault::Character(1))),
            ("größe", Some(NameFault::Character(2))),
        ] {
            assert_eq!(check_name(name), fault, "{name:?}");
        }
    }
}
