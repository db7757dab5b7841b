//! What a request gets that is not done: a status, a code for programs, a sentence for people.

use abox_protocol::LogError;
use abox_protocol::wire::{CBOR, ErrorBody, ErrorDetail, code};
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use axum::response::IntoResponse;

/// Why a request was not done. No text names anybody or anything.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    message: Message,
    detail: Option<ErrorDetail>,
}

#[derive(Debug, Clone, Copy)]
enum Message {
    Text(&'static str),
    Log(LogError),
    Request(abox_protocol::RequestError),
    Revision(abox_protocol::RevisionError),
}

impl Refusal {
    pub(crate) const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message: Message::Text(message), detail: None }
    }

    pub(crate) const fn with(mut self, detail: ErrorDetail) -> Self {
        self.detail = Some(detail);
        self
    }

    pub(crate) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, "there is nothing here for you")
    }

    pub(crate) const fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, code::NOT_FOUND, "there is nothing here for this method")
    }

    pub(crate) const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, code::FORBIDDEN, "your role or device may not do this")
    }

    pub(crate) const fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::MALFORMED, "the server does not understand this request")
    }

    pub(crate) const fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            code::TOO_LARGE,
            "this is more than the server takes at once",
        )
    }

    pub(crate) const fn storage_full() -> Self {
        Self::new(
            StatusCode::INSUFFICIENT_STORAGE,
            code::STORAGE_FULL,
            "the server's storage is full; nothing was stored. Tell the operator",
        )
    }

    pub(crate) const fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL,
            "something went wrong inside of the server; tell the operator",
        )
    }

    pub(crate) const fn erased() -> Self {
        Self::new(StatusCode::GONE, code::ERASED, "the batch was erased")
    }

    pub(crate) const fn rate() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code::RATE, "too many requests; try again after a moment")
    }

    pub(crate) const fn timeout() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, "the request arrived too slowly; try again")
    }

    pub(crate) const fn revision(error: abox_protocol::RevisionError) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: code::REVISION_REFUSED,
            message: Message::Revision(error),
            detail: None,
        }
    }

    /// An input or output error of an object file.
    pub(crate) fn from_io(error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::storage_full(),
            _ => Self::internal(),
        }
    }

    fn text(&self) -> String {
        match self.message {
            Message::Text(text) => text.to_owned(),
            Message::Log(error) => error.to_string(),
            Message::Request(error) => error.to_string(),
            Message::Revision(error) => error.to_string(),
        }
    }
}

impl From<LogError> for Refusal {
    fn from(error: LogError) -> Self {
        let (status, code) = match error {
            LogError::InviteUsed => (StatusCode::FORBIDDEN, code::INVITE_USED),
            LogError::InviteExpired => (StatusCode::FORBIDDEN, code::INVITE_EXPIRED),
            LogError::InviteWithdrawn => (StatusCode::FORBIDDEN, code::INVITE_WITHDRAWN),
            LogError::RevokedSigner => (StatusCode::FORBIDDEN, code::REVOKED),
            LogError::NotAllowed => (StatusCode::FORBIDDEN, code::FORBIDDEN),
            _ => (StatusCode::UNPROCESSABLE_ENTITY, code::LOG_REFUSED),
        };
        Self { status, code, message: Message::Log(error), detail: None }
    }
}

impl From<abox_protocol::RequestError> for Refusal {
    fn from(error: abox_protocol::RequestError) -> Self {
        let code = match error {
            abox_protocol::RequestError::Clock { .. } => code::CLOCK,
            _ => code::UNAUTHENTICATED,
        };
        Self { status: StatusCode::UNAUTHORIZED, code, message: Message::Request(error), detail: None }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::storage_full(),
            _ => Self::internal(),
        }
    }
}

/// The code of a refusal, for the request line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Code(pub(crate) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let body = ErrorBody { code: self.code.to_owned(), message: self.text(), detail: self.detail };
        let bytes = abox_attest::to_canonical(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(CBOR));
        if matches!(self.code, code::RATE | code::UNAVAILABLE) {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(Code(self.code));
        response
    }
}
