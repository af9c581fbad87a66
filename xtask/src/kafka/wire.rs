//! Asks a broker whom it knows, in Kafka's own protocol: the one question that says whether a cluster is ready.
//!
//! An open port is not enough: a broker listens before it may serve. Metadata version 4 (Kafka 0.11 to 4.x) is used because
//! its fields are plain numbers and length-prefixed strings. This is no client: one request, one answer, one connection.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

const METADATA: i16 = 3;
const VERSION: i16 = 4;
const CORRELATION: i32 = 1;
const CLIENT: &str = "xtask";
/// Longest wait for one step of the exchange.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Longest answer that is read; that of a small cluster has a few hundred bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// The ids of the brokers that the broker at `port` of 127.0.0.1 knows to be there, ascending.
pub(crate) fn known_brokers(port: u16) -> anyhow::Result<Vec<i32>> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT).context("the port does not answer")?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    stream.write_all(&request()).context("the request was not taken")?;

    let mut length = [0; 4];
    stream.read_exact(&mut length).context("no answer to a metadata request")?;
    let length = usize::try_from(i32::from_be_bytes(length)).context("an answer of negative length")?;
    ensure!(length <= MAX_ANSWER, "an answer of {length} bytes");
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).context("half an answer to a metadata request")?;
    parse(&answer)
}

/// Asks for no topic and creates none.
fn request() -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(METADATA.to_be_bytes());
    body.extend(VERSION.to_be_bytes());
    body.extend(CORRELATION.to_be_bytes());
    body.extend((CLIENT.len() as i16).to_be_bytes());
    body.extend(CLIENT.as_bytes());
    body.extend(0_i32.to_be_bytes()); // topics: none
    body.push(0); // allow_auto_topic_creation: no
    let mut request = (body.len() as i32).to_be_bytes().to_vec();
    request.extend(body);
    request
}

/// The answer up to its list of brokers: correlation, throttle time, then id, host, port and rack of each.
fn parse(mut answer: &[u8]) -> anyhow::Result<Vec<i32>> {
    let bytes = &mut answer;
    let correlation = int32(bytes)?;
    ensure!(correlation == CORRELATION, "an answer to request {correlation}, expected {CORRELATION}");
    int32(bytes)?;
    let count = int32(bytes)?;
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(int32(bytes)?);
        skip_string(bytes)?;
        int32(bytes)?;
        skip_string(bytes)?;
    }
    ids.sort_unstable();
    Ok(ids)
}

fn int32(bytes: &mut &[u8]) -> anyhow::Result<i32> {
    let Some((value, rest)) = bytes.split_first_chunk() else { bail!("the answer ends in the middle of a number") };
    *bytes = rest;
    Ok(i32::from_be_bytes(*value))
}

fn skip_string(bytes: &mut &[u8]) -> anyhow::Result<()> {
    let Some((length, rest)) = bytes.split_first_chunk() else { bail!("the answer ends in the middle of a string") };
    // A null string has length -1 and no bytes.
    let length = usize::try_from(i16::from_be_bytes(*length)).unwrap_or(0);
    *bytes = rest.get(length..).context("the answer ends in the middle of a string")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(ids: &[i32]) -> Vec<u8> {
        let mut bytes = [CORRELATION.to_be_bytes(), 0_i32.to_be_bytes(), (ids.len() as i32).to_be_bytes()].concat();
        for id in ids {
            bytes.extend(id.to_be_bytes());
            bytes.extend([0, 4]);
            bytes.extend(b"host");
            bytes.extend(9092_i32.to_be_bytes());
            bytes.extend((-1_i16).to_be_bytes());
        }
        bytes.extend(b"the rest is not read");
        bytes
    }

    #[test]
    fn brokers_are_listed_in_order() {
        assert_eq!(parse(&answer(&[])).unwrap(), Vec::<i32>::new());
        assert_eq!(parse(&answer(&[3, 1, 2])).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_cut_answer_is_an_error() {
        let whole = answer(&[1, 2]);
        for length in 0..whole.len() - b"the rest is not read".len() {
            assert!(parse(&whole[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_request_announces_its_own_length() {
        let request = request();
        assert_eq!(request[..4], ((request.len() - 4) as i32).to_be_bytes());
    }
}
