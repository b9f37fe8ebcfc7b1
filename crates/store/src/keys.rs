//! What a batch looks up.

use std::collections::BTreeSet;

use guestlist_core::Needs;
use guestlist_core::credential::{ClientId, TokenRef};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::invitation::InvitationRef;
use guestlist_core::link::LinkRef;
use guestlist_core::names::Slug;
use guestlist_core::user::UserRef;
use uuid::Uuid;

/// What to look up, sorted by kind of key.
#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) user_ids: BTreeSet<i64>,
    pub(crate) user_uids: BTreeSet<String>,
    pub(crate) subjects: BTreeSet<String>,
    pub(crate) usernames: BTreeSet<String>,
    pub(crate) emails: BTreeSet<String>,
    pub(crate) group_ids: BTreeSet<i64>,
    pub(crate) group_uids: BTreeSet<String>,
    pub(crate) slugs: BTreeSet<String>,
    pub(crate) invitations: BTreeSet<Uuid>,
    pub(crate) invitation_tokens: BTreeSet<[u8; 32]>,
    pub(crate) mails: BTreeSet<Uuid>,
    pub(crate) dead_addresses: BTreeSet<String>,
    pub(crate) links: BTreeSet<Uuid>,
    pub(crate) link_hashes: BTreeSet<[u8; 32]>,
    pub(crate) batches: BTreeSet<Uuid>,
    pub(crate) days_of: BTreeSet<i64>,
    pub(crate) token_ids: BTreeSet<Uuid>,
    pub(crate) token_hashes: BTreeSet<[u8; 32]>,
    pub(crate) token_names: BTreeSet<(i64, String)>,
    pub(crate) clients: BTreeSet<String>,
}

impl Keys {
    /// The keys of all commands of a batch, each once.
    pub(crate) fn collect(needs: &[Needs]) -> Self {
        let mut keys = Self::default();
        for need in needs {
            for user in &need.users {
                match user {
                    UserRef::Id(id) => keys.user_ids.insert(id.get()),
                    UserRef::Uid(uid) => keys.user_uids.insert(uid.to_string()),
                    UserRef::Subject(subject) => keys.subjects.insert(subject.to_string()),
                    UserRef::Username(name) => keys.usernames.insert(name.key().to_string()),
                    UserRef::Email(email) => keys.emails.insert(email.key().to_string()),
                };
            }
            for group in &need.groups {
                match group {
                    GroupRef::Id(id) => keys.group_ids.insert(id.get()),
                    GroupRef::Uid(uid) => keys.group_uids.insert(uid.to_string()),
                    GroupRef::Slug(slug) => keys.slugs.insert(slug.to_string()),
                    GroupRef::UidOrSlug(text) => {
                        // What cannot be a name is the name of nothing, and not to be asked for.
                        keys.group_uids.extend(Uid::parse(text).map(|uid| uid.to_string()));
                        keys.slugs.insert(Slug::parse(text).map(|slug| slug.to_string()).unwrap_or_default())
                    }
                };
            }
            for token in &need.tokens {
                match token {
                    TokenRef::Id(id) => keys.token_ids.insert(id.as_uuid()),
                    TokenRef::Hash(hash) => keys.token_hashes.insert(hash.0),
                    TokenRef::Named(user, name) => keys.token_names.insert((user.get(), name.to_string())),
                };
            }
            for invitation in &need.invitations {
                match invitation {
                    InvitationRef::Id(id) => keys.invitations.insert(id.as_uuid()),
                    InvitationRef::Token(hash) => keys.invitation_tokens.insert(hash.0),
                };
            }
            for link in &need.links {
                match link {
                    LinkRef::Id(id) => keys.links.insert(id.as_uuid()),
                    LinkRef::Hash(hash) => keys.link_hashes.insert(hash.0),
                };
            }
            keys.mails.extend(need.mails.iter().map(|id| id.as_uuid()));
            keys.dead_addresses.extend(need.dead_addresses.iter().map(|key| key.to_string()));
            keys.batches.extend(need.batches.iter().map(|id| id.as_uuid()));
            keys.days_of.extend(need.days_of.iter().map(|id| id.get()));
            keys.clients.extend(need.clients.iter().map(ClientId::to_string));
        }
        keys
    }
}
