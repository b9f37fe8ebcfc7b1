//! What an account is in the whole installation.

/// A role in the whole installation, by the names that Rocket.Chat gives them. Who is an administrator is said beside, see
/// [`User::is_admin`](crate::user::User::is_admin).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GlobalRole {
    /// Everybody who has an account of the usual kind.
    User,
    /// A program that acts by itself.
    Bot,
    /// A program that acts for others.
    App,
    /// Somebody from outside, who may do less than a user.
    Guest,
    /// Somebody unknown.
    Anonymous,
    /// Who looks after the installation.
    Admin,
}

impl GlobalRole {
    /// All roles.
    pub const ALL: [Self; 6] = [Self::User, Self::Bot, Self::App, Self::Guest, Self::Anonymous, Self::Admin];

    /// The role's name in English lower case, as stored in configuration and shown by Rocket.Chat.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bot => "bot",
            Self::App => "app",
            Self::Guest => "guest",
            Self::Anonymous => "anonymous",
            Self::Admin => "admin",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::User => 1,
            Self::Bot => 2,
            Self::App => 4,
            Self::Guest => 8,
            Self::Anonymous => 16,
            Self::Admin => 32,
        }
    }
}

/// A set of such roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalRoles(u8);

impl Default for GlobalRoles {
    /// An ordinary user's.
    fn default() -> Self {
        Self::of(&[GlobalRole::User])
    }
}

impl GlobalRoles {
    /// The set of just `roles`.
    #[must_use]
    pub const fn of(roles: &[GlobalRole]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [role, others @ ..] = rest {
            bits |= role.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether `role` is among them.
    #[must_use]
    pub const fn has(self, role: GlobalRole) -> bool {
        self.0 & role.bit() != 0
    }

    /// The set with `role` added.
    #[must_use]
    pub const fn with(self, role: GlobalRole) -> Self {
        Self(self.0 | role.bit())
    }

    /// Whether the two sets share a role.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The roles, in the order of [`GlobalRole::ALL`].
    pub fn iter(self) -> impl Iterator<Item = GlobalRole> {
        GlobalRole::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// The stored form: user 1, bot 2, app 4, guest 8, anonymous 16, admin 32, added up.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Reads the stored form; `None` if it has a bit that stands for no role.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits < 64 { Some(Self(bits)) } else { None }
    }
}
