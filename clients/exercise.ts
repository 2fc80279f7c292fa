// Uses the TypeScript client as a program would: node build/js/exercise.js http://localhost:8000
import assert from "node:assert/strict";

import { createClient } from "./build/typescript/client/index.js";
import { createUser, listPosts, login, readOwnUser, readPost, searchDocuments } from "./build/typescript/sdk.gen.js";

const baseUrl = process.argv[2];
const client = createClient({ baseUrl });
const username = `ts-${process.pid}`;
const password = "correct horse battery staple";

const made = await createUser({ client, body: { username, password } });
assert.equal(made.data?.username, username);

const taken = await createUser({ client, body: { username, password } });
assert.equal(taken.error?.error_code, "USERNAME_TAKEN");

const tokens = await login({ client, body: { username, password } });
assert.ok(tokens.data);
const { access_token } = tokens.data;
const signedIn = createClient({ baseUrl, auth: () => access_token });
const me = await readOwnUser({ client: signedIn });
assert.equal(me.data?.username, username);

const found = await searchDocuments({ client, body: { query: "pencurian", items_per_page: 2 } });
assert.equal(found.data?.items_per_page, 2);

const page = await listPosts({ client, query: { page: 1, items_per_page: 5 } });
assert.equal(page.data?.page, 1);
assert.deepEqual(page.data?.data, []);

const missing = await readPost({ client, path: { post_id: "01900000-0000-7000-8000-000000000000" } });
assert.equal(missing.error?.error_code, "NOT_FOUND");
console.log("TypeScript: signed up, signed in, searched, read a page, understood errors.");
