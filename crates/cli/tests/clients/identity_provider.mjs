// An OpenID provider, the npm package `oidc-provider`, for tests: anybody signs in under any name, with any password.
//
// Usage: node identity_provider.mjs MODULES ISSUER KEYS, where KEYS are the names of the keys to have, separated by
// commas, the one that signs first. Keys are kept in the working folder. Prints the port that it listens on.

import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [modules, issuer, keys] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${modules}/node_modules/oidc-provider/lib/index.js`));

function key(kid) {
  const file = `key-${kid}.json`;
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

const scopes = ['openid', 'offline_access', 'email', 'room', 'room.read', 'user', 'group.update'];
const app = (client_id) => ({
  client_id,
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
});
const provider = new Provider(issuer, {
  clients: [
    app('app'),
    app('other'),
    {
      client_id: 'backend',
      client_secret: 'backend-secret',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  jwks: { keys: keys.split(',').map(key) },
  cookies: { keys: ['of a test'] },
  pkce: { required: () => true },
  scopes,
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.org`, email_verified: true }),
  }),
  extraTokenClaims: (_, { accountId }) =>
    accountId && { name: `${accountId} of Medina`, email: `${accountId}@example.org`, email_verified: true },
  issueRefreshToken: async (_, client, code) =>
    client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    // Access tokens for a resource are signed ones.
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:guestlist',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: scopes.join(' '),
        audience: 'guestlist',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
