// The local API against its description: every operation is asked well and badly, at the socket and at the console, and
// every answer has to be one that the description tells of, to the last member. Answers that are described and never come
// are found as well.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { Centre, password, until } from "./centre.mjs";
import { Description } from "./description.mjs";

const description = new Description();
const place = mkdtempSync(join(tmpdir(), "holdline-api-"));
const socketPath = join(place, "desk.sock");
let centre, daemon;
const tokens = {};

// One exchange, judged.
async function exchange(to, method, path, { body, key, headers = {}, enough } = {}) {
  const content = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const request = ask({
    ...to,
    method,
    path: `/api/v1${path}`,
    headers: {
      ...to.headers,
      "Content-Length": Buffer.byteLength(content ?? ""),
      ...(key ? { "Idempotency-Key": key } : {}),
      ...headers,
    },
    agent: false,
  });
  request.end(content);
  const [response] = await once(request, "response");
  let text = "";
  for await (const part of response) {
    text += part;
    if (enough?.(text)) break; // of a stream
  }
  const answer = { status: response.statusCode, headers: response.headers, body: text };
  const sent = typeof body === "object" ? body : undefined;
  const faults = description.faults({ method, path: `/api/v1${path}`, sent, ...answer });
  assert.deepEqual(faults, [], `${method} ${path} answered ${text.slice(0, 500)}`);
  return enough ? answer : { ...answer, json: /json/.test(response.headers["content-type"]) ? JSON.parse(text) : null };
}
const at = (who) => ({ socketPath, headers: tokens[who] ? { Authorization: `Bearer ${tokens[who]}` } : {} });
const as = (who, method, path, more) => exchange(at(who), method, path, more);
const get = async (who, path) => (await as(who, "GET", path)).json;
// Saves something new, and answers what was saved.
async function save(who, method, path, body, status = method === "POST" ? 201 : 200) {
  const answer = await as(who, method, path, { body, key: randomUUID() });
  assert.equal(answer.status, status, answer.body);
  return answer.json;
}
async function refused(status, code, who, method, path, more) {
  const answer = await as(who, method, path, more);
  assert.deepEqual([answer.status, answer.json.code], [status, code], `${method} ${path}`);
}

async function startDaemon() {
  daemon = spawn(join(process.env.HOLDLINE_BIN, "holdlined"), ["--config", join(place, "desk.toml")], {
    stdio: "ignore",
  });
  const answers = () =>
    as("nobody", "GET", "/status").catch((error) => {
      if (!error.syscall) throw error;
    });
  await until("the daemon", answers);
}
async function killDaemon() {
  daemon.kill("SIGKILL");
  await once(daemon, "exit");
}
async function signIn(who) {
  const answer = await until(`a sign-in of ${who}`, async () => {
    const tried = await as("nobody", "POST", "/login", { body: { person: who, password } });
    return tried.status === 200 ? tried : null;
  });
  tokens[who] = answer.json.token;
}

// A path with something in each {part}, and a body that can be read.
const sheet = "K67-226-66R"; // of a form that nobody printed
const samples = { id: randomUUID(), lane: "2", number: "999999", collection: "complaint", pad: randomUUID(), sheet };
const sample = (path) => path.replace(/\{(\w+)\}/g, (_, name) => samples[name]);
const bodies = {
  EnrolmentCode: { code: "x" },
  SignIn: { person: "ada", password: "wrong" },
  KeepDrafts: { text: "", version: "99" },
  NewCustomer: { fields: { family: "Sample" } },
  NewRecord: { fields: { kind: "note", note: "sample" } },
  NewContact: { fields: {} },
  Edit: { changes: {} },
  Reason: { reason: "sample" },
  Merging: { into: randomUUID(), reason: "sample" },
  NewWish: { number: "+442079460018" },
  NewOutageReport: { fields: { what: "crm" } },
  NewPad: { form: "manual_entry" },
  SheetsGone: { numbers: [sheet], reason: "sample" },
  BackEntry: { fields: { kind: "note" }, event_time: "2026-01-01T08:00:00Z", form: "manual_entry", elsewhere: true },
  NewExport: { collection: "entries", purpose: "reporting", reason: "sample" },
  Correction: {},
  Discard: { reason: "sample" },
  Resolution: { choice: "current", reason: "sample" },
  NewIncident: { reason: "sample", scopes: ["acme/nowhere"] },
  Deciding: { reason: "sample" },
  Recovering: { reason: "sample" },
  Excepting: { reason: "sample", point: "desks-silent" },
  Expecting: { expected: "2030-01-01T00:00:00Z" },
  Linking: { reason: "sample", incident: "acdefhjk", other: "kjhfedca" },
  CodeWanted: {},
  CodeTyped: { code: "x" },
  OfAction: { action: "tell-people" },
  OfActionOrAll: {},
  RunBegin: {},
  TakeOver: { reason: "sample" },
  Nothing: {},
  NothingTold: {},
  ClaimNamed: { claim: 99 },
  OutcomeOfCall: { claim: 99, outcome: "resolved" },
  ReleaseWanted: {},
  ReleaseBegun: { scope: "acme/london" },
  ReleaseChange: { change: "hold" },
  CasesDecided: { kind: "first", cases: [randomUUID()], reason: "sample" },
  PostingWanted: { state: "claimed" },
  CheckSettled: { need: "approval", good: true },
  CaseHanded: { case: randomUUID(), reason: "sample" },
  CaseExport: { format: "jsonl", again: randomUUID(), reason: "sample" },
  DiallerOutcomes: { format: "jsonl", content: "" },
  BatchNamed: { batch: randomUUID() },
  CapacityWanted: { scope: "acme/london", zone: "Mars/Olympus", opens: "09:00", closes: "17:00", calls: 4 },
  PromiseAnew: { cases: [randomUUID()], from: "2030-01-01T09:00:00Z", until: "2030-01-01T10:00:00Z", reason: "sample" },
  PromiseBreaking: { scope: "acme/london", reason: "sample" },
  PracticeWanted: { on: false },
};
const bodyOf = ({ requestBody }) => bodies[requestBody?.content["application/json"].schema.$ref.split("/").at(-1)];
const needsKey = ({ parameters = [] }) => parameters.some(({ $ref }) => $ref?.endsWith("/IdempotencyKey"));
const everyOne = async (work) => {
  for (const { method, path, operation } of description.operations())
    await work({
      method,
      path: sample(path),
      operation,
      body: bodyOf(operation),
      key: needsKey(operation) ? randomUUID() : undefined,
    });
};

