//! Colours and keys of classes that do not bring their own.

/// Sixteen colours that people with the common kinds of colour blindness can tell apart: Okabe and Ito's seven (without
/// black), then Paul Tol's "muted" nine.
pub const PALETTE: [&str; 16] = [
    "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#332288", "#88ccee",
    "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499",
];

/// The keys that are given out, in the order of the row on the keyboard.
pub const KEYS: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/// One colour for each class: its own, or the next of the palette that no class uses. After sixteen the colours come
/// again.
pub(super) fn colors(given: &[Option<String>]) -> Vec<String> {
    let free: Vec<&str> =
        PALETTE.into_iter().filter(|color| !given.iter().flatten().any(|used| used == color)).collect();
    let palette: &[&str] = if free.is_empty() { &PALETTE } else { &free };
    let mut next = palette.iter().cycle();
    given
        .iter()
        .map(|own| own.clone().or_else(|| next.next().map(|color| (*color).to_owned())).unwrap_or_default())
        .collect()
}

/// One key for each class: its own, or the next number that no class uses, as long as there are any.
pub(super) fn keys(given: &[Option<String>]) -> Vec<Option<String>> {
    let mut free = KEYS.into_iter().filter(|key| !given.iter().flatten().any(|used| used == key));
    given.iter().map(|own| own.clone().or_else(|| free.next().map(str::to_owned))).collect()
}
