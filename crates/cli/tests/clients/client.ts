// What a guest does with the client that `openapi-typescript` and `openapi-fetch` make of the native API's document.
// Usage: node client.js URL TOKEN, where two invitations wait for the token's user.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./native.js";

const [url, token] = process.argv.slice(2);
const guest = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

const waiting = await guest.GET("/guestlist/v1/invitations", { params: { query: { limit: 1 } } });
assert.ok(waiting.data?.next_cursor, "there is a second page");
const [first] = waiting.data.data;
const rest = await guest.GET("/guestlist/v1/invitations", { params: { query: { cursor: waiting.data.next_cursor } } });
assert.ok(rest.data);
const [second] = rest.data.data;
assert.equal(rest.data.next_cursor, null);
assert.deepEqual([first.state, second.state], ["pending", "pending"]);

const invitation = (id: string) => ({ params: { path: { invitation: id } } });
const accepted = await guest.POST("/guestlist/v1/invitations/{invitation}/accept", invitation(first.id));
assert.equal(accepted.data?.standing, "joined");
assert.ok(first.group, "what is looked at comes with its group");
assert.equal(accepted.data.group_id, first.group.id);
const declined = await guest.POST("/guestlist/v1/invitations/{invitation}/decline", invitation(second.id));
assert.equal(declined.data?.state, "declined");

const group = (name: string) => ({ params: { path: { group: name } } });
const members = await guest.GET("/guestlist/v1/groups/{group}/members", group(first.group.slug));
assert.deepEqual(members.data?.data.map((member) => member.user?.username), ["owner", "guest"]);
assert.deepEqual(members.data.data[0].roles, ["owner"]);

const missing = await guest.GET("/guestlist/v1/groups/{group}/members", group("no-such-group"));
assert.equal(missing.response.status, 404);
assert.equal(missing.error?.code, "group_not_found");

const stranger = createClient<paths>({ baseUrl: url });
const refused = await stranger.GET("/guestlist/v1/invitations");
assert.equal(refused.error?.code, "token_missing");
