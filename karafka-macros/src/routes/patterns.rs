//! Patterns: globs with `*`, which the framework turns into anchored expressions. They overlap nothing else of their
//! group, and not their own dead letters.

use super::model::{Route, Source, Target};
use super::tree::{Group, Topic, Tree};
use crate::diagnostics::{Errors, wording};

pub(crate) fn check(tree: &Tree, errors: &mut Errors) {
    for group in &tree.groups {
        for pattern in group.topics().filter(|topic| topic.is_pattern) {
            if is_glob(pattern, errors) {
                overlaps(group, pattern, errors);
            }
            for setting in &pattern.layer.settings {
                if matches!(setting.specification.word, "produce" | "config") {
                    errors.report(setting.place, wording::pattern_setting(setting.specification.word));
                }
            }
        }
    }
}

fn is_glob(pattern: &Topic, errors: &mut Errors) -> bool {
    let glob = pattern.name.text();
    let illegal = glob.chars().find(|sign| !(sign.is_ascii_alphanumeric() || matches!(sign, '.' | '_' | '-' | '*')));
    if let Some(sign) = illegal {
        errors.report(pattern.place, wording::pattern_sign(sign));
        return false;
    }
    if !glob.contains('*') {
        errors.report(pattern.place, wording::pattern_without_star(glob));
        return false;
    }
    true
}

/// Reports each pair once: topics always, patterns that stand behind this one.
fn overlaps(group: &Group, pattern: &Topic, errors: &mut Errors) {
    let mut behind = false;
    for other in group.topics() {
        if std::ptr::eq(other, pattern) {
            behind = true;
            continue;
        }
        let (glob, name) = (pattern.name.text(), other.name.text());
        let literal = matches!(other.name, super::model::TopicName::Text(_));
        if literal && (behind || !other.is_pattern) && intersect(glob.as_bytes(), name.as_bytes()) {
            errors.report(pattern.place, wording::pattern_overlap(glob, name));
            errors.report(other.place, wording::pattern_overlap(name, glob));
        }
    }
}

/// A pattern does not consume its own dead letters again, wherever its dead letter queue was set.
pub(crate) fn dead_letters(route: &Route, errors: &mut Errors) {
    let (Source::Pattern(glob), Some(queue)) = (&route.source, &route.policies.dead_letter_queue) else { return };
    let (Target::Name(name) | Target::External(name)) = &queue.target else { return };
    if intersect(glob.as_bytes(), name.as_bytes()) {
        errors.report(queue.target_place, wording::pattern_own_target(name, glob));
    }
}

/// Whether some name matches both globs.
fn intersect(a: &[u8], b: &[u8]) -> bool {
    // `reached[j]`: the globs up to here and up to `b[j]` can match the same text.
    let mut reached = vec![false; b.len() + 1];
    reached[0] = true;
    for j in 0..b.len() {
        reached[j + 1] = reached[j] && b[j] == b'*';
    }
    for sign in a {
        let before = reached.clone();
        for j in 0..=b.len() {
            reached[j] = if *sign == b'*' {
                // The star takes nothing, or what `b` has next.
                before[j] || (j > 0 && reached[j - 1])
            } else {
                let same = j > 0 && before[j - 1] && b[j - 1] == *sign;
                let taken = j > 0 && b[j - 1] == b'*' && (before[j] || reached[j - 1]);
                same || taken
            };
        }
    }
    reached[b.len()]
}

#[cfg(test)]
mod tests {
    use super::intersect;

    /// Whether `text` matches `glob`, by trying.
    fn matches(glob: &[u8], text: &[u8]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|from| matches(rest, &text[from..])),
            Some((sign, rest)) => text.first() == Some(sign) && matches(rest, &text[1..]),
        }
    }

    #[test]
    fn globs_intersect_when_a_text_matches_both() {
        let alphabet = [b'a', b'b', b'*'];
        let words = |letters: &[u8], longest: u32| -> Vec<Vec<u8>> {
            let mut words = vec![Vec::new()];
            let mut last = words.clone();
            for _ in 0..longest {
                last = last
                    .iter()
                    .flat_map(|word| letters.iter().map(move |letter| [word.as_slice(), &[*letter]].concat()))
                    .collect();
                words.extend(last.clone());
            }
            words
        };
        let (globs, texts) = (words(&alphabet, 3), words(&alphabet[..2], 6));
        for a in &globs {
            for b in &globs {
                let expected = texts.iter().any(|text| matches(a, text) && matches(b, text));
                assert_eq!(
                    intersect(a, b),
                    expected,
                    "{:?} {:?}",
                    a.escape_ascii().to_string(),
                    b.escape_ascii().to_string()
                );
            }
        }
    }
}
