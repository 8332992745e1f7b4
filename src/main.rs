//! The command line.

fn main() -> std::process::ExitCode {
    riskset::cli::run()
}
