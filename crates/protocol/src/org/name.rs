//! What may be the name of a member, device or organisation, and when two names are the same.

use unicode_normalization::UnicodeNormalization as _;

use super::entry::MAX_NAME_CHARACTERS;
use super::error::LogError;

/// `name` if it is one: 1 to [`MAX_NAME_CHARACTERS`] characters, no white space around it, no control characters and
/// none that reorder or hide text.
///
/// # Errors
/// [`LogError::BadName`].
pub fn checked_name(name: &str) -> Result<&str, LogError> {
    let count = name.chars().take(MAX_NAME_CHARACTERS + 1).count();
    let fits = (1..=MAX_NAME_CHARACTERS).contains(&count);
    if fits && name.trim() == name && !name.chars().any(|letter| letter.is_control() || is_deceptive(letter))
    {
        Ok(name)
    } else {
        Err(LogError::BadName)
    }
}

/// Invisible characters with which one name can be made to look like another. The joiners U+200C and U+200D are
/// allowed: Persian and Indic names need them.
const fn is_deceptive(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Two names are the same when these are equal: compatibility forms and case do not count.
pub(super) fn folded(name: &str) -> String {
    name.nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .filter(|letter| !matches!(letter, '\u{200c}' | '\u{200d}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_visible_trimmed_and_bounded() {
        for good in ["Annotator", "A", "Ångström–2", "注釈者", "می‌خواهم"] {
            assert_eq!(checked_name(good), Ok(good));
        }
        let long = "x".repeat(81);
        for bad in
            ["", " ", " a", "a ", "a\nb", "a\u{0}b", "a\u{202e}b", "a\u{200b}b", "\u{feff}a", long.as_str()]
        {
            assert_eq!(checked_name(bad), Err(LogError::BadName), "{bad:?}");
        }
        let longest = "ä".repeat(80);
        assert_eq!(checked_name(&longest), Ok(longest.as_str()));
    }

    #[test]
    fn case_and_compatibility_forms_do_not_make_another_name() {
        assert_eq!(folded("LEAD"), folded("lead"));
        assert_eq!(folded("Ｌｅａｄ"), folded("lead"));
        assert_eq!(folded("A\u{30a}"), folded("å"));
        assert_ne!(folded("lead 1"), folded("lead 2"));
    }
}
