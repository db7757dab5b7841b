//! The use cases of the product, without a window: what `abox` and the desktop shell both do.
//!
//! [`contract`] is what the window may ask and is told; its TypeScript is generated from here.

pub mod contract;
