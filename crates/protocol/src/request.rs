//! Requests signed by a device, invite or root key. The signature covers method, path, body, time and the server's
//! certificate, so that a request is worth nothing elsewhere, later or altered. Remembering nonces is the server's.

use abox_attest::{Digest, Signed, SigningKey, Statement, VerifyingKey, from_canonical, to_canonical};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// The HTTP header that carries the signed statement.
pub const REQUEST_HEADER: &str = "abox-request";
/// How far the clocks of client and server may differ, in milliseconds.
pub const MAX_CLOCK_SKEW: i64 = 5 * 60 * 1000;
/// The longest header that is looked at, in bytes.
pub const MAX_REQUEST_HEADER_BYTES: usize = 4096;

/// What the caller vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestStatement {
    /// The HTTP method in capitals.
    pub method: String,
    /// The path and, if there is one, `?` and the query, exactly as sent.
    pub path_and_query: String,
    /// SHA-256 of the body; of nothing when there is none.
    pub body: Digest,
    /// When it was signed, in milliseconds since 1970 (UTC).
    pub time: i64,
    /// Random, so that a request can be told from its replay.
    #[serde(with = "serde_bytes")]
    pub nonce: [u8; 16],
    /// SHA-256 of the certificate of the server that is meant.
    pub server: Digest,
}

impl Statement for RequestStatement {
    const KIND: &'static str = "request";
}

/// Why a request was refused before anybody looked at what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No header, or not one that decodes.
    #[error("the request is not signed, or its signature does not decode")]
    Unsigned,
    /// The signature does not fit.
    #[error("the request's signature does not match")]
    Mismatch,
    /// Signed for another method, path or query.
    #[error("the request was signed for something else")]
    OtherRequest,
    /// Signed for another server.
    #[error("the request was signed for another server")]
    OtherServer,
    /// The body is not the one that was signed.
    #[error("the request's body is not the one that was signed")]
    OtherBody,
    /// The clocks of the two machines differ by more than five minutes.
    #[error(
        "this computer's clock differs from the server's by {minutes} minutes; set it right and try again"
    )]
    Clock {
        /// The client's clock minus the server's, in whole minutes.
        minutes: i64,
    },
}

impl RequestStatement {
    /// The value of [`REQUEST_HEADER`] for a request.
    ///
    /// `now` is the client's clock in milliseconds since 1970; `server` is the pin.
    ///
    /// # Panics
    /// If the operating system has no random source.
    #[must_use]
    pub fn sign(
        method: &str,
        path_and_query: &str,
        body: &[u8],
        now: i64,
        server: Digest,
        key: &SigningKey,
    ) -> String {
        let mut nonce = [0; 16];
        #[expect(clippy::expect_used, reason = "documented panic")]
        getrandom::fill(&mut nonce).expect("the operating system's random source");
        let statement = Self {
            method: method.to_owned(),
            path_and_query: path_and_query.to_owned(),
            body: Digest::of(body),
            time: now,
            nonce,
            server,
        };
        statement.to_header(key)
    }

    /// The value of [`REQUEST_HEADER`] for this statement.
    #[must_use]
    pub fn to_header(&self, key: &SigningKey) -> String {
        let bytes = Signed::sign(self, key).and_then(|signed| to_canonical(&signed));
        #[expect(clippy::expect_used, reason = "text, bytes and integers always have a canonical encoding")]
        BASE64URL_NOPAD.encode(&bytes.expect("an encodable statement"))
    }