before(async () => {
  centre = await Centre.start(
    "ref,given,family,city,phone\nK-1,Ada,Lovelace,London,020 7946 0018\nK-2,Lin,Nowak,London,\n",
  );
  writeFileSync(
    join(place, "desk.toml"),
    `directory = "${join(place, "desk")}"\n[local]\nsocket = "${socketPath}"\ngroup = ""\n[console]\nlisten = ""\n` +
      `[runbook]\nstation = true\nclaims-after = "0s"\n`,
  );
  await startDaemon();
});
after(async () => {
  await killDaemon();
  await centre?.stop();
  rmSync(place, { recursive: true, force: true });
});

test("a workstation that is not enrolled", async () => {
  const served = await get("nobody", "/openapi.json");
  assert.ok(
    isDeepStrictEqual(served, description.document),
    "the daemon was built with another description",
  );
  await everyOne(async ({ method, path, operation, body, key }) => {
    if (
      operation.security?.length === 0 &&
      operation.operationId !== "signIn" &&
      operation.operationId !== "signOut" &&
      operation.operationId !== "beginOutboxAnew"
    )
      return;
    await refused(409, "not-enrolled", "nobody", method, path, { body, key });
  });
  await refused(400, "malformed", "nobody", "POST", "/enroll", { body: { cod: "x" } });
  for (const path of ["/enroll", "/reenroll"])
    assert.equal((await as("nobody", "POST", path, { body: { code: "x" } })).status, 422);
  const code = (await centre.hub("enroll-code", "--name", "desk-2", "--scope", "acme/london")).stdout.trim();
  assert.equal((await as("nobody", "POST", "/enroll", { body: { code } })).status, 201);
  await refused(409, "enrolled-already", "nobody", "POST", "/enroll", { body: { code } });
  const again = (await centre.hub("enroll-code", "--for", "desk-2")).stdout.trim();
  assert.equal((await as("nobody", "POST", "/reenroll", { body: { code: again } })).status, 201);
  await signIn("ada");
  await signIn("bob");
  await until("the customers", async () => (await get("ada", "/customers?q=Nowak")).items.length === 1);
});

