// What an agent waits for at the console, measured in a real browser with real daemons; not a test, and not part of one:
//   HOLDLINE_BIN=build/release/bin node tests/browser/measure.mjs [--customers N] [--seats N] [--seconds S] [--only WORD]
//     [--place DIRECTORY]
// Prints one JSON object for each figure. A centre of 500,000 customers takes minutes to build: --place keeps it (one
// in the directory's `desk`, one in its `site`), and the next run goes on with it.
import { spawn } from "node:child_process";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Browser } from "./browser.mjs";
import { Centre, password, until } from "./centre.mjs";

const { values: options } = parseArgs({
  options: {
    customers: { type: "string", default: "100000" },
    seats: { type: "string", default: "40" },
    seconds: { type: "string", default: "30" },
    only: { type: "string", default: "" },
    place: { type: "string", default: "" },
  },
});
const placeOf = (name) => (options.place ? join(options.place, name) : "");
const [customers, seats, seconds] = [options.customers, options.seats, options.seconds].map(Number);
const wanted = (name) => !options.only || name.startsWith(options.only);

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
function figures(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const round = (ms) => Math.round(ms * 10) / 10;
  return { n: sorted.length, p50_ms: round(at(sorted, 0.5)), p95_ms: round(at(sorted, 0.95)), p99_ms: round(at(sorted, 0.99)) };
}
const tell = (figure, values) => console.log(JSON.stringify({ figure, ...values }));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const mib = (bytes) => Math.round((bytes / 1024 / 1024) * 10) / 10;

const given = "Ada Grace Alan Mary Joan Tom Priya Łukasz Zoë Omar Elif Siobhán Dmitri Wei Amara José".split(" ");
const syllables = "ba ber can dor el far gold har ing jen kel lam mor nor old per quin ros sand tor und ver wal york".split(" ");
const syllable = (n) => syllables[n % syllables.length];
const familyOf = (i) => {
  const name = syllable(i) + syllable(Math.floor(i / 7)) + syllable(Math.floor(i / 411)) + syllable(i * 13);
  return name[0].toUpperCase() + name.slice(1);
};
const digits = (i, length) => String(i).padStart(length, "0");
function sampleCustomers(count) {
  const lines = ["ref,given,family,street,postcode,city,phone,email"];
  for (let i = 1; i <= count; ++i)
    lines.push(
      `K-${digits(i, 6)},${given[i % given.length]},${familyOf(i)},${(i % 90) + 1} High Street,SW${(i % 9) + 1} 4AA,London,020 7${digits(i % 1_000_000, 6)}0,c${i}@mail.example`,
    );
  // Whom Centre waits for is the last one.
  lines.push("K-1,Ada,Lovelace,St James Square 12,SW1Y 4JH,London,020 7946 0018,ada@mail.example");
  return `${lines.join("\n")}\n`;
}

// From the key that is pressed to the list that shows what was found for it.
const watchKeys = `
  window.waited = [];
  addEventListener("keydown", (event) => {
    if (event.target.id !== "search" || event.key.length > 1) return;
    const began = event.timeStamp;
    const look = () => {
      const input = document.getElementById("search");
      if (performance.now() - began > 2000) return;
      if (input.dataset.found !== input.value.trim()) return requestAnimationFrame(look);
      requestAnimationFrame(() => window.waited.push(performance.now() - began));
    };
    requestAnimationFrame(look);
  }, true);`;

async function typing({ page }) {
  await page.evaluate(watchKeys);
  for (let i = 0; i < 60; ++i) {
    const n = 1 + ((i * 7919) % customers);
    const text = i % 3 === 0 ? `7${digits(n % 1_000_000, 6)}0` : i % 3 === 1 ? familyOf(n) : `${given[n % given.length]} ${familyOf(n)}`;
    await page.locator("#search").focus();
    for (const letter of text.slice(0, 10)) {
      // Letters that are on no keyboard cannot be pressed.
      if (/[a-z0-9 ]/i.test(letter)) await page.keyboard.press(letter === " " ? "Space" : letter);
      await pause(110);
    }
    await page.locator("#search").fill("");
  }
  tell("keystroke-to-results", { customers, ...figures(await page.evaluate("window.waited")) });
}

