//! The side that decodes: a process that confines itself, says how far that went, and then answers one file after the
//! other until nobody asks any more.

use std::io::{self, Cursor, Read, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use abox_media::{Limits, MediaError, Picture, inspect};

use crate::confinement::confine;
use crate::protocol::{Request, write_answer, write_greeting, write_size};
use crate::wiped::Wiped;

/// The first and only argument of a program that is to decode. Private: it may change with every build.
pub const ARGUMENT: &str = "--decode-pictures";

/// Serves if that is what this program was started for. To be called first in `main`, before anything is opened,
/// read or started. `None` means that the program goes on as usual.
#[must_use]
pub fn serve_when_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == ARGUMENT && arguments.next().is_none()).then(serve)
}

/// Confines this process for good and decodes what comes through the standard input, until that ends.
#[must_use]
pub fn serve() -> ExitCode {
    serve_with(abox_media::decode)
}

/// As [`serve`], with another decoder. For tests that need one which does harm.
#[must_use]
pub fn serve_with(decode: impl FnMut(Cursor<Wiped>, &Limits) -> Result<Picture, MediaError>) -> ExitCode {
    // What a panic says could be content, and there is nobody to read it.
    std::panic::set_hook(Box::new(|_| {}));
    let confinement = confine();
    let (mut from, mut to) = (io::stdin().lock(), io::stdout().lock());
    let served = write_greeting(&mut to, confinement).and_then(|()| answer_all(&mut from, &mut to, decode));
    // An error means that the other side is gone.
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The size that the header claims. The decoder looks at it again, and says what is wrong with it.
fn size(file: &[u8], limits: &Limits) -> Option<(u32, u32)> {
    let facts = catch_unwind(|| inspect(Cursor::new(file), limits).ok()).ok()??;
    Some((facts.width, facts.height))
}

fn answer_all(
    from: &mut impl Read,
    to: &mut impl Write,
    mut decode: impl FnMut(Cursor<Wiped>, &Limits) -> Result<Picture, MediaError>,
) -> io::Result<()> {
    while let Some(Request { length, limits }) = Request::read(from)? {
        let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let mut file = Wiped::zeros(length);
        from.read_exact(&mut file)?;
        if let Some((width, height)) = size(&file, &limits) {
            write_size(to, width, height)?;
        }
        write_answer(to, &decode(Cursor::new(file), &limits))?;
    }
    Ok(())
}