test("what another page may not, what nobody signed in may not, and what is no request", async () => {
  const { hostname: host, port } = new URL(centre.address);
  const console = { host, port, headers: { "X-Holdline": "test" } };
  await everyOne(async ({ method, path, body, key }) => {
    const foreign = { ...console, headers: { ...console.headers, Host: "evil.example" } };
    assert.equal((await exchange(foreign, method, path, { body, key })).status, 403);
  });
  await everyOne(async ({ method, path, operation, body, key }) => {
    if (operation.security?.length !== 0)
      assert.equal((await exchange(console, method, path, { body, key })).status, 401);
  });
  const signedIn = await exchange(console, "POST", "/login", { body: { person: "ada", password } });
  console.headers.Cookie = signedIn.headers["set-cookie"][0].split(";")[0];
  if (signedIn.json.page_key) console.headers["X-Holdline-Key"] = signedIn.json.page_key;
  await everyOne(async ({ method, path, operation, body, key }) => {
    const stale = { body, key, headers: { "X-Holdline-Person": "bob" } };
    if (operation.responses[401])
      assert.equal((await exchange(console, method, path, stale)).json.code, "another-person");
    if (body) assert.equal((await exchange(console, method, path, { body: "x".repeat(300_000), key })).status, 413);
  });
  const stream = await exchange(console, "GET", "/events", { enough: (text) => /event: beat\n(.*\n)?\n/.test(text) });
  assert.match(stream.body, /^id: \d+\.\d+\nevent: status\ndata: \{.*"name":"ada"/);
  await refused(404, "only-at-the-console", "ada", "GET", "/events");
  assert.equal((await exchange(console, "POST", "/logout")).status, 200);
  await everyOne(async ({ method, path, operation, body, key }) => {
    const bad = operation.operationId === "enroll" ? [] : ["[1]", { no_such_member: 1 }];
    if (body) for (const one of bad) assert.equal((await as("ada", method, path, { body: one, key })).status, 400);
    if (key) await refused(400, "no-idempotency-key", "ada", method, path, { body });
    const unknown = operation.operationId === "showRun" ? "?incident=acdefhjk" : "";
    const nowhere = path.replace("/records/complaint", "/records/conflict") + unknown;
    if (operation.responses[404]) assert.equal((await as("ada", method, nowhere, { body, key })).status, 404);
    for (const parameter of operation.parameters ?? [])
      if (parameter.$ref?.endsWith("/limit")) await refused(400, "malformed", "ada", method, `${path}?q=x&limit=many`);
  });
  for (const path of Object.keys(description.document.paths)) await as("ada", "OPTIONS", sample(path));
  await refused(404, "unknown-path", "ada", "GET", "/customers/1/shoes");
});

test("the workstation, its forms, drafts and the proof", async () => {
  await get("ada", "/status");
  await get("ada", "/forms");
  await get("ada", "/schema");
  await as("ada", "POST", "/sync");
  await get("ada", "/verify");
  const { version } = await get("ada", "/drafts");
  assert.equal((await as("ada", "PUT", "/drafts", { body: { text: "half a", version } })).status, 200);
  await refused(409, "changed-meanwhile", "ada", "PUT", "/drafts", { body: { text: "", version: "99" } });
  await refused(422, "too-large", "ada", "PUT", "/drafts", { body: { text: "x".repeat(200_000), version: "1" } });
  await refused(400, "no-query", "ada", "GET", "/customers");
});

test("customers, their numbers and addresses, entries and callbacks", async () => {
  const fields = { given: "Grace", family: "Hopper", city: "London" };
  const made = await save("ada", "POST", "/customers", {
    fields,
    phones: [{ e164: "020 7946 0022" }],
    emails: [{ addr: "g@mail.example" }],
  });
  const customer = `/customers/${made.created[0]}`;
  await as("ada", "POST", "/customers/check", { body: { fields, phones: [{ e164: "020 7946 0022" }] } });
  for (const path of ["/customers/check", "/callbacks/check"])
    await refused(422, "invalid", "ada", "POST", path, { body: { fields, accept: { hints: [], because: "" } } });
  const night = { name: "Grace", phone: "020 7946 0022", reason: "invoice", promise_start: "2031-03-04T03:00", promise_zone: "Europe/London" };
  const { findings } = (await as("ada", "POST", "/callbacks/check", { body: { fields: night } })).json;
  assert.ok(findings.some(({ field, code }) => field === "promise_start" && code === "outside-calling-hours"), JSON.stringify(findings));
  const wrong = { body: { fields: { given: 1, shoes: "x" } }, key: randomUUID() };
  for (const path of ["/customers", "/entries", "/callbacks"])
    assert.equal((await as("ada", "POST", path, wrong)).status, 422);
  await refused(422, "asked", "ada", "POST", "/customers", {
    body: { fields: { family: "+442079460018" } },
    key: randomUUID(),
  });
  for (const [path, one, other, edit] of [
    ["phones", { e164: "020 7946 0033" }, { e164: "5" }, { kind: "work" }],
    ["emails", { addr: "h@mail.example" }, { addr: "h" }, { preference: 2 }],
    ["addresses", { city: "Paris" }, { city: 1 }, { kind: "business" }],
  ]) {
    await refused(422, "invalid", "ada", "POST", `${customer}/${path}`, { body: { fields: other }, key: randomUUID() });
    const key = randomUUID();
    const child = await as("ada", "POST", `${customer}/${path}`, { body: { fields: one }, key });
    assert.equal(child.headers.location, `/api/v1/${path}/${child.json.created[0]}`);
    assert.equal((await as("ada", "POST", `${customer}/${path}`, { body: { fields: one }, key })).json.repeated, true);
    await editAndDelete(`/${path}/${child.json.created[0]}`, edit);
  }
  assert.equal((await get("ada", customer)).children.phone.length, 1);
  for (const [path, one, edit] of [
    ["entries", { kind: "message", note: "call back" }, { note: "called back" }],
    ["callbacks", { name: "Grace", phone: "020 7946 0033", reason: "contract" }, { reason: "the contract" }],
  ]) {
    const { created } = await save("ada", "POST", `/${path}`, { fields: { ...one, customer: made.created[0] } });
    await get("ada", `/${path}?limit=1`);
    assert.equal((await get("ada", `${customer}/${path}`)).items.length, 1);
    await editAndDelete(`/${path}/${created[0]}`, edit, path === "entries");
  }
  const told = { fields: { customer: made.created[0], what_happened: "late twice" } };
  const complaint = await save("ada", "POST", "/records/complaint", told);
  assert.equal((await get("ada", "/records/complaint?limit=1")).items.length, 1);
  const [{ fields: dates }] = (await get("ada", `${customer}/complaints`)).items;
  const days = (name) => (new Date(dates[name]) - new Date(dates.received_at)) / 86_400_000;
  assert.deepEqual([days("acknowledge_by"), days("answer_by")], [3, 28]);
  await editAndDelete(`/records/complaint/${complaint.created[0]}`, { legal_kind: "financial" }, false);
  const [reference] = complaint.references;
  if (reference) assert.equal((await get("ada", `/customers?q=${reference}`)).reference.state, "found");
  await refused(400, "unknown-field", "ada", "GET", "/customers?q=Nowak&town=Leeds");
  const bad = { body: { fields: { severity: 1 } }, key: randomUUID() };
  await refused(422, "invalid", "ada", "POST", "/records/complaint", bad);
  await until("the history", async () => (await as("ada", "GET", `${customer}/history`)).status === 200);
  await editAndDelete(customer, { family: "Murray" });
});

// What GET shows, changed and deleted.
async function editAndDelete(path, values, canDelete = true) {
  const { cn, fields } = await get("ada", path);
  const [[name, value]] = Object.entries(values);
  const body = { changes: { [name]: { base: fields[name] ?? null, value } }, cn };
  if (path.startsWith("/entries/")) {
    await refused(422, "asked", "ada", "PATCH", path, { body, key: randomUUID() });
    body.accept = { hints: ["correction"], because: "misheard" };
    await until("its history", async () => (await as("ada", "GET", `${path}/history`)).status === 200);
  }
  const key = randomUUID();
  const edited = await as("ada", "PATCH", path, { body, key });
  assert.equal(edited.status, 200, edited.body);
  await refused(422, "key-reused", "ada", "PATCH", path, { body: { changes: {} }, key });
  if (!canDelete) return;
  await refused(422, "invalid", "ada", "DELETE", path, { body: { reason: "" }, key: randomUUID() });
  await save("ada", "DELETE", path, { reason: "not wanted" });
}

test("two customers who are one are merged and parted", async () => {
  const made = [];
  for (const given of ["Joan", "Joanne"]) {
    const { created } = await save("ada", "POST", "/customers", { fields: { given, family: "Clarke" } });
    made.push(created[0]);
  }
  const [one, other] = made.map((id) => `/customers/${id}`);
  await refused(422, "invalid", "ada", "POST", `${one}/part`, { body: { reason: "" }, key: randomUUID() });
  const itself = { body: { into: made[0], reason: "x" }, key: randomUUID() };
  await refused(409, "same-record", "ada", "POST", `${one}/merge`, itself);
  await refused(422, "invalid", "ada", "POST", `${one}/merge`, {
    body: { into: made[1], reason: "" },
    key: randomUUID(),
  });
  await refused(409, "not-merged", "ada", "POST", `${one}/part`, { body: { reason: "x" }, key: randomUUID() });
  await save("ada", "POST", `${one}/merge`, { into: made[1], reason: "one person" }, 200);
  assert.equal((await get("ada", one)).merged_into.id, made[1]);
  await until("the alias", async () => (await get("ada", other)).aliases.length === 1);
  await save("ada", "POST", `${one}/part`, { reason: "two after all" }, 200);
});

test("whom not to call", async () => {
  const wish = { number: "020 7946 0044", purpose: "marketing", note: "said so" };
  await until(
    "the key of the list",
    async () => (await as("ada", "GET", "/do-not-call?number=%2B442079460044")).status === 200,
  );
  await save("ada", "POST", "/do-not-call", wish);
  assert.equal((await get("ada", "/do-not-call?number=%2B442079460044")).items.length, 1);
  await refused(409, "on-the-list", "ada", "POST", "/do-not-call", { body: wish, key: randomUUID() });
  await refused(422, "invalid", "ada", "POST", "/do-not-call", { body: {}, key: randomUUID() });
  await refused(422, "invalid", "ada", "GET", "/do-not-call");
});

test("two people say that the CRM does not work, which is not enough for a proposal", async () => {
  const body = { fields: { what: "crm", note: "it hangs" } };
  await refused(422, "invalid", "ada", "POST", "/contingency/reports", { body: { fields: {} }, key: randomUUID() });
  for (const name of ["ada", "bob"]) await save(name, "POST", "/contingency/reports", body);
  assert.equal((await get("ada", "/status")).proposal, null);
});

test("a supervisor exports, and the list says so", async () => {
  const body = { collection: "customers", purpose: "handover", reason: "to the new office" };
  const key = randomUUID();
  assert.equal((await as("ada", "POST", "/exports", { body, key })).status, 201);
  await refused(409, "exported-before", "ada", "POST", "/exports", { body, key });
  await refused(422, "unknown-purpose", "ada", "POST", "/exports", { body: { ...body, purpose: "fun" }, key: randomUUID() });
  await refused(403, "role-refused", "bob", "POST", "/exports", { body, key: randomUUID() });
  await refused(403, "role-refused", "bob", "GET", "/exports");
  assert.equal((await get("ada", "/exports")).items.length, 1);
});

test("which workstations are ready", async () => {
  const own = await get("bob", "/readiness");
  assert.equal(own.name, "desk-2");
  await refused(403, "role-refused", "bob", "GET", "/workstations");
  await refused(400, "malformed", "ada", "GET", "/workstations?only=blue");
  await refused(400, "malformed", "ada", "GET", "/workstations?silent_since=noon");
  const told = await until("what the workstation tells of itself", async () => {
    const list = await get("ada", "/workstations");
    return list.items.find(({ name }) => name === "desk-2")?.data_as_of && list;
  });
  assert.equal(told.from, "hub");
  assert.equal((await get("ada", "/workstations?only=not-ready")).items.length, told.all - told.ready);
  assert.deepEqual((await get("ada", "/workstations?silent_since=2001-01-01T00:00:00Z")).items, []);
});

test("paper forms are printed, entered once, and accounted for", async () => {
  const printed = await save("ada", "POST", "/paper", { form: "manual_entry", count: 3, held_by: "row 3" }, 200);
  await get("ada", `/paper/${printed.created[0]}/pdf`);
  await refused(422, "invalid", "ada", "POST", "/paper", { body: { form: "customer" }, key: randomUUID() });
  const [one, other, third] = (await get("ada", "/paper?outstanding=true")).pads[0].outstanding.map((out) => out.number);
  const written = { fields: { kind: "message", note: "x" }, event_time: "2026-01-01T08:00:00Z", written_by: "eve" };
  const enter = (number, body) => ({ body: { ...written, ...body }, key: randomUUID() });
  await refused(422, "invalid", "ada", "POST", `/paper/${one}/entry`, enter(one, { fields: { kind: "shoes" } }));
  const entered = await save("ada", "POST", `/paper/${one}/entry`, written, 200);
  assert.equal(entered.references[0], one);
  await refused(409, "form-number-taken", "ada", "POST", `/paper/${one}/entry`, enter(one));
  await refused(409, "form-number-unknown", "ada", "POST", `/paper/${sheet}/entry`, enter(sheet));
  await refused(422, "form-number-malformed", "ada", "GET", "/paper/12");
  const gone = { numbers: [other], reason: "not found", missing: true };
  await refused(403, "role-refused", "bob", "POST", "/paper/void", { body: gone, key: randomUUID() });
  await save("ada", "POST", "/paper/void", gone, 200);
  await refused(422, "invalid", "ada", "POST", "/paper/void", { body: { ...gone, reason: "" }, key: randomUUID() });
  await save("bob", "POST", "/paper/void", { numbers: [third], reason: "spoiled" }, 200);
  assert.equal((await get("ada", `/paper/${other}`)).use.kind, "missing");
  const [{ entered: typed, voided, missing }] = (await get("ada", "/paper")).pads;
  assert.deepEqual([typed, voided, missing], [1, 1, 1]);
});

test("what stands open, in numbers", async () => {
  const all = await get("ada", "/overview");
  await save("ada", "POST", "/callbacks", {
    fields: { name: "Late", phone: "020 7946 0033", reason: "overview", promise_end: new Date(Date.now() + 7 * 86_400_000).toISOString() },
  });
  const now = await get("ada", "/overview");
  assert.deepEqual([now.taken, now.callbacks_open], [all.taken + 1, all.callbacks_open + 1]);
  assert.equal(now.quarter_hours.reduce((sum, { taken }) => sum + taken, 0), now.taken);
  assert.equal((await get("ada", "/overview?since=2001-01-01T00:00:00Z")).taken, now.taken);
  await refused(400, "malformed", "ada", "GET", "/overview?since=noon");
});

test("what everybody took down is one list, by kind and by person", async () => {
  await save("bob", "POST", "/entries", { fields: { kind: "reading", note: "taken by bob", name: "Late" } });
  await save("ada", "POST", "/entries", { fields: { kind: "fault", note: "taken by ada" } });
  const all = await get("ada", "/taken?limit=2");
  assert.deepEqual(all.items.map(({ kind, person }) => [kind, person]), [["fault", "ada"], ["reading", "bob"]]);
  assert.equal(all.more, true);
  assert.ok(all.people.includes("bob") && all.items[1].workstation && all.items[1].reference && all.items[1].name === "Late");
  const of = async (query) => new Set((await get("bob", `/taken?${query}`)).items.flatMap((one) => [one.kind || one.collection, one.person]));
  assert.deepEqual(await of("kind=reading"), new Set(["reading", "bob"]));
  assert.deepEqual([...(await of("kind=callback_request"))].includes("message"), false);
  assert.equal((await of("person=nobody")).size, 0);
  await refused(400, "malformed", "ada", "GET", "/taken?practice=blue");
});

test("callbacks are released, called and told", async () => {
  const east = 14 - new Date().getUTCHours(); // where it is early in the afternoon now
  const promise_zone = `Etc/GMT${east > 0 ? "-" : "+"}${Math.abs(east)}`;
  const promise_end = `${new Date(Date.now() + east * 3_600_000).toISOString().slice(0, 10)}T20:00`; // by the clock there
  for (const [name, phone] of [["Joan", "+12125550123"], ["Mary", "+12125550124"], ["Priya", "+12125550125"]])
    await save("bob", "POST", "/callbacks", { fields: { name, phone, reason: "delivery", promise_zone, promise_end } });
  const listed = await until("the promises at the hub", async () => {
    const list = await get("ada", "/callbacks/cases?limit=50");
    const own = list.items.filter((one) => ["Joan", "Mary", "Priya"].includes(one.promises[0].fields.name));
    return own.length === 3 && own.every((one) => one.blocked.length === 0) && own;
  });
  const post = (who, what, body, key) => as(who, "POST", `/callbacks/${what}`, { body, key });
  const good = async (who, what, body, status = 200) => {
    const answer = await post(who, what, body);
    assert.equal(answer.status, status, answer.body);
    return answer.json;
  };
  const bad = async (code, who, what, body) => assert.equal((await post(who, what, body)).json.code, code, what);
  await bad("nothing-released", "bob", "next", {});
  await bad("role-refused", "bob", "release", { scope: "acme/london" });
  await refused(403, "role-refused", "bob", "GET", "/reports/latest");
  await bad("bad-scope", "ada", "preview", { scope: "Acme London" });
  await bad("bad-scope", "ada", "release", {});
  await bad("reason-missing", "ada", "decide", { kind: "first", cases: [listed[0].case] });
  await bad("reason-missing", "ada", "hand", { case: listed[0].case });
  assert.ok((await good("ada", "preview", {})).now >= 3);
  const released = { scope: "acme/london", per_minute: 1000, accept_missing: true, reason: "a test" };
  await good("ada", "release", released, 201);
  await bad("release-there", "ada", "release", released);
  // Where the pace allows it.
  const next = (what, of) => until(what, async () => of(await post("bob", "next", {})));
  const taken = ({ status, json }) => status === 200 && json;
  const { claim } = await next("a case", taken);
  await next("having enough", ({ json }) => json.code === "agent-has-enough");
  await bad("claim-of-another", "ada", "dial", { claim });
  await bad("claim-of-another", "ada", "alive", { claim });
  await good("bob", "give-back", { claim });
  await bad("claim-over", "bob", "give-back", { claim });
  const again = await next("another case", taken);
  const dialled = await good("bob", "dial", { claim: again.claim });
  assert.match(dialled.number, /^\+\d+$/);
  await good("bob", "alive", { claim: again.claim });
  await bad("already-dialling", "bob", "give-back", { claim: again.claim });
  assert.equal((await get("bob", "/callbacks/work")).claims.length, 1);
  const key = randomUUID();
  const told = { claim: again.claim, outcome: "do_not_call", notes: "rings no more" };
  assert.equal((await post("bob", "outcome", { ...told, outcome: "hung up" }, randomUUID())).json.code, "unknown-outcome");
  assert.equal((await post("bob", "outcome", told, key)).json.then, "close");
  assert.equal((await post("bob", "outcome", told, key)).json.repeated, true);
  assert.equal((await get("bob", "/callbacks/work")).claims.length, 0, "it is told, whether or not the hub has it yet");
  await good("ada", "change", { change: "hold", reason: "full" });
  await bad("release-held", "ada", "change", { change: "hold" });
  const third = listed.find((one) => one.case !== again.case);
  await good("ada", "decide", { kind: "first", cases: [third.case], reason: "is waiting outside" }, 201);
  await good("ada", "hand", { case: third.case, agent: "bob", reason: "is waiting outside" }, 201);
  await bad("case-claimed", "ada", "hand", { case: third.case, agent: "ada", reason: "x" });
  await bad("claim-unknown", "ada", "free", { claim: 1 });
  await good("ada", "change", { change: "stop" });
  const open = listed.filter((one) => one.case !== again.case && one.case !== third.case).map((one) => one.case);
  const exported = { format: "jsonl", scope: "acme/london", reason: "a test", accept_missing: true, most: 1 };
  await bad("unknown-format", "ada", "export", { ...exported, format: "fax" });
  const unused = await good("ada", "export", exported, 201);
  assert.equal((await good("ada", "take-back", { batch: unused.batch })).cases, 1);
  const dialler = await good("ada", "export", exported, 201);
  const read = { format: "jsonl", content: JSON.stringify({ holdline: JSON.parse(dialler.content).holdline, outcome: "no_answer" }) };
  assert.equal((await good("ada", "outcomes", read)).kept, 1);
  assert.equal((await good("ada", "outcomes", read)).known, 1, "reading it again changes nothing");
  await bad("columns-missing", "ada", "outcomes", { format: "vicidial", content: "x" });
  const hours = { scope: "acme/london", zone: "Europe/London", opens: "09:00", closes: "17:00", calls: 4 };
  await bad("capacity-malformed", "ada", "capacity", { ...hours, opens: "9" });
  assert.equal((await good("ada", "capacity", hours, 201)).divided.length, 1);
  assert.equal((await get("ada", "/callbacks/capacity?scope=acme/london")).windows[0].calls, 4);
  await refused(422, "bad-scope", "ada", "GET", "/callbacks/capacity?scope=Acme%20London");
  await until("the windows at the desk", async () => (await get("bob", "/callbacks/windows")).divided);
  const soon = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
  const anew = { cases: open, from: soon(0), until: soon(30), reason: "they asked" };
  await bad("reason-missing", "ada", "promise", { ...anew, reason: "" });
  await good("ada", "promise", anew, 201);
  await bad("reason-missing", "ada", "promise-breaking", { reason: "" });
  const moved = await good("ada", "promise-breaking", { scope: "acme/london", agents: 1, calls_an_hour: 1, reason: "the outage" }, 201);
  assert.ok(moved.promised.length >= 1);
});

test("a conflict is shown and resolved", async () => {
  const [{ id }] = (await get("ada", "/customers?q=Lovelace")).items;
  await save("ada", "PATCH", `/customers/${id}`, { changes: { family: { base: "Byron", value: "King" } } });
  const [{ id: conflict }] = await until("the conflict", async () => {
    const { items } = await get("ada", "/conflicts?state=all&limit=5");
    return items.length > 0 && items;
  });
  await get("ada", `/conflicts/${conflict}`);
  await refused(400, "malformed", "ada", "GET", "/conflicts?state=new");
  const path = `/conflicts/${conflict}/resolve`;
  await refused(422, "invalid", "ada", "POST", path, { body: { choice: "mine", reason: "x" }, key: randomUUID() });
  await save("ada", "POST", path, { choice: "other", reason: "as on the form" }, 200);
});

test("what the hub refused is corrected or given up", async () => {
  await centre.kill("hub");
  await save("bob", "POST", "/entries", { fields: { kind: "note", note: "one" } });
  await save("bob", "POST", "/entries", { fields: { kind: "note", note: "two" } });
  await centre.hub("scope", "add", "acme/paris");
  await centre.hub("person", "scopes", "bob", "--scope", "acme/paris");
  await centre.startHub();
  const items = await until("the refusals", async () => {
    await as("ada", "POST", "/sync");
    const told = await get("ada", "/outbox?state=needs-attention");
    return told.items.length === 2 && told.items;
  });
  const [one, two] = items.map(({ lane, number }) => `/outbox/${lane}/${number}`);
  await get("ada", one);
  await refused(400, "malformed", "ada", "GET", "/outbox?before=x");
  await refused(422, "invalid", "ada", "POST", `${one}/correct`, { body: { changes: { note: 5 } }, key: randomUUID() });
  await save("ada", "POST", `${one}/correct`, { changes: { note: "one, corrected" } }, 200);
  await refused(422, "invalid", "ada", "POST", `${two}/discard`, { body: { reason: "" }, key: randomUUID() });
  await save("ada", "POST", `${two}/discard`, { reason: "twice" }, 200);
  await refused(409, "decided-already", "ada", "POST", `${two}/discard`, {
    body: { reason: "twice" },
    key: randomUUID(),
  });
  assert.ok((await get("ada", "/outbox?limit=2")).next);
  await get("nobody", "/outbox/export");
});

// The plan that ships, which people work off.
async function workOffThePlan(incident) {
  const state = async (id) =>
    (await get("ada", `/runbook?incident=${incident}`)).actions.find((one) => one.id === id).state;
  const becomes = (id, wanted) => until(`${id} being ${wanted}`, async () => (await state(id)) === wanted);
  const asked = async (verb, more = {}) => {
    const key = randomUUID();
    const ask = (reason) => as("ada", "POST", `/runbook/${verb}`, { body: { incident, ...more, reason }, key });
    assert.equal((await ask("as the plan says")).status, 200, verb);
    assert.equal((await ask("another")).json.code, "key-reused", verb);
  };
  assert.match((await get("ada", "/runbook/plan")).text, /stop-outbound-dialling/);
  assert.ok((await as("ada", "POST", "/runbook/dry-run", { body: {} })).json.items.every((one) => one.good));
  await becomes("stop-outbound-dialling", "ready");
  for (const action of ["stop-outbound-dialling", "stop-collections"]) await asked("tick", { action });
  await asked("skip", { action: "stop-letters" });
  await becomes("callers-notice", "asking");
  await asked("approve", { action: "callers-notice" });
  await becomes("callers-notice", "ready");
  await asked("want", { action: "more-news" });
  await asked("run");
  await asked("except", { action: "stop-collections" });
  await asked("undo", { action: "stop-outbound-dialling" });
  await asked("takeover");
  const key = randomUUID();
  await refused(404, "unknown-action", "ada", "POST", "/runbook/tick", { body: { incident, action: "dance" }, key });
}

test("an outage is declared, decided about and closed", async () => {
  const decide = (verb, body, key = randomUUID()) => as("ada", "POST", `/contingency/${verb}`, { body, key });
  const good = async (verb, body) => {
    const key = randomUUID();
    assert.equal((await decide(verb, body, key)).status, 200, verb);
    assert.equal((await decide(verb, { ...body, reason: "another" }, key)).json.code, "key-reused", verb);
  };
  const bad = async (code, verb, body) => assert.equal((await decide(verb, body)).json.code, code, verb);
  const code = (await until("the key of codes", async () => {
    const made = await as("ada", "POST", "/contingency/codes", { body: {} });
    return made.status === 200 && made;
  })).json;
  assert.equal((await decide("codes/enter", { code: code.code })).status, 200);
  await bad("declared-already", "declare", { reason: "again" });
  await bad("reason-missing", "declare", { reason: "", another: true });
  await bad("in-force-already", "codes/enter", { code: code.code });
  await bad("code-malformed", "codes/enter", { code: "0" });
  const wrong = code.code[0] === "A" ? "34679ACDE" : "ACDEFHJKM";
  const check = "34679ACDEFHJKMNPQRTVWXY";
  let sum = 0;
  for (const [i, c] of [...wrong].entries()) sum += (i + 1) * check.indexOf(c);
  await until("patience to end", async () => (await decide("codes/enter", { code: wrong + check[sum % 23] })).status === 429);
  await good("confirm", { reason: "seen" });
  await good("expect", { reason: "says the provider", expected: "2030-01-02T00:00:00Z" });
  await bad("outage-in-force", "declare", { reason: "practice", word: "declare", drill: true });
  const [{ id: real }] = (await get("ada", "/contingency")).incidents;
  await good("declare", { reason: "telephones", word: "declare", another: true });
  const { id: other } = (await get("ada", "/contingency")).incidents.find(({ id }) => id !== real);
  await bad("which-incident", "confirm", { reason: "x" });
  await good("link", { reason: "another line", incident: real, other, same: false });
  await bad("invalid", "link", { reason: "x", incident: real, other: real });
  await good("cancel", { reason: "they ring again", incident: other });
  assert.deepEqual((await get("ada", "/contingency/drills")).items, []);
  for (const path of ["/entries", "/paper", "/customers"])
    await refused(400, "malformed", "ada", "GET", `${path}?practice=blue&q=ada`);
  await workOffThePlan(real);
  await bad("gate-closed", "recover", { reason: "early" });
  const by_hand = await save("ada", "POST", "/entries", { fields: { kind: "note", note: "by hand" } });
  const posting = (body, who = "ada") => as(who, "POST", `/entries/${by_hand.created[0]}/posting`, { body, key: randomUUID() });
  assert.equal((await get("ada", "/postings")).items[0].entry, by_hand.created[0]);
  assert.equal((await posting({ state: "claimed" })).status, 200);
  assert.equal((await posting({ state: "posted" })).json.code, "reference-missing");
  assert.equal((await posting({ state: "not_needed" })).json.code, "reason-missing");
  assert.equal((await posting({ state: "posted", posted_as: "CRM-7" })).status, 200);
  assert.equal((await get("ada", "/postings?state=posted")).items[0].posting.posted_as, "CRM-7");
  await refused(400, "malformed", "ada", "GET", "/postings?state=blue");
  await centre.hub("person", "scopes", "bob", "--scope", "acme/london"); // he was elsewhere since
  await signIn("bob");
  const costly = await save("bob", "POST", "/entries", { fields: { kind: "payment_promise", amount: 6200, note: "by hand" } });
  assert.deepEqual(costly.notes.map(({ code }) => code), ["item-over"]);
  const settle = (body, who = "ada") => as(who, "POST", `/entries/${costly.created[0]}/checks`, { body, key: randomUUID() });
  const { counts: open, items: over } = await get("ada", "/checks");
  assert.deepEqual([open.approval, over[0].limits[0].code, (await get("ada", "/overview")).approvals_open], [1, "item-over", 1]);
  assert.equal((await settle({ need: "approval", good: true }, "bob")).json.code, "role-refused");
  assert.equal((await settle({ need: "second_check", good: true })).json.code, "not-needed");
  assert.equal((await settle({ need: "approval", good: false })).json.code, "reason-missing");
  assert.equal((await settle({ need: "approval", good: true, reason: "asked her" })).status, 200);
  assert.equal((await settle({ need: "approval", good: true })).json.code, "settled-already");
  await refused(400, "malformed", "ada", "GET", "/checks?state=blue");
  await good("recover", { reason: "IT said so", override: true });
  await bad("checklist-open", "close", { reason: "early" });
  for (const { point, done } of (await get("ada", "/contingency")).incidents[0].checklist)
    if (!done) await good("except", { point, reason: "asked at every desk" });
  await bad("unknown-point", "except", { point: "shoes", reason: "x" });
  await good("close", { reason: "done" });
  await reported(real);
});

async function reported(incident) {
  const better = { incident, finding: "desk 2 slept", what: "wake it", owner: "rita" };
  await save("ada", "POST", "/records/improvement", { fields: better });
  const report = await until("the report to hold all", async () => {
    const told = await get("ada", `/reports/${incident}`);
    const section = (id) => told.sections.find((one) => one.id === id);
    const improved = section("afterwards").tables[0]?.rows[0]?.[0] === "desk 2 slept";
    return told.closed && improved && section("work").figures[0].value > 0 && told;
  });
  assert.equal(report.incident, incident.slice(0, 6).toUpperCase());
  for (const format of ["pdf", "html"]) await get("ada", `/reports/${incident}?format=${format}`);
  await refused(404, "client-unknown", "ada", "GET", "/reports/latest?client=nobody");
  await refused(400, "malformed", "ada", "GET", "/reports/latest?format=doc");
}

test("practice is a world of its own, with invented customers", async () => {
  const practise = (body) => as("ada", "POST", "/practice", { body });
  assert.equal((await practise({ on: true })).status, 200);
  await refused(400, "malformed", "ada", "POST", "/practice", { body: { off: true } });
  const found = (await get("ada", "/customers?q=Practice")).items;
  assert.equal(found.length, 10, "and nobody else");
  const taken = await save("ada", "POST", "/entries", { fields: { kind: "message", name: "for practice" } });
  const { practice, contingency, sync } = await get("ada", "/status");
  assert.deepEqual([practice, contingency.incident.drill, sync.connected], [true, true, false]);
  assert.equal((await get("ada", `/entries/${taken.created[0]}`)).fields.drill, true);
  assert.equal((await practise({ on: false })).status, 200);
  assert.equal((await as("ada", "GET", `/entries/${taken.created[0]}`)).status, 404, "it is not here");
  assert.equal((await get("ada", "/status")).practice, false);
});

test("signing out, taking over, and too many attempts", async () => {
  await refused(409, "somebody-signed-in", "ada", "POST", "/login", { body: { person: "bob", password } });
  await refused(401, "wrong-password", "nobody", "POST", "/login", { body: { person: "eve", password: "x" } });
  await until(
    "patience to end",
    async () => (await as("nobody", "POST", "/login", { body: { person: "eve", password: "x" } })).status === 429,
  );
  assert.equal((await as("bob", "POST", "/logout")).status, 200);
});

test("an outbox that is missing is begun anew by root", async () => {
  await refused(422, "outbox-there", "nobody", "POST", "/outbox/begin-anew");
  await killDaemon();
  for (const name of readdirSync(join(place, "desk")))
    if (name.startsWith("outbox.db")) rmSync(join(place, "desk", name));
  await startDaemon();
  assert.equal((await as("nobody", "POST", "/outbox/begin-anew")).status, 200);
});

test("every answer that is described was seen", () => {
  // Of the key of a person that was spoilt on its way, which nothing here can do; and of a claim that ran out while it was
  // dialled, for which nobody waits here.
  assert.deepEqual(description.unseen().sort(), ["freeCallback 200", "signIn 422"]);
});
