// A centre on this machine for a test: a hub, a workstation with a console, a person, some customers. Real programs in a
// directory of their own, removed at the end.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const programs = process.env.HOLDLINE_BIN;
export const password = "correct horse battery staple";

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// Waits until `look` gives something; complains after `seconds`.
export async function until(what, look, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${seconds} s`);
    await sleep(50);
  }
}

export class Centre {
  // `second`: another workstation beside. `station`: the first performs the plan. `pack`: of forms, for its schema. `network`: the console is one for other computers, over TLS
  // with a certificate of its own. `patience`: seconds until the customers are there. `place`: a directory that stays: the
  // centre is built there at the first time, and started again as it is at every later one.
  static async start(customers, { second = false, station = false, pack = "", network = false, patience = 20, place = "" } = {}) {
    const centre = new Centre();
    centre.#network = network;
    centre.#station = station;
    centre.#stays = place !== "";
    centre.#place = place || mkdtempSync(join(tmpdir(), "holdline-browser-"));
    if (existsSync(centre.#file("built"))) await centre.#startAgain();
    else await centre.#build(customers, { second, pack, patience });
    return centre;
  }

  #place;
  #stays = false;
  #running = {};
  #console_port = 0;
  #second_port = 0;
  #network = false;
  #station = false;

  get address() {
    return this.#network ? `https://desk.test:${this.#console_port}/` : `http://localhost:${this.#console_port}/`;
  }
  get secondAddress() {
    return `http://localhost:${this.#second_port}/`;
  }
  get port() {
    return this.#console_port;
  }
  get certificate() {
    return readFileSync(this.#file("console.pem"));
  }
  get #hub() {
    return join(this.#place, "hub");
  }
  #file(name) {
    return join(this.#place, name);
  }

  async #build(customers, { second, pack, patience }) {
    mkdirSync(this.#place, { recursive: true });
    const hub_port = String(await freePort());
    this.#console_port = await freePort();
    writeFileSync(this.#file("password"), password, { mode: 0o600 });
    await this.hub(
      "init",
      "--url",
      `https://127.0.0.1:${hub_port}`,
      "--address",
      "127.0.0.1",
      "--port",
      hub_port,
      "--region",
      "GB",
      "--person",
      "ada",
      "--password-file",
      this.#file("password"),
      "--role",
      "supervisor",
      "--scope",
      "acme/london",
      ...(pack ? ["--pack", pack] : []),
    );
    await this.startHub();
    await this.hub(
      "person",
      "add",
      "bob",
      "--password-file",
      this.#file("password"),
      "--role",
      "agent",
      "--scope",
      "acme/london",
    );
    await this.#enrol("desk", this.#network ? await this.certify() : `listen = "127.0.0.1:${this.#console_port}"`);
    if (second) {
      this.#second_port = await freePort();
      await this.#enrol("second", `listen = "127.0.0.1:${this.#second_port}"`);
    }
    writeFileSync(this.#file("customers.csv"), customers);
    await this.hub("import", "--scope", "acme/london", this.#file("customers.csv"));
    for (const desk of second ? ["desk", "second"] : ["desk"])
      await until("the customers", async () =>
        (await this.at(desk, "customer", "search", "Lovelace", "--json")).stdout.includes("K-1"), patience,
      );
    if (this.#stays) writeFileSync(this.#file("built"), String(this.#console_port));
  }
  async #startAgain() {
    this.#console_port = Number(readFileSync(this.#file("built"), "utf8"));
    await this.startHub();
    await this.startDesk();
  }

  async #enrol(name, console_settings) {
    writeFileSync(
      this.#file(`${name}.toml`),
      `directory = "${this.#file(name)}"\n[local]\nsocket = "${this.#file(`${name}.sock`)}"\ngroup = ""\n[console]\n${console_settings}\n` +
        (this.#station && name === "desk" ? '[runbook]\nstation = true\nclaims-after = "0s"\n' : ""),
    );
    await this.startDesk(name);
    const { stdout } = await this.hub("enroll-code", "--name", name, "--scope", "acme/london");
    await this.at(name, "enroll", stdout.trim());
    await until("a sign-in", () => this.signIn(name).catch(() => null));
  }

  // A certificate as a site's own authority would make it, in place of the one before; what the settings say of it.
  async certify(name = "desk.test") {
    const [certificate, key] = [this.#file("console.pem"), this.#file("console.key")];
    await run("openssl", [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=desk.test".split(" "),
      ...["-addext", `subjectAltName=DNS:${name},IP:127.0.0.1`, "-keyout", key, "-out", certificate],
    ]);
    return `listen = "127.0.0.1:${this.#console_port}"\ncertificate = "${certificate}"\nkey = "file:${key}"`;
  }

  spoilCertificate(text = "no certificate") {
    writeFileSync(this.#file("console.pem"), text);
  }

  hub(verb, ...words) {
    return run(join(programs, "holdline-hub"), [verb, "--dir", this.#hub, ...words]);
  }
  at(name, ...words) {
    return run(join(programs, "holdline"), ["--socket", this.#file(`${name}.sock`), ...words], {
      env: { ...process.env, HOLDLINE_SESSION: this.#file(`${name}.session`) },
    });
  }
  desk(...words) {
    return this.at("desk", ...words);
  }
  async status(name = "desk") {
    return JSON.parse((await this.at(name, "status", "--json")).stdout);
  }

  #launch(name, program, ...words) {
    const log = openSync(this.#file(`${name}.log`), "a");
    this.#running[name] = spawn(join(programs, program), words, { stdio: ["ignore", "ignore", log] });
  }
  async startHub() {
    const ready = join(this.#hub, "admin.sock");
    rmSync(ready, { force: true }); // of one that was killed
    this.#launch("hub", "holdline-hub", "run", "--dir", this.#hub);
    await until("the hub", () => existsSync(ready));
  }
  async startDesk(name = "desk") {
    this.#launch(name, "holdlined", "--config", this.#file(`${name}.toml`));
    await until("the desk", () => this.status(name).catch(() => null));
  }
  // It hangs, and goes on.
  signal(name, signal) {
    this.#running[name].kill(signal);
  }
  // Resident memory of a program, in bytes.
  memory(name) {
    const status = readFileSync(`/proc/${this.#running[name].pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) * 1024;
  }
  // As a crash ends it.
  async kill(name) {
    const child = this.#running[name];
    delete this.#running[name];
    if (child.exitCode !== null || child.signalCode !== null) return; // it has ended by itself
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  // The person at the command line signs in again: a restart of the daemon ends every session.
  signIn(name = "desk") {
    return this.at(name, "login", "ada", "--password-file", this.#file("password"));
  }

  async stop() {
    for (const name of Object.keys(this.#running)) await this.kill(name);
    if (!this.#stays) rmSync(this.#place, { recursive: true, force: true });
  }
}
