//! Invites and enrolments: once, in time, for the one who was invited, with proof.

use abox_attest::{Digest, Signed};
use abox_ids::{DeviceId, MemberId, OrgId};
use abox_protocol::{Action, Enrolled, InviteState, KemPublicBytes, LogError, MemberStatus, Role};

use crate::office::{DAY, Office, enrolled, key, proof};

/// What the log says to an enrolment that was altered before it was signed.
fn altered(change: impl FnOnce(&mut Enrolled)) -> Result<(), LogError> {
    let mut office = Office::new();
    let (member, invite) = office.invite("Annotator", Role::Annotator);
    let mut enrolled = enrolled(&office.org, member, &invite, 90);
    change(&mut enrolled);
    office.tries(&invite, Action::Enrolled(enrolled))
}

#[test]
fn an_unaltered_enrolment_makes_an_active_device() {
    assert_eq!(altered(|_| ()), Ok(()));
    let mut office = Office::new();
    let (member, invite) = office.invite("Annotator", Role::Annotator);
    assert_eq!(office.org.member(member).unwrap().status, MemberStatus::Invited);
    let desk = office.enrol(member, &invite);
    let device = office.org.active_device(&desk.key.verifying_key()).unwrap();
    assert_eq!((device.id, device.member), (desk.device, member));
    assert_eq!(office.org.enrolment_digest(desk.device), Some(office.org.head().digest));
    assert_eq!(office.org.member(member).unwrap().status, MemberStatus::Active);
    let state = office.org.invite(&invite.verifying_key()).unwrap().state;
    assert_eq!(state, InviteState::Used(desk.device));
    assert_eq!(office.org.devices_of(member).count(), 1);
    assert_eq!(office.org.member_named(" ANNOTATOR ").map(|member| member.id), Some(member));
}

#[test]
fn an_invite_is_used_once() {
    let mut office = Office::new();
    let (member, invite) = office.invite("Annotator", Role::Annotator);
    office.enrol(member, &invite);
    let again = enrolled(&office.org, member, &invite, 90);
    assert_eq!(office.tries(&invite, Action::Enrolled(again)), Err(LogError::InviteUsed));
}

#[test]
fn an_invite_works_until_its_last_moment_and_not_after() {
    for (late, expected) in [(0, Ok(())), (1, Err(LogError::InviteExpired))] {
        let mut office = Office::new();
        let (member, invite) = office.invite("Annotator", Role::Annotator);
        let expires = office.org.invite(&invite.verifying_key()).unwrap().expires.unwrap();
        let action = Action::Enrolled(enrolled(&office.org, member, &invite, 90));
        office.now = expires + late - 1000;
        assert_eq!(office.tries(&invite, action), expected);
    }
}

#[test]
fn a_withdrawn_invite_is_void_and_frees_the_name() {
    let mut office = Office::new();
    let (member, invite) = office.invite("Annotator", Role::Annotator);
    let withdrawal = Action::InviteWithdrawn { invite_key: invite.verifying_key() };
    office.root_does(withdrawal.clone());
    let action = Action::Enrolled(enrolled(&office.org, member, &invite, 90));
    assert_eq!(office.tries(&invite, action), Err(LogError::InviteWithdrawn));
    let root = key(203);
    assert_eq!(office.tries(&root, withdrawal), Err(LogError::InviteWithdrawn));
    assert_eq!(office.org.member(member).unwrap().status, MemberStatus::Revoked);
    office.hire("annotator", Role::Annotator);
}

#[test]
fn a_key_that_was_never_invited_enrols_nobody() {
    let mut office = Office::new();
    let action = Action::Enrolled(enrolled(&office.org, office.owner.member, &key(91), 90));
    assert_eq!(office.tries(&key(91), action.clone()), Err(LogError::UnknownSigner));
    let owner = key(204);
    assert_eq!(
        office.tries(&owner, action.clone()),
        Err(LogError::NotAllowed),
        "not even the owner's device"
    );
    let root = key(203);
    assert_eq!(office.tries(&root, action), Err(LogError::NotAllowed), "not even the root key");
}

#[test]
fn an_invite_key_does_nothing_but_enrol() {
    let mut office = Office::new();
    let (_, invite) = office.invite("Lead", Role::Lead);
    let (_, _, action) = office.invitation("Another", Role::Annotator);
    assert_eq!(office.tries(&invite, action), Err(LogError::NotAllowed));
}

