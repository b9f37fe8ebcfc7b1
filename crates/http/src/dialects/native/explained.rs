//! Why the rules said no: which rule, on which fact, and who could change it.

use guestlist_core::explain::{Explanation, Fact, Remedy};
use guestlist_core::ids::GroupId;
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{RoleWord, roles};
use crate::time::iso;

/// Why the rules said no.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(super) struct Explained {
    /// The rule that decided.
    rule: &'static str,
    /// What it looked at; absent if the rule says it all, or if the caller may not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fact: Option<FactBody>,
    remedy: RemedyBody,
}

impl Explained {
    pub(super) fn of(why: &Explanation) -> Self {
        Self { rule: why.refusal.rule(), fact: why.fact.as_ref().map(FactBody::of), remedy: RemedyBody::of(why.remedy) }
    }
}

/// What a rule looked at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FactBody {
    /// How the caller stands to the group.
    Standing {
        /// The caller's roles; null if they are no member.
        #[schema(required)]
        roles: Option<Vec<RoleWord>>,
        /// The roles of which one is needed.
        needed: Vec<RoleWord>,
    },
    /// When something came to be as it is.
    Since {
        #[schema(format = DateTime)]
        at: String,
    },
    /// When it ends by itself.
    Until {
        #[schema(format = DateTime)]
        at: String,
    },
    /// How much there is, or was asked for, and how much there may be.
    Count { count: i64, max: i64 },
    /// The longest time that may be asked for, in seconds.
    Longest { seconds: i64 },
    /// The groups that the user is the last owner of.
    LastOwnerOf { group_ids: Vec<i64> },
}

impl FactBody {
    fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Standing { roles: held, needed } => Self::Standing { roles: held.map(roles), needed: roles(*needed) },
            Fact::Since(at) => Self::Since { at: iso(*at) },
            Fact::Until(at) => Self::Until { at: iso(*at) },
            Fact::Count { count, max } => Self::Count { count: *count, max: *max },
            Fact::Longest(lifetime) => Self::Longest { seconds: lifetime.as_secs() },
            Fact::LastOwnerOf(groups) => {
                Self::LastOwnerOf { group_ids: groups.iter().copied().map(GroupId::get).collect() }
            }
        }
    }
}

/// Who could make the answer another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Remedy)]
#[serde(tag = "who", rename_all = "snake_case")]
enum RemedyBody {
    /// The caller, by asking for something else.
    Asker,
    /// Members of the group with one of these roles.
    Roles { roles: Vec<RoleWord> },
    /// The person who was invited, or who asked.
    Person,
    /// The operator of the installation.
    Operator,
    /// Nobody, but it passes.
    Time,
    /// Nobody.
    Nobody,
}

impl RemedyBody {
    fn of(remedy: Remedy) -> Self {
        match remedy {
            Remedy::Asker => Self::Asker,
            Remedy::Roles(holders) => Self::Roles { roles: roles(holders) },
            Remedy::Person => Self::Person,
            Remedy::Operator => Self::Operator,
            Remedy::Time => Self::Time,
            Remedy::Nobody => Self::Nobody,
        }
    }
}
