// What a page does with the npm package `@rocket.chat/api-client`: its user makes a group, brings people in and comes in
// by a link.
//
// Usage: node rocketchat_api_client.cjs MODULES URL, where anybody may register.

const assert = require('node:assert/strict');
const { createRequire } = require('node:module');

const [modules, url] = process.argv.slice(2);
const { RestClient } = createRequire(`${modules}/`)('@rocket.chat/api-client');

async function newcomer(username) {
  const client = new RestClient({ baseUrl: url });
  await client.post('/v1/users.register', {
    username,
    email: `${username}@example.org`,
    pass: 'correct horse',
    name: username,
  });
  const { data } = await client.post('/v1/login', { username, password: 'correct horse' });
  client.setCredentials({ 'X-User-Id': data.userId, 'X-Auth-Token': data.authToken });
  return client;
}

async function main() {
  const amina = await newcomer('amina');
  const bilal = await newcomer('bilal');
  const me = await bilal.get('/v1/me');
  assert.equal(me.username, 'bilal');

  const { group } = await amina.post('/v1/groups.create', { name: 'circle', members: [], extraData: { topic: 'verse 10' } });
  assert.equal(group.topic, 'verse 10');
  const invited = await amina.post('/v1/groups.invite', { roomId: group._id, userIds: [me._id] });
  assert.deepEqual([invited.group.usersCount, invited.group.usernames], [2, ['amina', 'bilal']]);

  const page = await bilal.get('/v1/groups.members', { roomId: group._id, count: 1, status: ['offline', 'away'] });
  assert.deepEqual([page.members.length, page.count, page.total], [1, 1, 2]);
  await amina.post('/v1/groups.addModerator', { roomId: group._id, userId: me._id });
  await bilal.post('/v1/groups.rename', { roomId: group._id, name: 'ring' });
  const { groups } = await bilal.get('/v1/groups.list', { sort: '{"name":1}' });
  assert.deepEqual(groups.map((one) => one.name), ['ring']);
  await amina.post('/v1/groups.kick', { roomName: 'ring', username: 'bilal' });

  const link = await amina.post('/v1/findOrCreateInvite', { rid: group._id, days: 0, maxUses: 0 });
  assert.equal(link.expires, null);
  const { room } = await bilal.post('/v1/useInviteToken', { token: link._id });
  assert.equal(room.name, 'ring');

  // A refusal is thrown with what the server said.
  const refused = await bilal.post('/v1/groups.delete', { roomId: group._id }).then(
    () => assert.fail('a member deletes the group'),
    (answer) => answer.json(),
  );
  assert.equal(refused.errorType, 'error-not-allowed');
  const { token } = await amina.post('/v1/users.generatePersonalAccessToken', { tokenName: 'bot' });
  amina.setCredentials({ 'X-User-Id': (await amina.get('/v1/me'))._id, 'X-Auth-Token': token });
  assert.deepEqual(await amina.post('/v1/groups.delete', { roomId: group._id }), { success: true });
  await bilal.post('/v1/logout', {});
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
