//! Reading `/proc`: threads, open sockets, and the state of a process. Text in, plain data out.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::process::Pid;

/// The first fields of `/proc/<pid>/stat` that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// The state letter: `R` running, `S` sleeping, `D` in the kernel, `T` stopped, `Z` zombie.
    pub(crate) state: char,
    /// The parent's number.
    pub(crate) parent: i32,
    /// Start time in clock ticks since boot: with the number it names one process for ever.
    pub(crate) started: u64,
}

/// An open socket of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenSocket {
    /// The descriptor.
    pub(crate) fd: i32,
    /// The kernel's number of the socket, the same for all copies of the descriptor.
    pub(crate) inode: u64,
    /// Protocol and peer, such as `tcp 10.0.0.5:5432`.
    pub(crate) address: String,
}

/// The names of the threads of this process.
pub(crate) fn threads() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir("/proc/self/task")? {
        // A thread that ends while we read has no name any more, and is none to report.
        if let Ok(name) = fs::read_to_string(entry?.path().join("comm")) {
            names.push(name.trim_end().to_owned());
        }
    }
    Ok(names)
}

/// What `/proc/<pid>/stat` says, `None` when there is no such process.
pub(crate) fn stat(process: Pid) -> Option<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The sockets that this process has open, by descriptor.
pub(crate) fn open_sockets() -> io::Result<Vec<OpenSocket>> {
    let mut sockets = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        let inode = target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
        let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let (Some(fd), Some(inode)) = (fd, inode) {
            sockets.push(OpenSocket { fd, inode, address: address_of(inode) });
        }
    }
    sockets.sort_by_key(|socket| socket.fd);
    Ok(sockets)
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name stands in parentheses and may contain spaces and parentheses itself.
    let mut fields = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some(Stat { state, parent, started })
}

fn address_of(inode: u64) -> String {
    for protocol in ["tcp", "tcp6", "udp", "udp6"] {
        let table = fs::read_to_string(format!("/proc/self/net/{protocol}")).unwrap_or_default();
        if let Some((local, peer)) = table.lines().skip(1).find_map(|line| parse_net_line(line, inode)) {
            let name = protocol.trim_end_matches('6');
            return if peer.port() == 0 { format!("{name} {local}, not connected") } else { format!("{name} {peer}") };
        }
    }
    let table = fs::read_to_string("/proc/self/net/unix").unwrap_or_default();
    match table.lines().find_map(|line| parse_unix_line(line, inode)) {
        Some(path) if !path.is_empty() => format!("unix {path}"),
        _ => "unix, without a name".to_owned(),
    }
}

/// Local and peer address of a line of `/proc/net/{tcp,udp}{,6}` when it is about `inode`.
fn parse_net_line(line: &str, inode: u64) -> Option<(SocketAddr, SocketAddr)> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, peer) = (fields.next()?, fields.next()?);
    (fields.nth(6)?.parse() == Ok(inode)).then_some(())?;
    Some((parse_address(local)?, parse_address(peer)?))
}

/// The path of a line of `/proc/net/unix` when it is about `inode`; empty for a socket without a name.
fn parse_unix_line(line: &str, inode: u64) -> Option<&str> {
    let mut fields = line.split_ascii_whitespace().skip(6);
    (fields.next()?.parse() == Ok(inode)).then(|| fields.next().unwrap_or_default())
}

/// An address in the kernel's notation: 32-bit words in the machine's byte order, written as hexadecimal numbers.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::with_capacity(16);
    for at in (0..address.len()).step_by(8) {
        bytes.extend(u32::from_str_radix(address.get(at..at + 8)?, 16).ok()?.to_ne_bytes());
    }
    let ip = match bytes.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        16 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_process_name_cannot_confuse_the_state() {
        let line = "42 (a) S 1 (x) T 7 42 42 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 998877 1 2 3";
        assert_eq!(parse_stat(line), Some(Stat { state: 'T', parent: 7, started: 998_877 }));
        for broken in ["", "42", "42 (a", "42 (a) ", "42 (a) S", "42 (a) S 1 2 3"] {
            assert_eq!(parse_stat(broken), None, "{broken}");
        }
    }

    #[test]
    fn this_process_is_found() {
        let stat = stat(crate::os::own_pid()).unwrap();
        assert_eq!(stat.parent, crate::os::parent_pid().number());
        assert!(stat.started > 0);
        assert!(!threads().unwrap().is_empty());
    }

    #[test]
    fn an_open_socket_is_named_with_its_peer() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = listener.local_addr().unwrap();
        let stream = TcpStream::connect(peer).unwrap();
        let sockets = open_sockets().unwrap();
        let of = |fd| sockets.iter().find(|socket| socket.fd == fd).unwrap().address.clone();
        assert_eq!(of(stream.as_raw_fd()), format!("tcp {peer}"));
        assert_eq!(of(listener.as_raw_fd()), format!("tcp {peer}, not connected"));
    }

    #[test]
    fn addresses_are_in_words_of_the_machines_byte_order() {
        let v4 = if cfg!(target_endian = "little") { "0500000A:1538" } else { "0A000005:1538" };
        assert_eq!(parse_address(v4), Some("10.0.0.5:5432".parse().unwrap()));
        for broken in ["", "0500000A", "05:1538", "0500000A:zz", "0500000A0500000A:1538"] {
            assert_eq!(parse_address(broken), None, "{broken}");
        }
    }
}
