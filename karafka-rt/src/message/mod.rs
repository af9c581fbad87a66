//! What a handler reads: messages, batches, headers, positions, codecs.
//!
//! Storage is an enum (librdkafka's memory or our own), so that no dynamic call is paid per record. Payloads decode
//! lazily and at most once; a payload that does not decode is an error of that one message.

mod batch;
mod codec;
mod error;
mod headers;
mod position;
mod raw;
mod record;
mod view;

pub use batch::{Batch, Messages};
pub use codec::{Codec, CodecError, Encode, Json, Payload, PayloadCell, Raw, Utf8};
pub use error::{ErrorKind, HandlerError, Result};
pub use headers::Headers;
pub use position::Position;
pub use raw::RecordView;
pub use record::OwnedMessage;
pub use view::Message;

pub(crate) use position::Origin;
pub(crate) use record::Record;
pub(crate) use view::{Cells, ViewFn};
