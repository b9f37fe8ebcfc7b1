"""What a guest does with the client that `openapi-python-client` makes of the native API's document.

Usage: python client.py URL TOKEN, where two invitations wait for the token's user.
"""

import sys

from native import AuthenticatedClient
from native.api.invitations import accept_invitation, decline_invitation, list_my_invitations
from native.api.members import list_members
from native.models import InvitationState, Problem, Role, Standing

url, token = sys.argv[1:]
guest = AuthenticatedClient(base_url=url, token=token)

waiting = list_my_invitations.sync(client=guest, limit=1)
assert waiting.next_cursor, "there is a second page"
[first] = waiting.data
rest = list_my_invitations.sync(client=guest, cursor=waiting.next_cursor)
[second] = rest.data
assert rest.next_cursor is None
assert first.state == second.state == InvitationState.PENDING
assert first.expires_at > first.created_at

accepted = accept_invitation.sync(first.id, client=guest)
assert (accepted.standing, accepted.group_id) == (Standing.JOINED, first.group.id), accepted
declined = decline_invitation.sync(second.id, client=guest)
assert declined.state == InvitationState.DECLINED, declined

members = list_members.sync(first.group.slug, client=guest)
assert [member.user.username for member in members.data] == ["owner", "guest"], members
assert members.data[0].roles == [Role.OWNER]

missing = list_members.sync_detailed("no-such-group", client=guest)
assert missing.status_code == 404
assert isinstance(missing.parsed, Problem) and missing.parsed.code == "group_not_found", missing

refused = list_my_invitations.sync(client=AuthenticatedClient(base_url=url, token="wrong"))
assert refused.code == "token_invalid", refused
