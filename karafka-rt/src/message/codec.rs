//! From bytes to payloads and back.

use once_cell::sync::OnceCell;
use ref_cast::RefCast;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why bytes are no payload, or a payload cannot become bytes.
#[derive(Debug, thiserror::Error)]
#[error("{codec}: {reason}")]
pub struct CodecError {
    codec: &'static str,
    reason: String,
}

impl CodecError {
    /// An error of the codec with this name.
    pub fn new(codec: &'static str, reason: impl std::fmt::Display) -> Self {
        Self { codec, reason: reason.to_string() }
    }
}

/// Decodes payloads of type `T`. Implement it for a type of your own to use another format.
#[diagnostic::on_unimplemented(
    message = "the codec `{Self}` cannot decode `{T}`",
    label = "does not decode `{T}`",
    note = "`Json` decodes types that implement `serde::Deserialize`; `Raw` gives bytes; `Utf8` gives `String`"
)]
pub trait Codec<T>: 'static {
    /// Reads one payload. Called at most once per record that a handler looks into.
    fn decode(bytes: &[u8]) -> Result<T, CodecError>;
}

/// Encodes payloads of type `T` for producing.
#[diagnostic::on_unimplemented(
    message = "the codec `{Self}` cannot encode `{T}`",
    label = "does not encode `{T}`",
    note = "`Json` encodes types that implement `serde::Serialize`"
)]
pub trait Encode<T: ?Sized>: 'static {
    /// Appends the bytes of one payload.
    fn encode(value: &T, into: &mut Vec<u8>) -> Result<(), CodecError>;
}

/// JSON by serde.
#[derive(Debug)]
pub struct Json;

impl<T: DeserializeOwned> Codec<T> for Json {
    fn decode(bytes: &[u8]) -> Result<T, CodecError> {
        serde_json::from_slice(bytes).map_err(|error| CodecError::new("json", error))
    }
}

impl<T: Serialize + ?Sized> Encode<T> for Json {
    fn encode(value: &T, into: &mut Vec<u8>) -> Result<(), CodecError> {
        serde_json::to_writer(into, value).map_err(|error| CodecError::new("json", error))
    }
}

/// UTF-8 text.
#[derive(Debug)]
pub struct Utf8;

impl Codec<String> for Utf8 {
    fn decode(bytes: &[u8]) -> Result<String, CodecError> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(CodecError::new("utf8", error)),
        }
    }
}

impl<T: AsRef<str> + ?Sized> Encode<T> for Utf8 {
    fn encode(value: &T, into: &mut Vec<u8>) -> Result<(), CodecError> {
        into.extend_from_slice(value.as_ref().as_bytes());
        Ok(())
    }
}

/// Bytes as they are, without a copy: both a payload type and its codec.
#[derive(Debug, RefCast, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw([u8]);

impl Raw {
    /// Bytes as a payload.
    pub fn new(bytes: &[u8]) -> &Self {
        Self::ref_cast(bytes)
    }
}

impl std::ops::Deref for Raw {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Encode<Raw> for Raw {
    fn encode(value: &Raw, into: &mut Vec<u8>) -> Result<(), CodecError> {
        into.extend_from_slice(value);
        Ok(())
    }
}

/// Where a payload is kept once it is decoded.
#[doc(hidden)]
#[derive(Debug)]
pub struct PayloadCell<P: ?Sized>(pub(crate) OnceCell<Box<P>>);

/// How a codec shows a payload of type `P`: decoded into the cell, or the bytes themselves. Implemented by every [`Codec`].
pub trait Payload<P: ?Sized>: 'static {
    #[doc(hidden)]
    fn view<'a>(bytes: &'a [u8], cell: &'a PayloadCell<P>) -> Result<&'a P, CodecError>;
}

impl<T, C: Codec<T>> Payload<T> for C {
    fn view<'a>(bytes: &'a [u8], cell: &'a PayloadCell<T>) -> Result<&'a T, CodecError> {
        cell.0.get_or_try_init(|| C::decode(bytes).map(Box::new)).map(|payload| &**payload)
    }
}

impl Payload<Raw> for Raw {
    fn view<'a>(bytes: &'a [u8], _cell: &'a PayloadCell<Raw>) -> Result<&'a Raw, CodecError> {
        Ok(Raw::new(bytes))
    }
}
