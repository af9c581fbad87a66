//! What a handler returns when it fails.

use std::backtrace::Backtrace;
use std::error::Error;

use super::{CodecError, Position};

/// The result of handlers and hooks: any error converts with `?`.
pub type Result<T = (), E = HandlerError> = core::result::Result<T, E>;

/// Why a handler failed, and what that means for the record.
///
/// Every error that converts into `Box<dyn Error + Send + Sync>` converts into this with `?`, text included. Such an
/// error is [`ErrorKind::Failed`]: it is retried, and dead-lettered when the retries are used up.
pub struct HandlerError {
    kind: ErrorKind,
    source: Box<dyn Error + Send + Sync>,
    type_name: &'static str,
    backtrace: Backtrace,
}

/// How a failure is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Retried with back-off; dead-lettered when the retries are used up.
    Failed,
    /// Retrying cannot help: dead-lettered (or skipped) after the first attempt. Without a dead letter queue it is
    /// retried slowly, because nothing is ever dropped.
    Permanent,
    /// Something that the handler needs is away: retried for ever, never dead-lettered.
    Unavailable,
}

impl HandlerError {
    /// A failure of this record that no retry can mend.
    pub fn permanent<E: Into<Box<dyn Error + Send + Sync>>>(error: E) -> Self {
        Self::new(ErrorKind::Permanent, error)
    }

    /// A failure of something the handler depends on: no fault of the record.
    pub fn unavailable<E: Into<Box<dyn Error + Send + Sync>>>(error: E) -> Self {
        Self::new(ErrorKind::Unavailable, error)
    }

    pub(crate) fn undecodable(position: Position, error: &CodecError) -> Self {
        Self {
            kind: ErrorKind::Permanent,
            type_name: std::any::type_name::<CodecError>(),
            source: format!("the payload of record {position} does not decode: {error}").into(),
            backtrace: Backtrace::disabled(),
        }
    }

    pub(crate) fn panicked(text: String) -> Self {
        Self {
            kind: ErrorKind::Failed,
            type_name: "panic",
            source: format!("the handler panicked: {text}").into(),
            backtrace: Backtrace::disabled(),
        }
    }

    fn new<E: Into<Box<dyn Error + Send + Sync>>>(kind: ErrorKind, error: E) -> Self {
        Self { kind, source: error.into(), type_name: std::any::type_name::<E>(), backtrace: Backtrace::capture() }
    }

    /// How the failure is treated.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The type of the error that was converted.
    pub fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// The error that was converted.
    pub fn source(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.source
    }

    /// Where the error was converted, when `RUST_BACKTRACE` asks for it.
    pub fn backtrace(&self) -> &Backtrace {
        &self.backtrace
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::new(ErrorKind::Failed, error)
    }
}

impl std::fmt::Display for HandlerError {
    /// The error and its sources, outermost first.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.source)?;
        let mut cause = self.source.source();
        while let Some(error) = cause {
            write!(formatter, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl std::fmt::Debug for HandlerError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:?} {}: {self}", self.kind, self.type_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::num::ParseIntError);

    fn convert<E: Into<Box<dyn Error + Send + Sync>>>(error: E) -> Result {
        Err(error)?;
        Ok(())
    }

    #[test]
    fn any_error_converts_with_its_sources() {
        let number = "x".parse::<u8>().expect_err("no number");
        let error = convert(Outer(number)).expect_err("an error");
        assert_eq!(error.to_string(), "outer: invalid digit found in string");
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(error.type_name().ends_with("Outer"));
        assert_eq!(convert("text").expect_err("an error").to_string(), "text");
    }
}
