//! The nearest legal word.

/// The candidate that `word` most likely stands for, if any is near enough.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = word.to_ascii_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|candidate| (score(&folded, candidate), candidate))
        .filter(|(score, _)| *score >= 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// 1 for the same word, 0 for nothing in common. Transpositions count as one edit; a common beginning or a word that
/// is contained whole counts in favour.
fn score(word: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(word, candidate);
    let long_part = word.len() >= 4 && (candidate.contains(word) || (candidate.len() >= 4 && word.contains(candidate)));
    if long_part { edits.max(0.76) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_wins_and_far_words_lose() {
        let words = ["max_retries", "max_messages", "periodic", "consumer", "topic", "consumer_group"];
        for (word, expected) in [
            ("max_retires", Some("max_retries")),
            ("MaxRetries", Some("max_retries")),
            ("MAX_RETRIES", Some("max_retries")),
            ("max-messages", Some("max_messages")),
            ("retries", Some("max_retries")),
            ("tpoic", Some("topic")),
            ("consumer_gruop", Some("consumer_group")),
            ("comsumer", Some("consumer")),
            ("banana", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }
}
