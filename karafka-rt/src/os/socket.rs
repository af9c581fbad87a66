//! A pair of connected sockets that keep packets whole and in order.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::sys::socket::sockopt::PeerCredentials;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, getsockopt, recv, send, socketpair};

/// The user of the process that connected to us.
pub(crate) fn peer_user(stream: &impl AsFd) -> io::Result<u32> {
    Ok(getsockopt(stream, PeerCredentials)?.uid())
}

/// One end of a `SOCK_SEQPACKET` pair. Never blocks; closing one end is seen at the other.
#[derive(Debug)]
pub(crate) struct PacketSocket(OwnedFd);

/// Two ends connected to each other.
pub(crate) fn packet_pair() -> io::Result<(PacketSocket, PacketSocket)> {
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let (one, other) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
    Ok((PacketSocket(one), PacketSocket(other)))
}

impl PacketSocket {
    /// Sends one packet, or fails with `WouldBlock` when the other end has not read enough.
    pub(crate) fn send(&self, packet: &[u8]) -> io::Result<()> {
        send(self.0.as_raw_fd(), packet, MsgFlags::MSG_NOSIGNAL)?;
        Ok(())
    }

    /// Receives one packet into `buffer`, cut off at its length. `None` when the other end is closed.
    pub(crate) fn receive<'b>(&self, buffer: &'b mut [u8]) -> io::Result<Option<&'b [u8]>> {
        let length = recv(self.0.as_raw_fd(), buffer, MsgFlags::empty())?;
        Ok((length > 0).then_some(&buffer[..length]))
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_stay_whole_a_full_socket_refuses_and_closing_is_seen() {
        let (one, other) = packet_pair().unwrap();
        let mut buffer = [0; 16];
        assert_eq!(other.receive(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        one.send(b"first").unwrap();
        one.send(b"second").unwrap();
        assert_eq!(other.receive(&mut buffer).unwrap(), Some(&b"first"[..]));
        assert_eq!(other.receive(&mut buffer).unwrap(), Some(&b"second"[..]));
        let refused = (0..100_000).find_map(|_| one.send(&[7; 16]).err()).expect("the socket has a bound");
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        drop(one);
        while other.receive(&mut buffer).unwrap().is_some() {}
        assert_eq!(other.send(b"late").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
