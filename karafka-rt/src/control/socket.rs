//! The supervisor's end of the control socket. It never waits for anybody: a client that is slow, silent or talks nonsense loses its
//! connection, and the swarm does not notice.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::wire::{Answer, Request};
use crate::os;

/// The name of the socket in the runtime directory.
pub(super) const FILE: &str = "control.sock";
/// Clients at a time.
const CLIENTS: usize = 8;
/// From the connection to the last byte of the answer.
const DEADLINE: Duration = Duration::from_secs(1);
/// The longest request, in bytes.
const REQUEST: usize = 4096;

/// The socket and who is connected.
pub(crate) struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
    clients: BTreeMap<u32, Client>,
    next: u32,
}

struct Client {
    stream: UnixStream,
    deadline: Duration,
    state: State,
}

enum State {
    /// So much of the request.
    Asking(Vec<u8>),
    /// So much of the answer is left.
    Hearing(Vec<u8>),
}

/// What a client's bytes are, taken together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A request, to be answered.
    Request(Request),
    /// Not all of it yet.
    Nothing,
    /// The client is gone, or was sent away.
    Gone,
}

impl ControlSocket {
    /// Listens in `folder`, which belongs to this swarm alone.
    pub(crate) fn listen(folder: &Path) -> io::Result<Self> {
        let path = folder.join(FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        os::make_private_file(&path)?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, path, clients: BTreeMap::new(), next: 0 })
    }

    /// Takes the next client, if it may come in. Its number and descriptor, for the set that is waited on. An error means that the
    /// next try will fail as well: there are no descriptors left.
    pub(crate) fn accept(&mut self, now: Duration) -> io::Result<Option<(u32, BorrowedFd<'_>)>> {
        let stream = match self.listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let user = os::peer_user(&stream)?;
        if self.clients.len() >= CLIENTS || !may_come_in(user, os::user()) || stream.set_nonblocking(true).is_err() {
            return Ok(None);
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        let client = Client { stream, deadline: now + DEADLINE, state: State::Asking(Vec::new()) };
        let client = self.clients.entry(number).insert_entry(client).into_mut();
        Ok(Some((number, client.stream.as_fd())))
    }

    /// Reads what a client has sent. One request per connection.
    pub(crate) fn read(&mut self, number: u32) -> Heard {
        let Some(client) = self.clients.get_mut(&number) else { return Heard::Gone };
        let State::Asking(request) = &mut client.state else {
            // Whatever it says now, it has had its question; and a hang-up is the end.
            self.clients.remove(&number);
            return Heard::Gone;
        };
        let mut buffer = [0; REQUEST];
        let heard = match client.stream.read(&mut buffer) {
            Ok(0) => Heard::Gone,
            Ok(length) => {
                request.extend_from_slice(&buffer[..length]);
                understand(request)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Heard::Nothing,
            Err(_) => Heard::Gone,
        };
        if heard == Heard::Gone {
            self.clients.remove(&number);
        }
        heard
    }

    /// Begins to answer a client.
    pub(crate) fn answer(&mut self, number: u32, answer: &Answer) {
        let Some(client) = self.clients.get_mut(&number) else { return };
        let mut line = serde_json::to_vec(answer).unwrap_or_default();
        line.push(b'\n');
        client.state = State::Hearing(line);
        self.flush();
    }

    /// Sends on what clients had no room for.
    pub(crate) fn flush(&mut self) {
        self.clients.retain(|_, client| client.hear_more());
    }

    /// Sends those away whose time is over.
    pub(crate) fn expire(&mut self, now: Duration) {
        self.clients.retain(|_, client| now < client.deadline);
    }

    /// When somebody has to be looked after, although nothing arrives.
    pub(crate) fn wakes_at(&self, now: Duration) -> Option<Duration> {
        const SOON: Duration = Duration::from_millis(20);
        let due = |client: &Client| match client.state {
            State::Asking(_) => client.deadline,
            State::Hearing(_) => now + SOON,
        };
        self.clients.values().map(due).min()
    }

    /// Takes the name away: there is nobody to ask any more.
    pub(crate) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl AsFd for ControlSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Client {
    /// False once it has everything, or is gone.
    fn hear_more(&mut self) -> bool {
        let State::Hearing(left) = &mut self.state else { return true };
        loop {
            match self.stream.write(left) {
                Ok(0) => return false,
                Ok(length) => {
                    left.drain(..length);
                    if left.is_empty() {
                        return false;
                    }
                }
                Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
            }
        }
    }
}

/// The user of the swarm, and the one who may do everything anyway.
fn may_come_in(peer: u32, own: u32) -> bool {
    peer == own || peer == 0
}

fn understand(bytes: &[u8]) -> Heard {
    let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else {
        return if bytes.len() > REQUEST { Heard::Gone } else { Heard::Nothing };
    };
    serde_json::from_slice(&bytes[..end]).map_or(Heard::Gone, Heard::Request)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn connect(socket: &mut ControlSocket) -> (UnixStream, Option<u32>) {
        let stream = UnixStream::connect(&socket.path).unwrap();
        (stream, socket.accept(NOW).unwrap().map(|(number, _)| number))
    }

    fn socket() -> (tempfile::TempDir, ControlSocket) {
        let folder = tempfile::tempdir().unwrap();
        let socket = ControlSocket::listen(folder.path()).unwrap();
        (folder, socket)
    }

    #[test]
    fn a_question_may_come_in_pieces_and_is_answered_once() {
        let (_folder, mut socket) = socket();
        let (mut stream, number) = connect(&mut socket);
        let number = number.unwrap();
        assert_eq!(socket.read(number), Heard::Nothing);
        stream.write_all(b"{\"command\":").unwrap();
        assert_eq!(socket.read(number), Heard::Nothing);
        stream.write_all(b"\"quiet\"}\n").unwrap();
        assert_eq!(socket.read(number), Heard::Request(Request::Quiet));
        socket.answer(number, &Answer::Done { text: "it is".into() });
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "{\"answer\":\"done\",\"text\":\"it is\"}\n");
        assert_eq!(socket.read(number), Heard::Gone);
    }

    #[test]
    fn nonsense_silence_and_crowds_lose_their_connection() {
        let (_folder, mut socket) = socket();
        for nonsense in [&b"hello\n"[..], b"{\"command\":7}\n", b"\n", b"\xff\xfe\n"] {
            let (mut stream, number) = connect(&mut socket);
            stream.write_all(nonsense).unwrap();
            assert_eq!(socket.read(number.unwrap()), Heard::Gone, "{nonsense:?}");
        }
        let (mut endless, number) = connect(&mut socket);
        endless.write_all(&[b'x'; 3 * REQUEST]).unwrap();
        let heard: Vec<Heard> = (0..3).map(|_| socket.read(number.unwrap())).collect();
        assert_eq!(heard.last(), Some(&Heard::Gone), "a request without an end");

        let crowd: Vec<_> = (0..CLIENTS + 3).map(|_| connect(&mut socket)).collect();
        assert_eq!(crowd.iter().filter(|(_, number)| number.is_some()).count(), CLIENTS);
        socket.expire(NOW + DEADLINE);
        assert_eq!((socket.clients.len(), socket.wakes_at(NOW)), (0, None));
    }

    #[test]
    fn a_client_that_does_not_read_holds_up_nobody() {
        let (_folder, mut socket) = socket();
        let (_stream, number) = connect(&mut socket);
        let text = "x".repeat(4 << 20);
        socket.answer(number.unwrap(), &Answer::Done { text });
        assert_eq!(socket.clients.len(), 1, "the rest waits");
        socket.flush();
        assert!(socket.wakes_at(NOW).unwrap() < NOW + DEADLINE);
        socket.expire(NOW + DEADLINE);
        assert_eq!(socket.clients.len(), 0);
    }

    #[test]
    fn the_socket_is_for_its_user_and_the_administrator() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, socket) = socket();
        assert_eq!(fs::metadata(&socket.path).unwrap().permissions().mode() & 0o777, 0o600);
        for (peer, own, expect) in [(7, 7, true), (0, 7, true), (8, 7, false), (7, 0, false), (65_534, 0, false)] {
            assert_eq!(may_come_in(peer, own), expect, "{peer} {own}");
        }
    }
}
