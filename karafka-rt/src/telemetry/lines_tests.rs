use std::sync::{Arc, Mutex};

use super::*;

/// A pipe with room for so many bytes; `None` is a reader that is gone.
#[derive(Default)]
struct Pipe {
    room: Option<usize>,
    written: String,
    waits: Vec<Duration>,
}

fn lines_into(pipe: &Arc<Mutex<Pipe>>) -> Lines {
    let pipe = Arc::clone(pipe);
    let sink = move |bytes: &[u8], wait: Duration| {
        let mut pipe = pipe.lock().expect("no test panics while it holds the pipe");
        pipe.waits.push(wait);
        let room = pipe.room.ok_or(io::ErrorKind::BrokenPipe)?;
        if room == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = bytes.len().min(room);
        pipe.room = Some(room - taken);
        pipe.written.push_str(&String::from_utf8_lossy(&bytes[..taken]));
        Ok(taken)
    };
    Lines::new(Box::new(sink), |dropped| format!("({dropped} lines were dropped)\n"))
}

fn set_room(pipe: &Arc<Mutex<Pipe>>, room: Option<usize>) {
    pipe.lock().expect("no test panics while it holds the pipe").room = room;
}

#[test]
fn lines_are_whole_or_missing_and_what_is_missing_is_counted() {
    // The room before each line, and everything that was written in the end.
    for (rooms, expected, dropped) in [
        (&[Some(99), Some(99), Some(99)][..], "line 0\nline 1\nline 2\n", 0),
        (&[Some(0), Some(0), Some(99)], "(2 lines were dropped)\nline 2\n", 2),
        (&[None, None, Some(99)], "(2 lines were dropped)\nline 2\n", 2),
        (&[Some(3), Some(99)], "line 0\nline 1\n", 0),
        (&[Some(3), Some(2), Some(99)], "line 0\n(1 lines were dropped)\nline 2\n", 1),
        (&[Some(0), Some(4), Some(99)], "(1 lines were dropped)\n(1 lines were dropped)\nline 2\n", 2),
        (&[Some(7), Some(0)], "line 0\n", 1),
    ] {
        let pipe = Arc::new(Mutex::new(Pipe::default()));
        let mut lines = lines_into(&pipe);
        for (index, room) in rooms.iter().enumerate() {
            set_room(&pipe, *room);
            lines.write(format!("line {index}\n").as_bytes());
        }
        let written = pipe.lock().expect("free").written.clone();
        assert_eq!((written.as_str(), lines.dropped()), (expected, dropped), "{rooms:?}");
    }
}

#[test]
fn only_the_first_line_waits_for_a_dead_reader() {
    let pipe = Arc::new(Mutex::new(Pipe { room: Some(0), ..Pipe::default() }));
    let mut lines = lines_into(&pipe);
    (0..100).for_each(|_| lines.write(b"line\n"));
    let waits = std::mem::take(&mut pipe.lock().expect("free").waits);
    assert_eq!(waits.iter().sum::<Duration>(), WAIT);
    assert_eq!(lines.dropped(), 100);
}

#[test]
fn a_forked_child_does_not_finish_its_parents_line() {
    let pipe = Arc::new(Mutex::new(Pipe { room: Some(2), ..Pipe::default() }));
    let mut lines = lines_into(&pipe);
    lines.write(b"parent\n");
    lines.forget_rest();
    set_room(&pipe, Some(99));
    lines.write(b"child\n");
    assert_eq!(pipe.lock().expect("free").written, "pachild\n");
}

#[test]
fn an_endless_line_is_cut_and_still_ends() {
    let pipe = Arc::new(Mutex::new(Pipe { room: Some(usize::MAX), ..Pipe::default() }));
    lines_into(&pipe).write(format!("{}\n", "x".repeat(LINE_BYTES)).as_bytes());
    let written = pipe.lock().expect("free").written.clone();
    assert_eq!(written.len(), LINE_BYTES);
    assert!(written.ends_with("x\n"));
}