// New browsers one after the other: what the page takes until something is painted, and until a person can sign in; the
// limit is a page of one word, in turn with it.
async function firstPaint({ chromium, centre }) {
  const times = { limit: [], painted: [], usable: [] };
  const word = (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Word</title><h1>Word</h1>" });
  for (let i = 0; i < 60; ++i) {
    const context = await chromium.newContext();
    const page = await context.newPage();
    await page.route("**/word", word);
    await page.goto(`${centre.address}word`);
    times.limit.push(await painted(page));
    const other = await context.newPage();
    const begun = performance.now();
    await other.goto(centre.address);
    await other.getByRole("heading", { name: "Sign in" }).waitFor();
    times.usable.push(performance.now() - begun);
    times.painted.push(await painted(other));
    await context.close();
  }
  tell("first-paint", figures(times.painted));
  tell("first-paint.limit", figures(times.limit));
  tell("ready-to-sign-in", figures(times.usable));
}
const painted = (page) =>
  page.evaluate(async () => {
    const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
    while (!seen()) await new Promise((next) => setTimeout(next, 5));
    return seen().startTime;
  });

async function usable({ chromium, centre }) {
  const times = [];
  const page = await (await chromium.newContext()).newPage();
  for (let i = 0; i < 5; ++i) {
    await centre.kill("desk");
    const began = performance.now();
    const started = centre.startDesk();
    await until("the page", () => page.goto(centre.address).then(() => true, () => false), 60);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    times.push(performance.now() - began);
    await started;
  }
  tell("usable-after-start", { customers, ...figures(times), rss_mib: mib(centre.memory("desk")) });
}

// A day of eight hours: a change every two seconds, told as by the page that holds the stream, and 200 callers.
async function growth(browser) {
  const { page, context } = browser;
  const protocol = await context.newCDPSession(page);
  const heap = async () => {
    for (let i = 0; i < 3; ++i) await protocol.send("HeapProfiler.collectGarbage");
    return (await protocol.send("Runtime.getHeapUsage")).usedSize;
  };
  const caller = async (i) => {
    await page.locator("#search").fill(familyOf(1 + ((i * 977) % customers)));
    await page.getByRole("option").first().waitFor();
    await page.locator("#search").press("Enter");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Alt+m");
    await page.locator("#field-note").fill(`caller ${i} asks for something that takes a sentence or two to tell`);
    await page.keyboard.press("Control+Enter");
    await page.getByText("✓ Saved on this PC").waitFor();
  };
  const changes = (from, count) =>
    page.evaluate(`(async () => {
      const pages = new BroadcastChannel("holdline-live");
      const status = await (await fetch("/api/v1/status", { headers: { "X-Holdline-Key": localStorage["holdline.key"] } })).json();
      for (let i = 0; i < ${count}; ++i) {
        status.replica.cn = String(1e9 + ${from} + i);
        pages.postMessage({ kind: "told", told: { id: "1." + (${from} + i), status, age: 1e7 } });
        if (i % 20 === 0) await new Promise((done) => setTimeout(done));
      }
      pages.close();
    })()`);
  for (let i = 0; i < 10; ++i) await caller(i);
  await changes(0, 200);
  await pause(2_000);
  const before = await heap();
  const hours = 8, a_second = 2;
  const all = (hours * 3600) / a_second;
  const callers = 200;
  for (let i = 0; i < callers; ++i) {
    await caller(10 + i);
    await changes(200 + (i * all) / callers, all / callers);
  }
  await pause(2_000);
  const after = await heap();
  tell("tab-growth", { changes: all, callers, before_mib: mib(before), after_mib: mib(after), growth_mib: mib(after - before) });
}

class Seat {
  #agent = new Agent({ keepAlive: true, maxSockets: 2 });
  #headers = {};
  times = { search: [], card: [], save: [] };
  constructor(centre, number) {
    Object.assign(this, { centre, number });
  }
  ask(method, path, body, more = {}) {
    const { centre } = this;
    return new Promise((done, failed) => {
      const asked = request(
        {
          ...{ host: "127.0.0.1", port: centre.port, method, path, servername: "desk.test", ca: centre.certificate },
          ...{ agent: this.#agent, headers: { Host: `desk.test:${centre.port}`, "X-Holdline": "console", ...this.#headers, ...more } },
        },
        (answer) => {
          let text = "";
          answer.on("data", (part) => (text += part));
          answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, json: JSON.parse(text) }));
        },
      );
      asked.on("error", failed);
      asked.end(body && JSON.stringify(body));
    });
  }
  async signIn() {
    for (;;) {
      const answer = await this.ask("POST", "/api/v1/login", { person: "bob", password, take_over: true });
      if (answer.status === 200) {
        this.#headers = {
          Cookie: answer.headers["set-cookie"][0].split(";")[0],
          "X-Holdline-Key": answer.json.page_key,
        };
        return;
      }
      await pause(300 + Math.random() * 700);
    }
  }
  // Its stream of events; what it says is not read here.
  listen() {
    const asked = request({
      ...{ host: "127.0.0.1", port: this.centre.port, path: "/api/v1/events", servername: "desk.test", ca: this.centre.certificate },
      headers: { Host: `desk.test:${this.centre.port}`, ...this.#headers },
    });
    asked.on("response", (answer) => answer.resume());
    asked.on("error", () => {});
    asked.end();
    return () => asked.destroy();
  }
  async timed(what, ...asked) {
    const began = performance.now();
    const answer = await this.ask(...asked);
    this.times[what].push(performance.now() - began);
    return answer;
  }
  // A caller every few seconds. The first one, with the connection that it opens, does not count.
  async work(end) {
    await pause(Math.random() * 3_000);
    await this.ask("GET", "/api/v1/customers?limit=20&q=ada");
    for (let i = 0; Date.now() < end; ++i) {
      const text = familyOf(1 + ((this.number * 7919 + i * 977) % customers)).slice(0, 5);
      const { json } = await this.timed("search", "GET", `/api/v1/customers?limit=20&q=${text}`);
      await pause(200 + Math.random() * 300);
      if (json.items?.[0]) await this.timed("card", "GET", `/api/v1/customers/${json.items[0].id}`);
      await pause(300 + Math.random() * 600);
      const key = { "Idempotency-Key": crypto.randomUUID() };
      const saved = await this.timed("save", "POST", "/api/v1/entries", { fields: { kind: "message", note: `message ${i} of seat ${this.number}` } }, key);
      if (saved.status !== 201) throw new Error(JSON.stringify(saved.json));
      await pause(300 + Math.random() * 600);
    }
  }
}

