//! Where a report goes: standard output, or a file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::args::OutputArgs;
use super::failure::{Failure, reason};
use crate::error::{Error, Result};
use crate::report::{Render, Style};

/// A reader that stops reading is no failure.
pub(super) fn unless_closed(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::file("standard output", error).into())
        }
        _ => Ok(()),
    }
}

/// Writes a report where the arguments say.
pub(super) fn write(
    report: &dyn Render,
    args: &OutputArgs,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let style = Style { format: args.format(), quiet: args.quiet };
    match &args.output {
        None => unless_closed(report.render(style, out)),
        Some(path) => Ok(write_whole(path, |out| report.render(style, out))?),
    }
}

/// Writes a file whole or not at all.
pub(super) fn write_whole(
    path: &Path,
    render: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let failed = |error: io::Error| reason(&error, "there is no such folder");
    write_file(path, render).map_err(|error| Error::file(path.to_string_lossy(), failed(error)))
}

/// Writes a file that is not there yet.
pub(super) fn write_new(path: &Path, text: &[u8]) -> Result<()> {
    let failed = |error: io::Error| {
        let reason = match error.kind() {
            io::ErrorKind::AlreadyExists => {
                "the file is there already, and is not written over; choose another name with --output"
                    .to_owned()
            }
            _ => reason(&error, "there is no such folder"),
        };
        Error::file(path.to_string_lossy(), reason)
    };
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text).map_err(failed)
}

/// Refuses to write over the data.
pub(super) fn check(args: &OutputArgs, data: impl AsRef<Path>) -> Result<()> {
    args.output.as_deref().map_or(Ok(()), |output| check_path(output, data, "--output"))
}

/// Refuses to write over the data with an option.
pub(super) fn check_path(output: &Path, data: impl AsRef<Path>, option: &str) -> Result<()> {
    let same = match (output.canonicalize(), data.as_ref().canonicalize()) {
        (Ok(output), Ok(data)) => output == data,
        _ => false,
    };
    if same {
        let message = format!("{option} names a file that is read; choose another name");
        return Err(Error::option(message));
    }
    Ok(())
}

/// Refuses a file of individuals who are no patients under a name that does not say so.
pub(super) fn check_pseudo(path: &Path) -> Result<()> {
    let name = path.to_string_lossy();
    if name.ends_with(".pseudo.csv") {
        return Ok(());
    }
    Err(Error::option(format!(
        "--ipd {name}: these individuals are no patients, and the name of their file says so: end \
         it in .pseudo.csv"
    )))
}

/// Whether two names are of one file, be it there already or not.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let place = |own: &Path| {
        let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some((folder.unwrap_or(Path::new(".")).canonicalize().ok()?, own.file_name()?.to_owned()))
    };
    one == other || place(one).is_some_and(|own| place(other) == Some(own))
}

/// Writes a file, whole or not at all.
pub(super) fn write_file(
    path: &Path,
    render: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    // A device or a pipe must not be replaced by a file.
    if path.exists() && !path.is_file() {
        let mut file = std::fs::OpenOptions::new().write(true).open(path)?;
        return render(&mut file);
    }
    let mut file = BufWriter::with_capacity(1 << 16, temporary(path)?);
    render(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A file beside the one to be, which disappears unless it takes its place.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".riskset-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What the process's mask leaves of it, as for any new file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}
