// What an old bot does with the REST part of the npm package `@rocket.chat/sdk`.
//
// Usage: ROCKETCHAT_URL=URL node rocketchat_sdk.cjs MODULES, where anybody may register.

const assert = require('node:assert/strict');
const { createRequire } = require('node:module');

const [modules] = process.argv.slice(2);
const api = createRequire(`${modules}/`)('@rocket.chat/sdk/dist/lib/api');

async function main() {
  for (const username of ['amina', 'bilal']) {
    const [email, pass] = [`${username}@example.org`, 'correct horse'];
    await api.post('users.register', { username, email, pass, name: username }, false);
  }
  const login = await api.login({ username: 'amina', password: 'correct horse' });
  assert.equal(login.status, 'success');
  const [bilal] = await api.users.all().then((people) => people.filter((one) => one.username === 'bilal'));
  const { group } = await api.post('groups.create', { name: 'bots' });
  const invited = await api.post('groups.invite', { roomName: 'bots', usernames: ['bilal'] });
  assert.equal(invited.group.usersCount, 2);
  const info = await api.get('groups.info', { roomId: group._id });
  assert.equal(info.group.name, 'bots');
  const { members } = await api.get('groups.members', { roomName: 'bots' });
  assert.deepEqual(members.map((one) => one._id).includes(bilal._id), true);
  await api.post('groups.archive', { roomId: group._id });
  assert.deepEqual(await api.post('groups.delete', { roomId: group._id }), { success: true });
  await api.logout();
  assert.equal(api.loggedIn(), false);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
