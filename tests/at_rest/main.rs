//! No plaintext at rest: client material full of canaries goes through the product, and then every place where a program
//! could have left something is searched for them.

mod material;
mod shipped_window;
mod without_a_window;
