//! Files of bounded size: the only thing that the configuration itself reads from the machine.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::limits::CONFIG_FILE_BYTES;

/// Reads a text file of bounded size.
pub(crate) fn read_file(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(CONFIG_FILE_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > CONFIG_FILE_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 MiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_up_to_their_bound() {
        let directory = tempfile::tempdir().expect("a directory for the test");
        let path = directory.path().join("karafka.toml");
        let bound = CONFIG_FILE_BYTES as usize;
        for (content, expected) in [
            (b"a = 1\n".to_vec(), Ok(6)),
            (vec![b'x'; bound], Ok(bound)),
            (vec![b'x'; bound + 1], Err(io::ErrorKind::FileTooLarge)),
            (vec![0xff], Err(io::ErrorKind::InvalidData)),
        ] {
            std::fs::write(&path, content).expect("the directory is writable");
            assert_eq!(read_file(&path).map(|text| text.len()).map_err(|error| error.kind()), expected);
        }
        let missing = read_file(&directory.path().join("missing.toml")).expect_err("there is none");
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert_eq!(read_file(directory.path()).expect_err("no file").kind(), io::ErrorKind::IsADirectory);
    }
}
