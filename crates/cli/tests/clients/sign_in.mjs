// Signing in at the provider of `identity_provider.mjs`, as an app and its user do: authorization code with PKCE, by HTTP.
//
// Usage: node sign_in.mjs ISSUER CLIENT USER SCOPES prints the access token.

import { createHash, randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const CALLBACK = 'http://127.0.0.1/callback';

/// What a browser does with cookies and redirects, until it is sent to the app.
async function visit(url, cookies, form) {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const body = form && new URLSearchParams(form);
  const answer = await fetch(url, { method: form ? 'POST' : 'GET', headers: { cookie }, body, redirect: 'manual' });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0].split('=');
    cookies.set(name, value);
  }
  const location = answer.headers.get('location');
  if (!location) return { url, page: await answer.text(), status: answer.status };
  const next = new URL(location, url).href;
  return next.startsWith(CALLBACK) ? { url: next } : visit(next, cookies);
}

async function token(issuer, form, authorization) {
  const headers = authorization ? { authorization } : {};
  const answer = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
  const tokens = await answer.json();
  if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(tokens)}`);
  return tokens;
}

/// All tokens of somebody who signs in.
export async function signIn(issuer, client, user, scope) {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    prompt: 'consent',
  });
  const cookies = new Map();
  let at = await visit(`${issuer}/auth?${query}`, cookies);
  for (const form of [{ prompt: 'login', login: user, password: 'any' }, { prompt: 'consent' }]) {
    if (!at.page) break;
    at = await visit(at.url, cookies, form);
  }
  const code = new URL(at.url).searchParams.get('code');
  if (!code) throw new Error(`no code: ${at.status} ${at.url} ${at.page ?? ''}`);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, client_id: client };
  return token(issuer, { ...form, code_verifier: verifier });
}

/// A new access token for a refresh token.
export function refresh(issuer, client, refreshToken) {
  return token(issuer, { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: client });
}

/// A token of an application that signs in by itself.
export function application(issuer, client, secret, scope) {
  const authorization = `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;
  return token(issuer, { grant_type: 'client_credentials', scope }, authorization);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [issuer, client, user, scope] = process.argv.slice(2);
  console.log((await signIn(issuer, client, user, scope)).access_token);
}
