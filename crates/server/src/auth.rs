//! Who calls: the signature of a request, its freshness, and what its key is in the organisation. All of it is decided
//! before the body is read.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use abox_attest::{Digest, VerifyingKey, from_canonical};
use abox_ids::DeviceId;
use abox_protocol::request::MAX_CLOCK_SKEW;
use abox_protocol::wire::{ErrorDetail, code};
use abox_protocol::{InviteState, LogError, Organisation, REQUEST_HEADER, RequestStatement, Role, Signer};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::OwnedSemaphorePermit;

use crate::body::{self, Received};
use crate::connection::Peer;
use crate::limit::Nonce;
use crate::refusal::Refusal;
use crate::routes::SETUP_PATH;
use crate::server::App;

/// The clock, in milliseconds since 1970 (UTC).
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What the caller is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing {
    /// Whoever signs a setup; nothing is known about the key.
    Founder,
    /// The root key.
    Root,
    /// An active device.
    Device(Caller),
    /// An open invite.
    Invite,
}

/// An active device that calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub(crate) device: DeviceId,
    pub(crate) key: VerifyingKey,
    pub(crate) role: Role,
}

/// An authenticated request with its body, which is at most `LIMIT` bytes long.
pub(crate) struct Call<const LIMIT: usize> {
    pub(crate) key: VerifyingKey,
    pub(crate) standing: Standing,
    pub(crate) body: Bytes,
    _share: OwnedSemaphorePermit,
}

impl<const LIMIT: usize> Call<LIMIT> {
    /// The calling device.
    pub(crate) fn device(&self) -> Result<Caller, Refusal> {
        match self.standing {
            Standing::Device(caller) => Ok(caller),
            _ => Err(Refusal::forbidden()),
        }
    }

    /// The calling device of a lead or owner.
    pub(crate) fn lead(&self) -> Result<Caller, Refusal> {
        self.device()?.leads()
    }

    /// The body as canonical CBOR.
    pub(crate) fn decode<T: Serialize + DeserializeOwned>(&self) -> Result<T, Refusal> {
        from_canonical(&self.body).map_err(|_| Refusal::malformed())
    }
}

impl Caller {
    /// The same if its member is a lead or owner.
    pub(crate) fn leads(self) -> Result<Self, Refusal> {
        if self.role.leads() { Ok(self) } else { Err(Refusal::forbidden()) }
    }
}

impl<const LIMIT: usize> FromRequest<Arc<App>> for Call<LIMIT> {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let peer = parts.extensions.get::<Peer>().copied().ok_or(Refusal::internal())?;
        let (key, statement, standing) = match authenticate(&parts, app) {
            Ok(known) => known,
            // What nobody in the organisation signed is bounded by address.
            Err(refusal) if app.address_rates.allows(peer.0) => return Err(refusal),
            Err(_) => return Err(Refusal::rate()),
        };
        // A client that brings one thing after the other is slowed down, not refused; one that floods is refused.
        let wait = match standing {
            Standing::Founder => app.address_rates.reserve(peer.0, Duration::ZERO),
            _ => app.key_rates.reserve(key, app.limits.key_patience),
        };
        let wait = wait.ok_or(Refusal::rate())?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        match app.nonces.take(statement.nonce, statement.time.saturating_add(MAX_CLOCK_SKEW), now()) {
            Nonce::New => {}
            Nonce::Seen => return Err(REPLAYED),
            Nonce::TooMany => return Err(Refusal::rate()),
        }
        let Received { bytes, share } = body::read(&parts, body, LIMIT, app).await?;
        statement.check_body(&Digest::of(&bytes))?;
        Ok(Self { key, standing, body: bytes, _share: share })
    }
}

const REPLAYED: Refusal = Refusal::new(
    StatusCode::UNAUTHORIZED,
    code::REPLAYED,
    "this very request was received before; sign it again to repeat it",
);

fn authenticate(parts: &Parts, app: &App) -> Result<(VerifyingKey, RequestStatement, Standing), Refusal> {
    let header = parts.headers.get(REQUEST_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (key, statement) = RequestStatement::from_header(header)?;
    let path_and_query = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let now = now();
    statement.check(parts.method.as_str(), path_and_query, now, &app.pin).map_err(|error| {
        let skew = ErrorDetail::ClockSkew(statement.time.saturating_sub(now));
        let refusal = Refusal::from(error);
        if refusal.code == code::CLOCK { refusal.with(skew) } else { refusal }
    })?;
    if statement.time < app.refuse_before {
        // Nonces are not kept over a restart, so what was signed before it could be a replay.
        return Err(Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code::UNAVAILABLE,
            "the server was restarted; try again after a moment, and check this computer's clock if that does not help",
        ));
    }
    let standing = if parts.uri.path() == SETUP_PATH {
        Standing::Founder
    } else {
        app.with_organisation(|organisation| standing(organisation, &key, now))?
    };
    Ok((key, statement, standing))
}

fn standing(organisation: &Organisation, key: &VerifyingKey, now: i64) -> Result<Standing, Refusal> {
    match organisation.signer(key) {
        None => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            code::UNKNOWN_KEY,
            "this device does not belong to the organisation on this server",
        )),
        Some(Signer::Root) => Ok(Standing::Root),
        Some(Signer::Revoked(_)) => {
            Err(Refusal::new(StatusCode::FORBIDDEN, code::REVOKED, "this device was revoked"))
        }
        Some(Signer::Device(device, role)) => {
            Ok(Standing::Device(Caller { device: device.id, key: *key, role }))
        }
        Some(Signer::Invite(invite)) => match invite.state {
            InviteState::Used(_) => Err(LogError::InviteUsed.into()),
            InviteState::Withdrawn => Err(LogError::InviteWithdrawn.into()),
            InviteState::Open if invite.is_open(now) => Ok(Standing::Invite),
            InviteState::Open => Err(LogError::InviteExpired.into()),
        },
    }
}
