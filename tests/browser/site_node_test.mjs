// A console for other computers: seats without a daemon, over TLS with a certificate of the site.
import assert from "node:assert/strict";
import { request } from "node:https";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Browser } from "./browser.mjs";
import { password, until } from "./centre.mjs";
import { Description } from "./description.mjs";

let browser, centre, page;

before(async () => {
  browser = await Browser.start({ network: true });
  ({ centre, page } = browser);
});
after(() => browser?.stop());

// An answer to a seat that verifies the certificate: {status, headers, json}.
const ask = (method, path, { headers = {}, body, name = "desk.test" } = {}) =>
  new Promise((done, failed) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port: centre.port, method, path, servername: name, ca: centre.certificate },
        headers: { Host: `${name}:${centre.port}`, "X-Holdline": "console", ...headers },
      },
      (answer) => {
        let text = "";
        answer.on("data", (part) => (text += part));
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, text }));
      },
    );
    asked.on("error", failed);
    asked.end(body && JSON.stringify(body));
  });

test("a seat signs in, takes a message, and goes on with the hub dead", async () => {
  await browser.signIn();
  await browser.words("Online").waitFor();
  const [cookie] = await browser.context.cookies();
  assert.equal(cookie.name, `__Host-holdline-${centre.port}`);
  assert.ok(cookie.secure && cookie.httpOnly && cookie.sameSite === "Strict");
  await centre.kill("hub");
  await page.keyboard.press("Alt+m");
  await page.locator("#field-note").fill("taken at a seat without a daemon");
  await page.keyboard.press("Control+Enter");
  await page.getByText("✓ Saved on this PC").waitFor();
  await browser.words("Working without the hub").waitFor({ timeout: 90_000 });
  browser.assertClean();
});

test("it is known by the names of its certificate, and by TLS, alone", async () => {
  const status = await ask("GET", "/api/v1/status");
  assert.equal(status.status, 200);
  assert.equal(new Description().faults({ method: "GET", path: "/api/v1/status", body: status.text, ...status }).join(), "");
  assert.ok(!/"(workstation|hub|certificate|version)"/.test(status.text), status.text);
  assert.equal((await ask("GET", "/api/v1/status", { headers: { Host: "evil.test" } })).status, 403);
  const origin = { Origin: "https://evil.test" };
  assert.equal((await ask("GET", "/api/v1/status", { headers: origin })).status, 403);
  const plain = await new Promise((done) => {
    const socket = connect(centre.port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: desk.test\r\n\r\n"));
    let text = "";
    socket.on("data", (part) => (text += part.toString("latin1")));
    socket.on("close", () => done(text));
  });
  assert.ok(!plain.includes("HTTP/1.1 200"), plain);
});

test("forty seats sign in at once, each to a session of its own", async () => {
  const seat = async () => {
    const body = { person: "bob", password, take_over: true };
    for (;;) {
      const answer = await ask("POST", "/api/v1/login", { body });
      if (answer.status === 200) return answer;
      assert.equal(answer.status, 503, answer.text);
      await new Promise((later) => setTimeout(later, 200 + Math.random() * 300));
    }
  };
  const answers = await Promise.all(Array.from({ length: 40 }, seat));
  const sessions = answers.map((answer) => ({
    Cookie: answer.headers["set-cookie"][0].split(";")[0],
    "X-Holdline-Key": JSON.parse(answer.text).page_key,
  }));
  assert.equal(new Set(sessions.map((one) => one.Cookie)).size, 40);
  for (const headers of sessions) assert.equal((await ask("GET", "/api/v1/outbox", { headers })).status, 200);
});

test("wrong passwords make the seat that tries them wait", async () => {
  const body = { person: "nobody", password: "guessed" };
  for (let i = 0; i < 3; ++i) assert.equal((await ask("POST", "/api/v1/login", { body })).status, 401);
  assert.equal((await ask("POST", "/api/v1/login", { body })).status, 429);
});

const health = async () => (await centre.status()).health.map((note) => note.code);

test("the next certificate is shown without a restart, and one that cannot be used changes nothing", async () => {
  const shown = centre.certificate;
  await centre.certify("next.test");
  centre.signal("desk", "SIGHUP");
  await until("the next certificate", () => ask("GET", "/", { name: "next.test" }).catch(() => null));
  assert.notDeepEqual(centre.certificate, shown);
  assert.equal((await ask("GET", "/", { name: "next.test" })).status, 200);
  assert.equal((await ask("GET", "/", { name: "next.test", headers: { Host: `desk.test:${centre.port}` } })).status, 403);
  const good = centre.certificate;
  centre.spoilCertificate();
  centre.signal("desk", "SIGHUP");
  await until("the complaint", async () => (await health()).includes("console-certificate-refused"));
  centre.spoilCertificate(good);
  assert.equal((await ask("GET", "/", { name: "next.test" })).status, 200);
  centre.signal("desk", "SIGHUP");
  await until("the complaint being over", async () => (await health()).length === 0);
});
