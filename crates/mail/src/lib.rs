//! Mail: what it says, how it is sent, and what comes back.
