//! Why a server did not start or stop as it should.

/// Why a server did not start or stop as it should. Paths are the operator's own arguments and are not repeated.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on this address: {0}")]
    Listen(std::io::Error),
    /// The data directory cannot be read or written.
    #[error("cannot use the data directory: {0}")]
    Data(std::io::Error),
    /// Another server uses the data directory.
    #[error("another server is running on this data directory; stop it first")]
    InUse,
    /// The database is of another program.
    #[error("the database in this directory is not one of abox-server; choose another directory")]
    Foreign,
    /// The database was written by a newer version.
    #[error(
        "the database was written by a newer abox-server (format {found}, this one knows {known}); update the program"
    )]
    Newer {
        /// The format of the database.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// The database is damaged.
    #[error("the database is damaged; restore the data directory from a backup")]
    Damaged,
    /// The log in the database does not hold.
    #[error(
        "the organisation log in the database was altered ({0}); restore the data directory from a backup"
    )]
    Log(abox_protocol::LogError),
    /// The certificate is missing or damaged although clients have pinned it.
    #[error(
        "the file identity.pem is missing or damaged; restore it from a backup, as every client trusts this certificate only"
    )]
    Identity,
    /// A certificate cannot be made.
    #[error("cannot make a certificate")]
    Certificate,
    /// The TLS library refuses the certificate.
    #[error("cannot set up TLS: {0}")]
    Tls(rustls::Error),
    /// The database fails.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
}

impl ServerError {
    /// A short word for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Listen(_) => "listen",
            Self::Data(_) => "data_directory",
            Self::InUse => "in_use",
            Self::Foreign => "foreign_database",
            Self::Newer { .. } => "newer_database",
            Self::Damaged => "damaged_database",
            Self::Log(_) => "damaged_log",
            Self::Identity => "identity",
            Self::Certificate | Self::Tls(_) => "tls",
            Self::Database(_) => "database",
        }
    }
}
