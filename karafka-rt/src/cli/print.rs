//! Printing what a command has to say. A reader that went away is no error.

use std::io::{self, Write};

/// Prints to the standard output.
pub(crate) fn out(text: &str) -> io::Result<()> {
    to(&mut io::stdout().lock(), text)
}

/// Prints to the standard error output.
pub(crate) fn err(text: &str) -> io::Result<()> {
    to(&mut io::stderr().lock(), text)
}

fn to(output: &mut impl Write, text: &str) -> io::Result<()> {
    let line_end = if text.ends_with('\n') { "" } else { "\n" };
    let written = output.write_all(text.as_bytes()).and_then(|()| output.write_all(line_end.as_bytes()));
    match written.and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn text_ends_with_one_line_end_and_a_closed_pipe_is_fine() {
        for (text, expected) in [("a", "a\n"), ("a\n", "a\n"), ("", "\n")] {
            let mut output = Vec::new();
            to(&mut output, text).expect("a vector takes everything");
            assert_eq!(output, expected.as_bytes());
        }
        assert!(to(&mut Failing(io::ErrorKind::BrokenPipe), "a").is_ok());
        assert!(to(&mut Failing(io::ErrorKind::StorageFull), "a").is_err());
    }
}
