//! `/proc/PID/stat`: the facts that tell processes apart and say who started whom.

use std::fs;

/// What is read of one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stat {
    /// `R`, `S`, `T` (stopped), `Z` (zombie), ..
    pub(crate) state: char,
    /// The process that waits for its end.
    pub(crate) parent: i32,
    /// Clock ticks after boot. With the number it is unmistakable as long as the machine is up.
    pub(crate) start_time: u64,
}

/// The process of this number; `None` when there is none.
pub(crate) fn read(pid: i32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Every process that descends from `ancestor`, parents before their children.
pub(crate) fn descendants(ancestor: i32) -> Vec<i32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let family: Vec<(i32, i32)> = pids.filter_map(|pid| Some((pid, read(pid)?.parent))).collect();
    below(ancestor, &family)
}

/// `family` holds children with their parents.
fn below(ancestor: i32, family: &[(i32, i32)]) -> Vec<i32> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        let children = family.iter().filter(|(child, of)| *of == parent && !found.contains(child));
        let children: Vec<i32> = children.map(|(child, _)| *child).collect();
        found.extend(children);
        next += 1;
    }
    found.split_off(1)
}

/// Fields are counted from the *last* parenthesis: the command's name (field 2) may contain spaces and parentheses (proc(5)).
fn parse(line: &str) -> Option<Stat> {
    let (_, rest) = line.rsplit_once(") ")?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    // The parent is field 4, the start time field 22: seventeen fields between them.
    let start_time = fields.nth(17)?.parse().ok()?;
    Some(Stat { state, parent, start_time })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Option<(char, i32, u64)>) {
        let expect = expect.map(|(state, parent, start_time)| Stat { state, parent, start_time });
        assert_eq!(parse(line), expect, "{line}");
    }

    #[test]
    fn the_start_time_is_found_whatever_the_command_is_called() {
        let rest = "S 7 2 3 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 777 1000 2000 18446744073709551615";
        check(&format!("42 (java) {rest}"), Some(('S', 7, 777)));
        check(&format!("42 (a b) c) {rest}"), Some(('S', 7, 777)));
        check(&format!("42 () R 1) {rest}"), Some(('S', 7, 777)));
        check("42 (java) S 1 2 3", None);
        check("", None);
    }

    #[test]
    fn descendants_are_found_over_generations() {
        let family = [(1, 0), (5, 1), (9, 5), (7, 5), (3, 9), (8, 1)];
        assert_eq!(below(5, &family), [9, 7, 3]);
        assert_eq!(below(3, &family), Vec::<i32>::new());
    }
}
