//! `riskset init`: a first plan with analyses.

use std::io::Write;
use std::path::{Component, Path};

use crate::cli::args::InitArgs;
use crate::cli::command::on_threads;
use crate::cli::failure::Failure;
use crate::cli::inspect::today;
use crate::cli::{destination, progress};
use crate::codebook::Codebook;
use crate::error::{Error, Result};
use crate::io::Reader;
use crate::report::{CodebookDocument, Render, Style};

/// Writes a plan for a file, where there is none yet.
pub(in crate::cli) fn run(args: &InitArgs, out: &mut dyn Write) -> Result<(), Failure> {
    let text = on_threads(args.reading.threads, || plan(args))?;
    destination::write_new(&args.output, &text)?;
    let plan = args.output.display();
    let told = writeln!(
        out,
        "{plan}: written. Check every line, then: riskset report {plan} --output report.html"
    );
    destination::unless_closed(told)
}

fn plan(args: &InitArgs) -> Result<Vec<u8>> {
    if args.data == "-" {
        return Err(Error::option("-: a plan names its data; give a file"));
    }
    let options = args.reading.options();
    let reader = Reader::open(&args.data, progress::shown(options.clone(), args.quiet))?;
    let reader = reader.called(seen_from(&args.output, &args.data));
    let document = CodebookDocument::new(Codebook::of(&reader, &options, today())?);
    let mut text = Vec::new();
    let written = document.into_first_plan().render(Style::default(), &mut text);
    written.map_err(|error| Error::file(args.output.to_string_lossy(), error))?;
    Ok(text)
}

/// The data as a plan names them that is written there.
fn seen_from(plan: &Path, data: &str) -> String {
    let folder = plan.parent().filter(|own| !own.as_os_str().is_empty());
    let (Some(folder), false) = (folder, Path::new(data).is_absolute()) else {
        return data.to_owned();
    };
    match (folder.canonicalize(), Path::new(data).canonicalize()) {
        (Ok(folder), Ok(file)) => between(&folder, &file),
        _ => data.to_owned(),
    }
}

/// The way from a folder to a file, with slashes.
fn between(folder: &Path, file: &Path) -> String {
    let [folder, file]: [Vec<Component<'_>>; 2] =
        [folder, file].map(|own| own.components().collect());
    let common = folder.iter().zip(&file).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - common);
    let down = file[common..].iter().map(|own| own.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_from_the_folder_of_the_plan() {
        let way = |folder: &str, file: &str| between(Path::new(folder), Path::new(file));
        assert_eq!(way("/a/b", "/a/b/c.csv"), "c.csv");
        assert_eq!(way("/a/b/plans", "/a/data/c.csv"), "../../data/c.csv");
        assert_eq!(seen_from(Path::new("plan.toml"), "data/c.csv"), "data/c.csv");
    }
}
