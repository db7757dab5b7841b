//! `abox`: the use cases without a window. Every verb is one call into `abox-workbench`; nothing is decided here.

mod arguments;
mod output;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Before anything is opened or read: this may be a process that only decodes pictures.
    if let Some(served) = abox_workbench::serve_when_asked() {
        return served;
    }
    let arguments = arguments::Arguments::parse();
    let json = arguments.json;
    match run::run(arguments) {
        Ok(answer) => {
            output::answer(&answer, json);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            output::failure(&failure, json);
            ExitCode::FAILURE
        }
    }
}
