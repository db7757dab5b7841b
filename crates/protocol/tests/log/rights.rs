//! Which role may do what, and what revocation ends.

use abox_ids::{BatchId, DeviceId};
use abox_protocol::{Action, LogError, MemberStatus, Organisation, Role};

use crate::office::{Desk, Office, grant, key, publication};

struct Staff {
    office: Office,
    lead: Desk,
    annotator: Desk,
}

fn staff() -> Staff {
    let mut office = Office::new();
    let lead = office.hire("Lead", Role::Lead);
    let annotator = office.hire("Annotator", Role::Annotator);
    office.tries(&lead.key, publication(1, 0)).unwrap();
    Staff { office, lead, annotator }
}

#[test]
fn each_role_may_do_what_it_should_and_nothing_else() {
    let no = Err(LogError::NotAllowed);
    // In the order: root key, owner's device, lead's device, annotator's device.
    type Case = (&'static str, fn(&mut Staff) -> Action, [Result<(), LogError>; 4]);
    let cases: [Case; 14] = [
        ("invite annotator", |s| s.office.invitation("X", Role::Annotator).2, [Ok(()), Ok(()), Ok(()), no]),
        ("invite lead", |s| s.office.invitation("X", Role::Lead).2, [Ok(()), no, no, no]),
        ("invite owner", |s| s.office.invitation("X", Role::Owner).2, [Ok(()), no, no, no]),
        ("withdraw annotator", |s| withdrawal(s, Role::Annotator), [Ok(()), Ok(()), Ok(()), no]),
        ("withdraw lead", |s| withdrawal(s, Role::Lead), [Ok(()), no, no, no]),
        (
            "promote",
            |s| Action::RoleChanged { member: s.annotator.member, role: Role::Lead },
            [Ok(()), no, no, no],
        ),
        (
            "revoke annotator",
            |s| Action::MemberRevoked { member: s.annotator.member },
            [Ok(()), Ok(()), Ok(()), no],
        ),
        ("revoke lead", |s| Action::MemberRevoked { member: s.lead.member }, [Ok(()), no, no, no]),
        (
            "annotator's device",
            |s| Action::DeviceRevoked { device: s.annotator.device },
            [Ok(()), Ok(()), Ok(()), no],
        ),
        ("lead's device", |s| Action::DeviceRevoked { device: s.lead.device }, [Ok(()), no, no, no]),
        ("owner's device", |s| Action::DeviceRevoked { device: s.office.owner.device }, [Ok(()), no, no, no]),
        ("publish", |_| publication(2, 0), [Ok(()), Ok(()), Ok(()), no]),
        ("grant", |s| grant(1, 0, s.annotator.device), [Ok(()), Ok(()), Ok(()), no]),
        (
            "erase",
            |_| Action::BatchErased { batch: BatchId::from_bytes([1; 16]) },
            [Ok(()), Ok(()), Ok(()), no],
        ),
    ];
    for (what, make, expected) in cases {
        for (who, expected) in expected.into_iter().enumerate() {
            let mut staff = staff();
            let action = make(&mut staff);
            let keys = [&key(203), &key(204), &staff.lead.key, &staff.annotator.key];
            assert_eq!(staff.office.tries(keys[who], action), expected, "{what}, caller {who}");
        }
    }
}

fn withdrawal(staff: &mut Staff, role: Role) -> Action {
    let (_, invite) = staff.office.invite("Invited", role);
    Action::InviteWithdrawn { invite_key: invite.verifying_key() }
}

#[test]
fn a_revoked_device_signs_nothing_any_more() {
    let Staff { mut office, lead, .. } = staff();
    office.root_does(Action::DeviceRevoked { device: lead.device });
    assert_eq!(office.tries(&lead.key, publication(2, 0)), Err(LogError::RevokedSigner));
    assert!(office.org.active_device(&lead.key.verifying_key()).is_none());
    let root = key(203);
    let again = Action::DeviceRevoked { device: lead.device };
    assert_eq!(office.tries(&root, again), Err(LogError::UnknownDevice));
    assert_eq!(
        office.tries(&root, grant(1, 0, lead.device)),
        Err(LogError::UnknownDevice),
        "nor is granted anything"
    );
}

#[test]
fn a_revoked_member_loses_all_devices_and_open_invites() {
    let Staff { mut office, annotator, .. } = staff();
    let invite_key = key(95).verifying_key();
    let (name, role) = ("Annotator".to_owned(), Role::Annotator);
    office.root_does(Action::Invited { member: annotator.member, name, role, invite_key, expires: i64::MAX });
    office.root_does(Action::MemberRevoked { member: annotator.member });
    assert_eq!(office.org.member(annotator.member).unwrap().status, MemberStatus::Revoked);
    assert!(office.org.devices_of(annotator.member).all(|device| !device.is_active()));
    assert!(!office.org.invite(&invite_key).unwrap().is_open(office.now));
    let root = key(203);
    let again = Action::MemberRevoked { member: annotator.member };
    assert_eq!(office.tries(&root, again), Err(LogError::UnknownMember));
}

#[test]
fn a_stolen_device_does_not_leave_invites_behind() {
    let Staff { mut office, lead, .. } = staff();
    let (member, invite, action) = office.invitation("Accomplice", Role::Annotator);
    office.tries(&lead.key, action).unwrap();
    office.root_does(Action::DeviceRevoked { device: lead.device });
    assert!(!office.org.invite(&invite.verifying_key()).unwrap().is_open(office.now));
    assert_eq!(office.org.member(member).unwrap().status, MemberStatus::Revoked);
}

#[test]
fn an_invite_made_for_a_lower_role_is_void_after_a_promotion() {
    let Staff { mut office, lead, annotator } = staff();
    let invite_key = key(96).verifying_key();
    let (name, role) = ("Annotator".to_owned(), Role::Annotator);
    let action = Action::Invited { member: annotator.member, name, role, invite_key, expires: i64::MAX };
    office.tries(&lead.key, action).unwrap();
    office.root_does(Action::RoleChanged { member: annotator.member, role: Role::Lead });
    assert!(!office.org.invite(&invite_key).unwrap().is_open(office.now));
    office.tries(&annotator.key, publication(2, 0)).unwrap();
}

#[test]
fn the_last_owner_stays() {
    let Staff { mut office, annotator, .. } = staff();
    let (root, owner) = (key(203), office.owner.member);
    let revocation = Action::MemberRevoked { member: owner };
    let demotion = Action::RoleChanged { member: owner, role: Role::Lead };
    assert_eq!(office.tries(&root, revocation.clone()), Err(LogError::LastOwner));
    assert_eq!(office.tries(&root, demotion.clone()), Err(LogError::LastOwner));
    // One who was only invited does not count.
    office.invite("Next owner", Role::Owner);
    assert_eq!(office.tries(&root, demotion), Err(LogError::LastOwner));
    office.root_does(Action::RoleChanged { member: annotator.member, role: Role::Owner });
    assert_eq!(office.tries(&root, revocation), Ok(()));
    let same = Action::RoleChanged { member: annotator.member, role: Role::Owner };
    assert_eq!(office.tries(&root, same), Err(LogError::NothingToChange));
}

fn reads(org: &Organisation, desk: &Desk) -> bool {
    let device = org.device(desk.device).unwrap();
    org.may_read(device, org.batch(BatchId::from_bytes([1; 16])).unwrap())
}

#[test]
fn a_batch_is_read_by_its_publisher_and_those_it_was_granted_until_revoked_or_erased() {
    let Staff { mut office, lead, annotator } = staff();
    assert!(reads(&office.org, &lead) && !reads(&office.org, &annotator));
    assert!(
        !reads(&office.org, &Desk { key: key(204), ..office_owner(&office) }),
        "the owner was not granted it"
    );
    office.tries(&lead.key, grant(1, 0, annotator.device)).unwrap();
    assert!(reads(&office.org, &annotator));
    office.tries(&lead.key, grant(1, 0, annotator.device)).unwrap();
    let mut revoked = office.org.clone();
    let action = Action::DeviceRevoked { device: annotator.device };
    revoked.apply(&revoked.propose(action, office.now, &lead.key).unwrap()).unwrap();
    assert!(!reads(&revoked, &annotator));
    office.tries(&lead.key, Action::BatchErased { batch: BatchId::from_bytes([1; 16]) }).unwrap();
    assert!(!reads(&office.org, &annotator) && !reads(&office.org, &lead));
    assert_eq!(office.tries(&lead.key, grant(1, 0, annotator.device)), Err(LogError::BatchErased));
    assert_eq!(office.tries(&lead.key, publication(1, 1)), Err(LogError::BatchErased));
}

fn office_owner(office: &Office) -> Desk {
    Desk { member: office.owner.member, device: office.owner.device, key: key(204) }
}

#[test]
fn a_new_epoch_is_the_next_one_and_ends_the_grants_of_the_old() {
    let Staff { mut office, lead, annotator } = staff();
    office.tries(&lead.key, grant(1, 0, annotator.device)).unwrap();
    for wrong in [0, 2, 7] {
        assert_eq!(office.tries(&lead.key, publication(1, wrong)), Err(LogError::WrongEpoch));
    }
    office.tries(&lead.key, publication(1, 1)).unwrap();
    assert!(!reads(&office.org, &annotator));
    assert_eq!(office.tries(&lead.key, grant(1, 0, annotator.device)), Err(LogError::WrongEpoch));
    assert_eq!(office.tries(&lead.key, grant(1, 1, annotator.device)), Ok(()));
    assert_eq!(office.tries(&lead.key, grant(8, 0, annotator.device)), Err(LogError::UnknownBatch));
    let nobody = DeviceId::from_bytes([250; 16]);
    assert_eq!(office.tries(&lead.key, grant(1, 1, nobody)), Err(LogError::UnknownDevice));
}
