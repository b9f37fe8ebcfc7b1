//! Who has which permission, as operators write it: Rocket.Chat's names of permissions and of roles.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use guestlist_core::global_role::GlobalRole;
use guestlist_core::member::Role;
use guestlist_core::permission::{Holders, Permission, Permissions};

/// One permission and who has it: `create-p=admin,bot`. Nobody, if there is nothing behind the sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grant {
    what: Permission,
    holders: Holders,
}

impl Grant {
    fn new<'n>(name: &str, roles: impl IntoIterator<Item = &'n str>) -> anyhow::Result<Self> {
        let what = Permission::parse(name).ok_or_else(|| {
            let known: Vec<_> = Permission::ALL.into_iter().map(Permission::name).collect();
            anyhow!("there is no permission {name:?}; those that there are: {}", known.join(", "))
        })?;
        let holders = Holders::parse(roles).map_err(|role| {
            let everywhere = GlobalRole::ALL.into_iter().map(GlobalRole::as_str);
            let known: Vec<_> = everywhere.chain(Role::ALL.into_iter().map(Role::as_str)).collect();
            anyhow!("there is no role {role:?} to have {name}; those that there are: {}", known.join(", "))
        })?;
        Ok(Self { what, holders })
    }
}

impl FromStr for Grant {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let Some((name, roles)) = text.split_once('=') else {
            bail!("write a permission and who has it, such as create-p=admin,bot");
        };
        Self::new(name, roles.split(',').filter(|role| !role.is_empty()))
    }
}

/// The usual permissions with those that a file changes, and then those that were given beside it.
pub(crate) fn permissions(
    file: Option<&BTreeMap<String, Vec<String>>>,
    given: &[Grant],
) -> anyhow::Result<Permissions> {
    let mut permissions = Permissions::default();
    for (name, roles) in file.into_iter().flatten() {
        let Grant { what, holders } = Grant::new(name, roles.iter().map(String::as_str))?;
        permissions.set(what, holders);
    }
    for Grant { what, holders } in given {
        permissions.set(*what, *holders);
    }
    Ok(permissions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_goes_over_the_file_and_the_file_over_what_is_usual() {
        let file = |name: &str, roles: &[&str]| {
            BTreeMap::from([(name.to_owned(), roles.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>())])
        };
        let holders = |permissions: Option<Permissions>, what| permissions.map(|all| all.holders(what));
        let guests = file("create-p", &["guest"]);
        let nobody: Vec<Grant> = "create-p=".parse().ok().into_iter().collect();
        let (usual, what) = (Permissions::default(), Permission::CreateGroup);
        let changed = permissions(Some(&guests), &[]).ok();
        assert_eq!(holders(changed, what), Holders::parse(["guest"]).ok());
        assert_eq!(holders(changed, Permission::Invite), Some(usual.holders(Permission::Invite)));
        assert_eq!(holders(permissions(Some(&guests), &nobody).ok(), what), Holders::parse([]).ok());
        let told = |wrong: anyhow::Result<Permissions>| wrong.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told(permissions(Some(&file("create-x", &[])), &[])).contains("create-p"));
        assert!(told(permissions(Some(&file("create-p", &["boss"])), &[])).contains("owner"));
        assert!("create-p".parse::<Grant>().is_err());
    }
}