    /// Reads a header: who signed, and what. The signature is checked; whether the key is anybody's, whether the
    /// nonce is new and whether the body fits ([`RequestStatement::check_body`]) is for the caller.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn from_header(header: &str) -> Result<(VerifyingKey, Self), RequestError> {
        if header.len() > MAX_REQUEST_HEADER_BYTES {
            return Err(RequestError::Unsigned);
        }
        let bytes = BASE64URL_NOPAD.decode(header.as_bytes()).map_err(|_| RequestError::Unsigned)?;
        let signed: Signed<Self> = from_canonical(&bytes).map_err(|_| RequestError::Unsigned)?;
        let signer = signed.signer();
        let statement = signed.verify(&signer).map_err(|_| RequestError::Mismatch)?;
        Ok((signer, statement))
    }

    /// Whether this statement is about the request at hand. `now` is the server's clock in milliseconds since 1970.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn check(
        &self,
        method: &str,
        path_and_query: &str,
        now: i64,
        server: &Digest,
    ) -> Result<(), RequestError> {
        if self.server != *server {
            return Err(RequestError::OtherServer);
        }
        if self.method != method || self.path_and_query != path_and_query {
            return Err(RequestError::OtherRequest);
        }
        let skew = self.time.saturating_sub(now);
        if skew.saturating_abs() > MAX_CLOCK_SKEW {
            return Err(RequestError::Clock { minutes: skew / 60_000 });
        }
        Ok(())
    }

    /// Whether `body` is the digest of the body that was signed.
    ///
    /// # Errors
    /// [`RequestError::OtherBody`].
    pub fn check_body(&self, body: &Digest) -> Result<(), RequestError> {
        if self.body == *body { Ok(()) } else { Err(RequestError::OtherBody) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;
    const SERVER: Digest = Digest([7; 32]);

    fn header(now: i64) -> (SigningKey, String) {
        let key = SigningKey::from_seed(&[1; 32]);
        let header = RequestStatement::sign("PUT", "/v1/log?from=3", b"body", now, SERVER, &key);
        (key, header)
    }

    #[test]
    fn a_signed_request_is_accepted_for_what_it_says_and_nothing_else() {
        let (key, header) = header(NOW);
        let (signer, statement) = RequestStatement::from_header(&header).unwrap();
        assert_eq!(signer, key.verifying_key());
        assert_eq!(statement.check("PUT", "/v1/log?from=3", NOW, &SERVER), Ok(()));
        assert_eq!(statement.check("GET", "/v1/log?from=3", NOW, &SERVER), Err(RequestError::OtherRequest));
        assert_eq!(statement.check("PUT", "/v1/log?from=4", NOW, &SERVER), Err(RequestError::OtherRequest));
        assert_eq!(
            statement.check("PUT", "/v1/log?from=3", NOW, &Digest([8; 32])),
            Err(RequestError::OtherServer)
        );
        assert_eq!(statement.check_body(&Digest::of(b"body")), Ok(()));
        assert_eq!(statement.check_body(&Digest::of(b"")), Err(RequestError::OtherBody));
    }

    #[test]
    fn a_wrong_clock_is_told_with_its_direction() {
        let (_, header) = header(NOW - 7 * 60_000);
        let (_, statement) = RequestStatement::from_header(&header).unwrap();
        let error = statement.check("PUT", "/v1/log?from=3", NOW, &SERVER).unwrap_err();
        assert_eq!(error, RequestError::Clock { minutes: -7 });
        assert_eq!(statement.check("PUT", "/v1/log?from=3", NOW - 2 * 60_000, &SERVER), Ok(()));
        let (_, mut far) = RequestStatement::from_header(&header).unwrap();
        far.time = i64::MIN;
        assert!(matches!(far.check("PUT", "/v1/log?from=3", NOW, &SERVER), Err(RequestError::Clock { .. })));
    }

    #[test]
    fn a_header_with_any_bit_changed_is_refused() {
        let (key, header) = header(NOW);
        let bytes = BASE64URL_NOPAD.decode(header.as_bytes()).unwrap();
        for position in 0..bytes.len() * 8 {
            let mut altered = bytes.clone();
            altered[position / 8] ^= 1 << (position % 8);
            if let Ok((signer, _)) = RequestStatement::from_header(&BASE64URL_NOPAD.encode(&altered)) {
                assert_ne!(signer, key.verifying_key(), "bit {position}");
            }
        }
    }

    #[test]
    fn two_requests_have_two_nonces() {
        let (_, first) = RequestStatement::from_header(&header(NOW).1).unwrap();
        let (_, second) = RequestStatement::from_header(&header(NOW).1).unwrap();
        assert_ne!(first.nonce, second.nonce);
    }
}
