"""What a bot does with the Python package `rocketchat_API`: it manages a group from its making to its end.

Usage: python rocketchat.py URL, where nobody has an account yet and anybody may register.
"""

import sys

from rocketchat_API.APIExceptions.RocketExceptions import RocketApiException, RocketAuthenticationException
from rocketchat_API.rocketchat import RocketChat

[url] = sys.argv[1:]


def refused(error_type, call, *args, **kwargs):
    """The call is refused with this `errorType`."""
    try:
        answer = call(*args, **kwargs)
    except RocketApiException as error:
        assert error.error_type == error_type, (error.error_type, error.error)
    else:
        raise AssertionError(f"{answer} instead of {error_type}")


# The first who registers looks after the server.
nobody = RocketChat(server_url=url)
nobody.users_register(email="boss@example.org", name="Boss", password="correct horse", username="boss")
boss = RocketChat("boss", "correct horse", server_url=url)
assert "info" in boss.info(), boss.info()
assert boss.info()["version"].split(".")[0] == "8"
assert boss.me()["roles"] == ["user", "admin"], boss.me()
try:
    RocketChat("boss", "wrong", server_url=url)
    raise AssertionError("a wrong password logs in")
except RocketAuthenticationException:
    pass

people = {
    name: boss.users_create(f"{name}@example.org", name.title(), "correct horse", name)["user"]
    for name in ["amina", "bilal", "carla"]
}
assert people["amina"]["active"] and people["amina"]["roles"] == ["user"], people["amina"]
assert len(list(boss.users_list())) == 4
assert boss.users_info(username="bilal")["user"]["_id"] == people["bilal"]["_id"]
refused(None, boss.users_info, username="nobody")
amina = RocketChat("amina@example.org", "correct horse", server_url=url)
bilal = RocketChat("bilal", "correct horse", server_url=url)

group = amina.groups_create("team-a", members=["bilal"], readOnly=True)["group"]
rid = group["_id"]
assert (group["name"], group["t"], group["usersCount"], group["msgs"], group["ro"]) == ("team-a", "p", 2, 0, True), group
refused("error-duplicate-channel-name", amina.groups_create, "team-a")

carla = people["carla"]["_id"]
invited = amina.groups_invite(rid, carla)["group"]
assert (invited["_id"], invited["usersCount"], invited["msgs"]) == (rid, 3, 1), invited
refused("error-not-allowed", bilal.groups_invite, rid, people["carla"]["_id"])

by_id = [member["username"] for member in amina.groups_members(room_id=rid)]
by_name = [member["username"] for member in amina.groups_members(group="team-a")]
assert by_id == by_name == ["amina", "bilal", "carla"], by_id

amina.groups_add_moderator(rid, people["bilal"]["_id"])
assert [one["_id"] for one in amina.groups_moderators(room_id=rid)["moderators"]] == [people["bilal"]["_id"]]
amina.groups_add_leader = lambda rid, user: amina.call_api_post("groups.addLeader", roomId=rid, userId=user)
amina.groups_add_leader(rid, carla)
roles = {one["u"]["username"]: one["roles"] for one in amina.call_api_get("groups.roles", roomId=rid)["roles"]}
assert roles == {"amina": ["owner"], "bilal": ["moderator"], "carla": ["leader"]}, roles
amina.groups_add_owner(rid, people["bilal"]["_id"])
amina.groups_remove_owner(rid, people["bilal"]["_id"])
amina.groups_remove_moderator(rid, people["bilal"]["_id"])
refused("error-remove-last-owner", amina.groups_remove_owner, rid, people["amina"]["_id"])
refused("error-you-are-last-owner", amina.groups_leave, rid)

amina.groups_set_topic(rid, "what it is about")
amina.groups_set_description(rid, "described")
amina.groups_set_announcement(rid, "announced")
assert amina.groups_set_read_only(rid, False)["group"]["ro"] is False
fields = {"key": "value", "nested": {"list": [1, 2]}}
assert amina.groups_set_custom_fields(custom_fields=fields, room_id=rid)["group"]["customFields"] == fields
assert amina.groups_rename(rid, "team-b")["group"]["name"] == "team-b"
shown = amina.groups_info(room_name="team-b")["group"]
assert (shown["topic"], shown["description"], shown["announcement"]) == ("what it is about", "described", "announced")

amina.groups_close(rid)
amina.groups_open(rid)
amina.groups_archive(rid)
refused("error-room-archived", lambda: list(amina.groups_members(room_id=rid)))
refused("error-not-authorized", amina.groups_unarchive, rid)
amina.groups_invite(rid, boss.me()["_id"])
boss.groups_unarchive(rid)
assert amina.call_api_get("groups.online", _id=rid)["online"] == []

invite = amina.find_or_create_invite(rid, 7, 5)
assert (invite["days"], invite["maxUses"], invite["rid"], invite["uses"]) == (7, 5, rid, 0), invite
assert amina.find_or_create_invite(rid, 7, 5)["_id"] == invite["_id"]
assert nobody.validate_invite_token(invite["_id"])["valid"] is True
amina.groups_kick(rid, carla)
carla = RocketChat("carla", "correct horse", server_url=url)
assert [one["name"] for one in carla.groups_list()] == []
assert carla.use_invite_token(invite["_id"])["room"]["rid"] == rid
assert [one["name"] for one in carla.groups_list()] == ["team-b"]
assert [one["_id"] for one in boss.list_invites()] == [invite["_id"]]
assert boss.remove_invite(invite["_id"]) is True
assert boss.list_invites() == []
refused("error-invalid-token", carla.use_invite_token, invite["_id"])

boss.send_invitation_email(["dina@example.org", "no address"])
# This refusal alone has no type.
refused(None, carla.send_invitation_email, ["dina@example.org"])

carla.groups_leave(rid)
assert {one["name"] for one in boss.groups_list_all()} == {"team-b"}
counters = amina.call_api_get("groups.counters", roomId=rid)
assert (counters["joined"], counters["members"]) == (True, 3), counters

assert boss.users_update(people["carla"]["_id"], name="Clara", nickname="C")["user"]["name"] == "Clara"
boss.users_set_active_status(people["carla"]["_id"], False)
try:
    carla.me()
    raise AssertionError("who is switched off is still logged in")
except RocketApiException as error:
    assert "You must be logged in" in error.error, error.error
boss.users_set_active_status(people["carla"]["_id"], True)
boss.users_delete(people["carla"]["_id"])
assert len(list(boss.users_list())) == 3

amina.groups_set_type(rid, "c")
refused("error-room-not-found", amina.groups_set_type, rid, "p")
other = amina.groups_create("team-a")["group"]["_id"]
amina.groups_delete(room_id=other)
amina.groups_create("team-a")
amina.groups_delete(group="team-a")
amina.logout()
