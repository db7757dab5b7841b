//! The organisation log from outside: who may do what, and what is refused.

#![expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "the helpers of tests fail as tests do"
)]

mod chain;
mod enrolment;
mod office;
mod rights;
