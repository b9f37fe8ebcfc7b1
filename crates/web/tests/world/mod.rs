//! An invitation in a guestlist of its own, and what can happen to it.

use guestlist_core::command::{Admission, Expiry, GroupPatch, Invite, TakeMail, Target, UpdateGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{InvitationId, UserId};
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::{Email, Note};
use guestlist_core::ports::Clock as _;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Group, Person, Reply, TestApp};

/// What somebody fills in who has no account.
pub(crate) const ENROL: &str = "name=Bilal+Al+Jadid&password=a+long+secret";

/// A group, its owner, and somebody whom the owner has invited by mail.
pub(crate) struct World {
    pub(crate) app: TestApp,
    pub(crate) owner: Person,
    pub(crate) group: Group,
    pub(crate) invitation: InvitationId,
    pub(crate) secret: String,
}

impl World {
    /// With an invitation to `address` that was mailed.
    pub(crate) async fn with(address: &str) -> Self {
        let app = TestApp::new().await;
        let owner = app.person("amina").await;
        let group = app.group("night-circle", &owner).await;
        Self::invited(app, owner, group, UserRef::Email(Email::parse(address).unwrap())).await
    }

    pub(crate) async fn invited(app: TestApp, owner: Person, group: Group, who: UserRef) -> Self {
        let invitation = InvitationId::generate(app.clock.now(), &guestlist_testing::SeededEntropy::new(9));
        let ask = Invite {
            by: owner.user.id,
            group: GroupRef::Id(group.group.id),
            targets: vec![Target { who, invitation }],
            roles: RoleSet::of(&[Role::Moderator]),
            admission: Admission::OnAcceptance(Expiry::Usual),
            batch: None,
            language: None,
            note: Note::parse("Come on Friday!\n<b>Really</b>").ok(),
        };
        app.store().submit(ask).await.unwrap();
        let mut world = Self { app, owner, group, invitation, secret: String::new() };
        world.secret = world.mailed(1).await;
        world
    }

    /// Takes what mail there is to send, with a secret for each.
    pub(crate) async fn mailed(&self, n: u8) -> String {
        self.app.clock.advance_millis(1);
        let secret = format!("gli_{}", char::from(b'a' + n).to_string().repeat(43));
        let hash = PlainToken::presented(&secret).unwrap().invitation_hash();
        let taken = self.app.store().submit(TakeMail { due_by: self.app.clock.now(), secrets: vec![hash] }).await;
        assert_eq!(taken.unwrap().letters.len(), 1);
        secret
    }

    pub(crate) fn path(&self, action: &str) -> String {
        format!("/invitations/{}{action}", self.secret)
    }

    pub(crate) async fn get(&self, language: &str) -> Reply {
        self.app.request("GET", &format!("{}?lang={language}", self.path(""))).send().await
    }

    pub(crate) async fn post(&self, action: &str, form: &str) -> Reply {
        let request = self.app.request("POST", &format!("{}?lang=en", self.path(action)));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.header("sec-fetch-site", "same-origin").body(form.to_owned()).send().await
    }

    pub(crate) async fn state(&self) -> InvitationState {
        let view = self.app.store().read().invitation(InvitationRef::Id(self.invitation)).await.unwrap();
        view.unwrap().invitation.state
    }

    pub(crate) async fn is_member(&self, user: UserId) -> bool {
        let group = GroupRef::Id(self.group.group.id);
        self.app.store().read().group(group, Some(user)).await.unwrap().unwrap().membership.is_some()
    }

    pub(crate) async fn change(&self, patch: GroupPatch) {
        let ask = UpdateGroup { by: self.owner.user.id, group: GroupRef::Id(self.group.group.id), patch };
        self.app.store().submit(ask).await.unwrap();
    }

    pub(crate) async fn title(&self) -> String {
        let page = self.get("en").await.text;
        let title = page.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned();
        title.replace(['\u{2068}', '\u{2069}'], "")
    }
}