#[test]
fn an_enrolment_for_another_member_is_refused() {
    assert_eq!(altered(|e| e.member = MemberId::from_bytes([201; 16])), Err(LogError::WrongMember));
}

#[test]
fn another_agreement_is_refused() {
    assert_eq!(altered(|e| e.agreement = Digest::of(b"other")), Err(LogError::AgreementDiffers));
}

#[test]
fn keys_and_identifiers_are_never_used_twice() {
    assert_eq!(altered(|e| e.device = DeviceId::from_bytes([204; 16])), Err(LogError::IdReused));
    assert_eq!(altered(|e| e.kem = KemPublicBytes([204; 32])), Err(LogError::KeyReused), "the owner's");
    assert_eq!(altered(|e| e.kem = KemPublicBytes([200; 32])), Err(LogError::KeyReused), "the recovery key");
    for taken in [203, 202, 204, 1] {
        let reused = altered(|e| e.signing = key(taken).verifying_key());
        assert_eq!(reused, Err(LogError::KeyReused), "root, invite or device key {taken}");
    }
}

#[test]
fn a_proof_of_possession_that_does_not_fit_is_refused() {
    let (org, device, kem) =
        (OrgId::from_bytes([199; 16]), DeviceId::from_bytes([90; 16]), KemPublicBytes([90; 32]));
    // The invite is the first key that the office made.
    let (invite, signing) = (key(1), key(90));
    assert_eq!(altered(|e| e.possession = proof(org, device, &invite, kem, &signing)), Ok(()));
    let other_org = OrgId::from_bytes([1; 16]);
    let other_device = DeviceId::from_bytes([1; 16]);
    for (what, bad) in [
        ("another signer", proof(org, device, &invite, kem, &key(91))),
        ("another organisation", proof(other_org, device, &invite, kem, &signing)),
        ("another device", proof(org, other_device, &invite, kem, &signing)),
        ("another invite", proof(org, device, &key(92), kem, &signing)),
        ("another key for wraps", proof(org, device, &invite, KemPublicBytes([3; 32]), &signing)),
    ] {
        let result = altered(|e| e.possession = Signed::clone(&bad));
        assert_eq!(result, Err(LogError::Possession), "{what}");
    }
}

#[test]
fn a_device_name_is_a_name() {
    assert_eq!(altered(|e| e.device_name = "a\nb".into()), Err(LogError::BadName));
}

#[test]
fn a_member_can_have_a_second_device_under_the_same_name_and_role_only() {
    let mut office = Office::new();
    let desk = office.hire("Annotator", Role::Annotator);
    let root = key(203);
    let expires = office.now + DAY;
    let again = |name: &str, role, seed| Action::Invited {
        member: desk.member,
        name: name.into(),
        role,
        invite_key: key(seed).verifying_key(),
        expires,
    };
    assert_eq!(office.tries(&root, again("Other", Role::Annotator, 93)), Err(LogError::MemberDiffers));
    assert_eq!(office.tries(&root, again("Annotator", Role::Lead, 93)), Err(LogError::MemberDiffers));
    assert_eq!(office.tries(&root, again("Annotator", Role::Annotator, 93)), Ok(()));
    office.enrol(desk.member, &key(93));
    assert_eq!(office.org.devices_of(desk.member).count(), 2);
}

#[test]
fn names_are_unique_among_those_who_are_there() {
    let mut office = Office::new();
    let desk = office.hire("Annotator", Role::Annotator);
    let root = key(203);
    let (_, _, action) = office.invitation("ANNOTATOR", Role::Annotator);
    assert_eq!(office.tries(&root, action), Err(LogError::NameTaken));
    let (_, _, action) = office.invitation(" Annotator", Role::Annotator);
    assert_eq!(office.tries(&root, action), Err(LogError::BadName));
    office.root_does(Action::MemberRevoked { member: desk.member });
    office.hire("Annotator", Role::Annotator);
    let name = "Annotator".to_owned();
    let (role, invite_key, expires) = (Role::Annotator, key(94).verifying_key(), office.now);
    let returned = Action::Invited { member: desk.member, name, role, invite_key, expires };
    assert_eq!(office.tries(&root, returned), Err(LogError::IdReused), "a revoked member does not come back");
}