async function siteNode() {
  const centre = await Centre.start(sampleCustomers(customers), { network: true, patience: 600, place: placeOf("site") });
  try {
    const all = Array.from({ length: seats }, (_, number) => new Seat(centre, number));
    const began = performance.now();
    await Promise.all(all.map((seat) => seat.signIn()));
    tell("seats-signed-in", { seats, seconds: Math.round((performance.now() - began) / 100) / 10 });
    const stops = all.map((seat) => seat.listen());
    for (const hub of ["there", "dead"]) {
      if (hub === "dead") await centre.kill("hub");
      for (const seat of all) seat.times = { search: [], card: [], save: [] };
      await Promise.all(all.map((seat) => seat.work(Date.now() + seconds * 1000)));
      for (const what of ["search", "card", "save"])
        tell(`seats-${what}`, { hub, seats, customers, ...figures(all.flatMap((seat) => seat.times[what])) });
      tell("seats-memory", { hub, rss_mib: mib(centre.memory("desk")) });
    }
    for (const stop of stops) stop();
  } finally {
    await centre.stop();
  }
}

// What these figures are to be read beside: how long a turn of a busy machine takes.
async function machine() {
  const times = [];
  for (let i = 0; i < 20; ++i) {
    const began = performance.now();
    const child = spawn("true");
    await new Promise((done) => child.on("exit", done));
    times.push(performance.now() - began);
  }
  tell("machine-start-of-a-process", figures(times));
}

await machine();
if (["keys", "paint", "start", "growth"].some(wanted)) {
  const browser = await Browser.start({ csv: sampleCustomers(customers), patience: 600, place: placeOf("desk") });
  try {
    if (wanted("paint")) await firstPaint(browser);
    await browser.signIn();
    if (wanted("keys")) await typing(browser);
    tell("memory", { customers, rss_mib: mib(browser.centre.memory("desk")) });
    if (wanted("growth")) await growth(browser);
    if (wanted("start")) await usable(browser);
  } finally {
    await browser.stop();
  }
}
if (wanted("seats")) await siteNode();
