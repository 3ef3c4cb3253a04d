//! Words of the API that rows hold.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The value on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words! {
    /// State of a job.
    JobStatus {
        /// It waits for a service.
        Pending = "pending",
        /// A hub has it, and a service runs it or is about to.
        Running = "running",
        /// It ended well.
        Completed = "completed",
        /// It ended badly.
        Failed = "failed",
        /// Its answer is not wanted any more.
        Cancelled = "cancelled",
    }
}

words! {
    /// Why a job failed.
    JobErrorKind {
        /// The service says so.
        ServiceFailed = "service_failed",
        /// The service could not be reached.
        Connection = "connection",
        /// It took too long.
        Timeout = "timeout",
        /// The service's answer was none.
        Protocol = "protocol",
        /// Its artifacts were not what the service said.
        InvalidArtifacts = "invalid_artifacts",
        /// It was interrupted.
        Interrupted = "interrupted",
    }
}

words! {
    /// What an artifact is.
    ArtifactType {
        /// A trained model.
        Model = "model",
        /// A picture.
        Plot = "plot",
        /// A report.
        Report = "report",
        /// What a program said.
        Log = "log",
        /// Figures.
        Metrics = "metrics",
        /// Data.
        Data = "data",
        /// Settings.
        Config = "config",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// Health of a service.
    ServiceStatus {
        /// It answers.
        Healthy = "healthy",
        /// It does not.
        Unhealthy = "unhealthy",
        /// Nobody has asked it yet.
        Unknown = "unknown",
    }
}
