// What an app does with the official SDK of Quran Foundation, the npm package `@quranjs/api`, unmodified, and with tokens of
// its own identity provider: one user makes a group and invites, others answer.
//
// Usage: node quran_sdk.mjs MODULES URL ISSUER MAILS, where MAILS is the folder in which mail arrives.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { application, refresh, signIn } from './sign_in.mjs';

const [modules, url, issuer, mails] = process.argv.slice(2);
const sdk = `${modules}/node_modules/@quranjs/api/dist/public.min.mjs`;
const { createPublicClient } = await import(pathToFileURL(sdk));

const SCOPES = 'openid offline_access email room user';

/// The rooms and users of the SDK, for somebody who has these tokens.
function client(tokens) {
  const config = {
    clientId: 'app',
    clientType: 'public',
    services: { gatewayUrl: url },
    userSession: { accessToken: tokens.access_token },
  };
  return createPublicClient(config).quranReflect.v1;
}

const everybody = {};
for (const name of ['amina', 'bilal', 'carim']) {
  const tokens = await signIn(issuer, 'app', name, SCOPES);
  everybody[name] = { tokens, ...client(tokens) };
}
const { amina, bilal, carim } = everybody;

/// Fails with `status`.
async function refused(promise, status, details) {
  const error = await promise.then(
    (answer) => assert.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.equal(error.status, status, String(error));
  if (details) assert.ok(JSON.stringify(error).includes(details) || String(error).includes(details), details);
}

/// The token of the invitation that is mailed to `address`.
async function mailed(address) {
  for (let look = 0; look < 3000; look += 1) {
    for (const file of readdirSync(mails).filter((file) => file.endsWith('.eml'))) {
      const mail = readFileSync(`${mails}/${file}`, 'utf8').replace(/=\r?\n/g, '').replace(/=3D/g, '=');
      const link = mail.match(/\/invitations\/([\w-]+)/);
      const to = mail.match(/^To: .*$/m)?.[0] ?? '';
      if (to.includes(address) && link) return link[1];
    }
    await sleep(10);
  }
  return assert.fail(`no mail came to ${address}`);
}

// Whoever comes with a token is known from then on.
assert.deepEqual(await bilal.users.myRooms(), { total: 0, currentPage: 1, limit: 10, pages: 0, data: [] });

// A group of amina's.
const made = await amina.rooms.groups({ body: { name: 'Al-Kahf', url: 'al-kahf', description: 'every Friday' } });
const id = made.data.id;
assert.deepEqual([made.success, made.data.isOwner, made.data.ownerId, made.data.membersCount], [true, true, 'amina', 1]);
await refused(bilal.rooms.groups({ body: { name: 'Mine', url: 'AL-KAHF' } }), 400);
const changed = await amina.rooms.groupsRoomsControllerUpdateGroup({ body: { id, name: 'Al-Kahf circle', country: 'Malaysia' } });
assert.deepEqual([changed.success, changed.room.name, changed.room.country], [true, 'Al-Kahf circle', 'Malaysia']);

// bilal is invited by subject, dina by the address that she will have.
const body = { userIds: ['bilal', 'nobody'], emails: ['dina@example.org', 'first-last@example.org'] };
const invited = await amina.rooms.invite({ path: { id }, body, preserveResponseKeys: true });
assert.deepEqual(invited, {
  invited: true,
  inviteStatus: { bilal: true, nobody: 'user_not_found', 'dina@example.org': true, 'first-last@example.org': true },
});
await refused(bilal.rooms.invite({ path: { id }, body }), 403);

// bilal, whose address the provider vouches for, accepts by the token in his mail, and it is good for nobody else.
const token = await mailed('bilal@example.org');
await refused(carim.rooms.acceptInvite({ path: { id }, query: { token } }), 400);
for (const _ of [1, 2]) {
  assert.deepEqual(await bilal.rooms.acceptInvite({ path: { id }, query: { token } }), { accepted: true });
}
await refused(bilal.rooms.rejectInvite({ path: { id }, query: { token } }), 400);

// dina signs in for the first time, and the invitation to her address is hers.
const dina = client(await signIn(issuer, 'app', 'dina', SCOPES));
const seen = await dina.rooms.roomsControllerGetRoomProfile({ path: { url: 'al-kahf' } });
assert.deepEqual([seen.id, seen.isMember, seen.privateToken], [id, false, undefined]);
assert.deepEqual(await dina.rooms.join({ path: { groupId: id } }), { joined: true });

// Somebody turns it down by the mail, having another address altogether.
const other = await mailed('first-last@example.org');
assert.deepEqual(await carim.rooms.rejectInvite({ path: { id }, query: { token: other } }), { rejected: true });

// bilal runs the group along with amina.
const access = (admin) => amina.rooms.adminsAccess({ body: { roomId: id, userId: 'bilal', admin } });
assert.deepEqual(await access(true), { success: true });
const managed = await bilal.rooms.managedRooms({ query: { sortBy: 'LATEST_ACTIVITY' } });
assert.deepEqual([managed.total, managed.data[0].isAdmin, managed.data[0].isOwner], [1, true, false]);
const members = await dina.rooms.members({ path: { id }, query: { limit: 2, page: 1 } });
assert.deepEqual([members.total, members.pages, members.data.map((member) => member.id)], [3, 2, ['amina', 'bilal']]);
assert.deepEqual([members.data[0].firstName, members.data[0].lastName], ['amina', 'of Medina']);

// carim comes in by the private token, which only those who run the group know.
await refused(carim.rooms.get({ path: { id } }), 404);
const { privateToken } = await bilal.rooms.get({ path: { id } });
const way = { path: { url: 'al-kahf', token: privateToken } };
for (const isNewMember of [true, false]) {
  const came = await carim.rooms.roomsControllerAcceptByPrivateToken(way);
  assert.deepEqual(came, { roomId: id, success: true, isNewMember });
}
assert.equal((await carim.rooms.joinedRooms()).total, 1);
assert.deepEqual(await carim.rooms.leave({ path: { groupId: id } }), { left: true });
await refused(carim.rooms.join({ path: { groupId: id } }), 403);
assert.deepEqual(await bilal.rooms.roomsControllerRemoveMember({ path: { id, userId: 'dina' } }), { success: true });
await refused(amina.rooms.leave({ path: { groupId: id } }), 403);

// Public rooms and people are found.
await amina.rooms.groupsRoomsControllerUpdateGroup({ body: { id, public: true } });
const found = await carim.rooms.search({ query: { query: 'FRIDAY', roomType: 'GROUP' } });
assert.deepEqual([found.total, found.data[0].url], [1, 'al-kahf']);
const people = await carim.users.search({ query: { roomId: id } });
assert.deepEqual(people.data.map((person) => [person.id, person.isMember]), [
  ['amina', true], ['bilal', true], ['carim', false], ['dina', false],
]);
await refused(carim.rooms.roomsControllerGetRoomProfile2({ path: { subdomain: 'al-kahf' } }), 404);
await refused(carim.rooms.roomsControllerAcceptByPrivateToken2({ path: { subdomain: 'al-kahf', token: 'x' } }), 400);

// The older generations know all of it, by the same tokens.
const ask = async (path, headers, body) => {
  const answer = await fetch(`${url}${path}`, { method: body ? 'PUT' : 'GET', headers, body: body && JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
};
const legacy = await ask(`/v1/groups/${id}/inviteUser`, { o_t_h: amina.tokens.access_token }, { email: 'carim@example.org' });
assert.deepEqual(legacy.body.data, { message: 'User has been invited successfully.' });
await carim.rooms.acceptInvite({ path: { id }, query: { token: await mailed('carim@example.org') } });
const gateway = (tokens, client = 'app') => ({ 'x-auth-token': tokens, 'x-client-id': client });
const listed = await ask('/auth/v1/groups/', gateway(carim.tokens.access_token));
assert.deepEqual(listed.body.data.groups.map((room) => [room.id, room.membersCount]), [[id, 3]]);

// What is no access token of this client, or none for this, is refused by what is wrong with it.
const rooms = (path, token, client) => ask(`/quran-reflect/v1/${path}`, gateway(token, client));
for (const bad of [amina.tokens.id_token, amina.tokens.refresh_token, `${amina.tokens.access_token}x`]) {
  assert.deepEqual((await rooms('rooms/joined-rooms', bad)).body.type, 'unauthorized');
}
const others = await signIn(issuer, 'other', 'amina', SCOPES);
assert.equal((await rooms('rooms/joined-rooms', others.access_token)).body.type, 'forbidden');
assert.equal((await rooms('rooms/joined-rooms', others.access_token, 'other')).status, 200);
const little = await signIn(issuer, 'app', 'amina', 'openid room.read');
assert.equal((await rooms('rooms/joined-rooms', little.access_token)).status, 200);
assert.equal((await rooms('users/my-rooms', little.access_token)).body.type, 'insufficient_scope');
const backend = await application(issuer, 'backend', 'backend-secret', 'room user');
assert.equal((await rooms('rooms/search', backend.access_token, 'backend')).body.total, 1);
assert.equal((await rooms('rooms/joined-rooms', backend.access_token, 'backend')).status, 401);
const renewed = await refresh(issuer, 'app', amina.tokens.refresh_token);
assert.notEqual(renewed.access_token, amina.tokens.access_token);
assert.equal((await rooms('rooms/joined-rooms', renewed.access_token)).status, 200);
