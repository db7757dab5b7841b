//! `abox`: the use cases without a window. Every verb is one call into `abox-workbench`; nothing is decided here.

mod arguments;
mod output;
mod run;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
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
