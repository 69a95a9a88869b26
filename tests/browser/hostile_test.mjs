// Requests that no page of ours makes: what each would do, and what it is answered. Told as a table.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { Centre, password, until } from "./centre.mjs";

let centre;
const rows = [];

before(async () => {
  centre = await Centre.start("ref,given,family\nK-1,Ada,Lovelace\n");
});
after(async () => {
  await centre?.stop();
  const widest = Math.max(...rows.map(([what]) => what.length));
  for (const [what, answer] of rows) console.log(`${what.padEnd(widest)}  ${answer}`);
});

function ask(method, path, { headers = {}, body } = {}) {
  return new Promise((done, failed) => {
    const own = { Host: `localhost:${centre.port}`, "X-Holdline": "console", ...headers };
    for (const name of Object.keys(own)) if (own[name] === null) delete own[name];
    const asked = request({ host: "127.0.0.1", port: centre.port, method, path, headers: own, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (part) => (text += part));
      answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, text }));
    });
    asked.on("error", failed);
    asked.end(typeof body === "string" ? body : body && JSON.stringify(body));
  });
}
const codeOf = (text) => (/"code":"([a-z-]+)"/.exec(text) ?? [])[1] ?? "";

async function refused(what, status, code, ...asked) {
  const answer = await ask(...asked);
  rows.push([what, `${answer.status} ${codeOf(answer.text)}`]);
  assert.deepEqual([answer.status, codeOf(answer.text)], [status, code], what);
  assert.equal(answer.headers["access-control-allow-origin"], undefined, what);
}
async function signIn(person) {
  const answer = await until(`a sign-in of ${person}`, async () => {
    const tried = await ask("POST", "/api/v1/login", { body: { person, password, take_over: true } });
    return tried.status === 200 && tried;
  });
  const cookie = answer.headers["set-cookie"][0].split(";")[0];
  return { Cookie: cookie, "X-Holdline-Key": JSON.parse(answer.text).page_key };
}
const entry = { fields: { kind: "note", note: "not from the page" } };
const saved = (headers, more = {}) => ["POST", "/api/v1/entries", { headers: { ...headers, "Idempotency-Key": randomUUID(), ...more }, body: entry }];

test("another page gets nothing, whatever session the browser has", async () => {
  const session = await signIn("ada");
  const as = (more) => ["GET", "/api/v1/outbox", { headers: { ...session, ...more } }];
  const foreign = "not-from-here";
  await refused("a name of somebody else for 127.0.0.1 (rebinding)", 403, foreign, ...as({ Host: `evil.example:${centre.port}` }));
  await refused("the same, for the page itself", 403, foreign, "GET", "/", { headers: { Host: `evil.example:${centre.port}` } });
  await refused("another port in Host", 403, foreign, ...as({ Host: "localhost:1" }));
  await refused("no port in Host", 403, foreign, ...as({ Host: "localhost" }));
  await refused("Origin of another site", 403, foreign, ...as({ Origin: "https://evil.example" }));
  await refused("Origin of another port of this computer", 403, foreign, ...as({ Origin: "http://localhost:1" }));
  await refused("Origin null (a sandboxed frame, a file)", 403, foreign, ...as({ Origin: "null" }));
  await refused("a picture or script of another site", 403, foreign, ...as({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" }));
  await refused("the page in a frame of another site", 403, foreign, "GET", "/", {
    headers: { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe" },
  });
  await refused("a form of another site that saves", 403, foreign, ...saved(session, { "X-Holdline": null, "Content-Type": "text/plain" }));
  await refused("the question whether another site may (CORS)", 403, foreign, "OPTIONS", "/api/v1/entries", {
    headers: { Origin: "https://evil.example", "Access-Control-Request-Method": "POST", "X-Holdline": null },
  });
});

test("half of a session is none", async () => {
  const session = await signIn("ada");
  const outbox = (headers) => ["GET", "/api/v1/outbox", { headers }];
  await refused("the cookie alone (another port of this computer has it)", 401, "not-signed-in", ...outbox({ Cookie: session.Cookie }));
  await refused("the page's half alone", 401, "not-signed-in", ...outbox({ "X-Holdline-Key": session["X-Holdline-Key"] }));
  const token = session.Cookie.split("=")[1] + session["X-Holdline-Key"];
  await refused("both halves as an Authorization header", 401, "not-signed-in", ...outbox({ Authorization: `Bearer ${token}` }));
  await refused("the cookie under another port's name", 401, "not-signed-in", ...outbox({ ...session, Cookie: `holdline-1=${session.Cookie.split("=")[1]}` }));
});

test("what one person typed is nobody else's", async () => {
  const ada = await signIn("ada");
  const drafts = await ask("GET", "/api/v1/drafts", { headers: ada });
  const { version } = JSON.parse(drafts.text);
  const kept = await ask("PUT", "/api/v1/drafts", { headers: ada, body: { text: "half a secret", version } });
  assert.equal(kept.status, 200, kept.text);
  const bob = await signIn("bob");
  const seen = await ask("GET", "/api/v1/drafts", { headers: bob });
  rows.push(["another person's draft", `${seen.status}, text ${JSON.stringify(JSON.parse(seen.text).text)}`]);
  assert.equal(JSON.parse(seen.text).text, "");
  await refused("a page that takes ada for signed in, saving as bob", 401, "another-person", ...saved(bob, { "X-Holdline-Person": "ada" }));
});

test("a session that is over, and what no browser may", async () => {
  const session = await signIn("ada");
  assert.equal((await ask("POST", "/api/v1/logout", { headers: session, body: {} })).status, 200);
  await refused("the session after signing out", 401, "not-signed-in", "GET", "/api/v1/outbox", { headers: session });
  await refused("saving with it", 401, "not-signed-in", ...saved(session));
  const other = await signIn("ada");
  await refused("enrolling the computer", 403, "not-allowed", "POST", "/api/v1/enroll", { headers: other, body: { code: "x" } });
  await refused("what is for root", 403, "not-allowed", "POST", "/api/v1/outbox/begin-anew", { headers: other, body: {} });
  await refused("a body above 256 KiB", 413, "too-large", "POST", "/api/v1/entries", { headers: other, body: "x".repeat(300_000) });
  await refused("a file beside the page", 404, "unknown-path", "GET", "/../etc/passwd");
  await centre.kill("desk");
  await centre.startDesk();
  await refused("the session after a restart of the daemon", 401, "not-signed-in", "GET", "/api/v1/outbox", { headers: other });
});
