//! The chain: entries that were replayed, dropped, moved, altered, signed again or brought from elsewhere.

use abox_attest::{Signed, SigningKey, from_canonical, to_canonical};
use abox_ids::OrgId;
use abox_protocol::{Action, Head, LogEntry, LogError, Organisation, Role};
use proptest::prelude::*;

use crate::office::{Office, first_entry, forged, founded, key, publication};

fn log() -> (Vec<Signed<LogEntry>>, SigningKey) {
    let mut office = Office::new();
    let lead = office.hire("Lead", Role::Lead);
    office.tries(&lead.key, publication(1, 0)).unwrap();
    office.hire("Annotator", Role::Annotator);
    (office.org.entries().iter().map(|entry| (**entry).clone()).collect(), office.root)
}

fn replay(entries: &[Signed<LogEntry>], root: &SigningKey) -> Result<Head, LogError> {
    Organisation::replay(entries, &root.verifying_key()).map(|org| org.head())
}

#[test]
fn a_whole_log_replays_to_its_head() {
    let (entries, root) = log();
    assert_eq!(entries.len(), 7);
    let head = replay(&entries, &root).unwrap();
    assert_eq!((head.sequence, head.digest), (6, entries[6].digest()));
}

#[test]
fn an_entry_dropped_anywhere_is_noticed() {
    let (entries, root) = log();
    for at in 0..entries.len() - 1 {
        let mut cut = entries.clone();
        cut.remove(at);
        let error = replay(&cut, &root).unwrap_err();
        let expected = at as u64;
        match at {
            0 => assert_eq!(error, LogError::WrongRoot),
            _ => assert_eq!(error, LogError::Sequence { expected, found: expected + 1 }),
        }
    }
}

#[test]
fn an_entry_replayed_anywhere_is_noticed() {
    let (entries, root) = log();
    for (at, entry) in entries.iter().enumerate() {
        let mut twice = entries.clone();
        twice.push(entry.clone());
        let (expected, found) = (7, at as u64);
        assert_eq!(replay(&twice, &root), Err(LogError::Sequence { expected, found }));
    }
}

#[test]
fn entries_that_changed_places_are_noticed() {
    let (entries, root) = log();
    for left in 0..entries.len() {
        for right in left + 1..entries.len() {
            let mut moved = entries.clone();
            moved.swap(left, right);
            assert!(replay(&moved, &root).is_err(), "{left} and {right}");
        }
    }
}

#[test]
fn an_entry_of_another_history_does_not_continue_this_one() {
    let mut office = Office::new();
    let mut other = office.org.clone();
    let action = |seed| publication(seed, 0);
    let theirs = other.propose(action(1), office.now, &office.owner.key).unwrap();
    other.apply(&theirs).unwrap();
    let next = other.propose(action(2), office.now, &office.owner.key).unwrap();
    let owner = SigningKey::from_seed(&office.owner.key.seed());
    office.tries(&owner, action(3)).unwrap();
    assert_eq!(office.org.apply(&next), Err(LogError::BrokenChain));
}

#[test]
fn an_entry_signed_again_by_another_key_is_refused() {
    let (entries, root) = log();
    let lead = key(2);
    for (at, entry) in entries.iter().enumerate().skip(1) {
        let claim = entry.claim().unwrap();
        for thief in [key(77), SigningKey::from_seed(&lead.seed()), SigningKey::from_seed(&root.seed())] {
            if thief.verifying_key() == entry.signer() {
                continue;
            }
            let mut altered = entries.clone();
            altered[at] = Signed::sign(&claim, &thief).unwrap();
            assert!(replay(&altered, &root).is_err(), "entry {at}");
        }
    }
}

#[test]
fn an_entry_of_another_organisation_is_refused() {
    let office = Office::new();
    let entry = forged(&office.org, publication(1, 0), office.now, &office.owner.key);
    let mut claim = entry.claim().unwrap();
    claim.org = OrgId::from_bytes([1; 16]);
    let entry = Signed::sign(&claim, &office.owner.key).unwrap();
    assert_eq!(office.org.clone().apply(&entry), Err(LogError::ForeignOrg));
}

#[test]
fn a_log_of_another_root_is_refused() {
    let (entries, _) = log();
    assert_eq!(replay(&entries, &key(88)), Err(LogError::WrongRoot));
    // Signed by the pinned key, but naming another root.
    let root = key(88);
    let entry = LogEntry::founding(OrgId::random(), founded(&key(89)), 0, &root).unwrap();
    assert_eq!(replay(&[entry], &root), Err(LogError::WrongRoot));
    assert_eq!(replay(&[], &root), Err(LogError::NotFounded));
}

#[test]
fn a_beginning_that_is_no_founding_is_refused() {
    let root = key(203);
    let mut claim = first_entry(&root).claim().unwrap();
    claim.action = publication(1, 0);
    let entry = Signed::sign(&claim, &root).unwrap();
    assert_eq!(replay(&[entry], &root), Err(LogError::NotFounded));
    let mut claim = first_entry(&root).claim().unwrap();
    claim.sequence = 1;
    let entry = Signed::sign(&claim, &root).unwrap();
    assert_eq!(replay(&[entry], &root), Err(LogError::NotFounded));
    // And nothing is founded twice.
    let office = Office::new();
    let again = forged(&office.org, Action::Founded(founded(&root)), office.now, &root);
    assert_eq!(office.org.clone().apply(&again), Err(LogError::NotAllowed));
}

#[test]
fn time_never_goes_back() {
    let office = Office::new();
    let mut org = office.org.clone();
    let entry = forged(&org, publication(1, 0), office.now - 1, &office.owner.key);
    assert_eq!(org.apply(&entry), Err(LogError::TimeBackwards));
    // A slow clock does not keep anybody from signing.
    let entry = org.propose(publication(1, 0), office.now - 5000, &office.owner.key).unwrap();
    org.apply(&entry).unwrap();
    assert_eq!(org.time(), office.now);
}

#[test]
fn a_shorter_and_a_different_log_are_told_apart() {
    let (entries, root) = log();
    let pin = root.verifying_key();
    let whole = Organisation::replay(&entries, &pin).unwrap();
    let remembered = whole.head();
    assert_eq!(whole.verify_extension(&remembered), Ok(()));
    let shorter = Organisation::replay(&entries[..5], &pin).unwrap();
    assert_eq!(shorter.verify_extension(&remembered), Err(LogError::Rollback));
    assert_eq!(whole.verify_extension(&shorter.head()), Ok(()));
    let mut other = shorter.clone();
    for seed in 50..60 {
        let entry = other.propose(publication(seed, 0), whole.time(), &key(204)).unwrap();
        other.apply(&entry).unwrap();
    }
    assert_eq!(other.verify_extension(&remembered), Err(LogError::Fork));
    let far = Head { sequence: u64::MAX, digest: remembered.digest };
    assert_eq!(whole.verify_extension(&far), Err(LogError::Rollback));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn no_single_bit_of_a_log_can_be_changed(at in 0usize..7, position: prop::sample::Index, bit in 0u8..8) {
        let (mut entries, root) = log();
        let mut bytes = to_canonical(&entries[at]).unwrap();
        let index = position.index(bytes.len());
        bytes[index] ^= 1 << bit;
        if let Ok(altered) = from_canonical::<Signed<LogEntry>>(&bytes) {
            entries[at] = altered;
            prop_assert!(replay(&entries, &root).is_err());
        }
    }
}
