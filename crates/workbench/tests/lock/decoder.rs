//! A program that decodes as the product's programs do, and does nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    abox_workbench::serve_when_asked().unwrap_or(ExitCode::FAILURE)
}
