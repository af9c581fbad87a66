//! A value of the user's that is committed together with progress, and comes back with it.
//!
//! Kafka keeps one text beside each committed offset (KIP-9). Ours is framed, so that what other programs wrote there is never
//! taken for ours: it is left as it is and treated as absent.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::message::HandlerError;

/// Before the JSON of a value: who wrote it, and in which version of the frame.
const FRAME: &str = "karafka.1:";

/// Longest metadata, in UTF-16 units: the broker's default (`offset.metadata.max.bytes`), which counts like that.
pub(crate) const LIMIT: usize = 4096;

/// Why metadata is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OffsetMetadataError {
    /// The partition belongs to another process now, and so does its metadata.
    #[error("the assignment was lost: the offset metadata belongs to the partition's next owner")]
    AssignmentLost,
    /// It was written as a value of another type.
    #[error("the offset metadata does not decode as `{wanted}`: {reason}")]
    Decode {
        /// The type that was asked for.
        wanted: &'static str,
        /// What serde says.
        reason: String,
    },
}

/// The text to commit. An error names the limit.
pub(crate) fn encode<M: Serialize + ?Sized>(value: &M) -> Result<Arc<str>, HandlerError> {
    let json = serde_json::to_string(value)
        .map_err(|error| HandlerError::permanent(format!("the offset metadata cannot be encoded as JSON: {error}")))?;
    let text = format!("{FRAME}{json}");
    let units = text.encode_utf16().count();
    if units > LIMIT {
        return Err(HandlerError::permanent(format!(
            "the offset metadata has {units} UTF-16 units with its frame, and a broker takes {LIMIT} \
             (`offset.metadata.max.bytes`): keep a summary there and the rest in a topic; nothing was marked"
        )));
    }
    Ok(text.into())
}

/// The value in a text of ours; `None` for a text of somebody else's.
pub(crate) fn decode<M: DeserializeOwned>(text: &str) -> Result<Option<M>, OffsetMetadataError> {
    let Some(json) = text.strip_prefix(FRAME) else { return Ok(None) };
    serde_json::from_str(json)
        .map(Some)
        .map_err(|error| OffsetMetadataError::Decode { wanted: std::any::type_name::<M>(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_comes_back_and_what_is_foreign_is_absent() {
        let text = encode(&("sum", 7)).unwrap();
        assert_eq!(decode::<(String, i64)>(&text).unwrap(), Some(("sum".to_owned(), 7)));
        for foreign in ["", "7", "{}", "karafka.2:7"] {
            assert_eq!(decode::<i64>(foreign).unwrap(), None, "{foreign}");
        }
        let error = decode::<bool>(&text).unwrap_err().to_string();
        assert!(error.starts_with("the offset metadata does not decode as `bool`: "), "{error}");
    }

    #[test]
    fn the_limit_counts_utf16_units_and_is_named() {
        let fits = LIMIT - FRAME.len() - 2;
        for (character, units) in [('x', 1), ('é', 1), ('中', 1), ('𝄞', 2)] {
            let text = |count: usize| character.to_string().repeat(count);
            assert!(encode(&text(fits / units)).is_ok(), "{character}");
            let error = encode(&text(fits / units + 1)).unwrap_err().to_string();
            assert!(error.contains("a broker takes 4096"), "{character}: {error}");
        }
    }
}
