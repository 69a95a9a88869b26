// A centre on this machine for a test: a hub, a workstation with a console, a person, some customers. Real programs in a
// directory of their own, removed at the end.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
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
export async function until(what, look, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${seconds} s`);
    await sleep(50);
  }
}

export class Centre {
  static async start(customers) {
    const centre = new Centre();
    await centre.#build(customers);
    return centre;
  }

  #place = mkdtempSync(join(tmpdir(), "holdline-browser-"));
  #running = {};
  #console_port = 0;

  get address() {
    return `http://localhost:${this.#console_port}/`;
  }
  get #hub() {
    return join(this.#place, "hub");
  }
  #file(name) {
    return join(this.#place, name);
  }

  async #build(customers) {
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
    writeFileSync(
      this.#file("desk.toml"),
      `directory = "${this.#file("desk")}"\n[local]\nsocket = "${this.#file("desk.sock")}"\ngroup = ""\n[console]\nlisten = "127.0.0.1:${this.#console_port}"\n`,
    );
    await this.startDesk();
    const { stdout } = await this.hub("enroll-code", "--name", "desk-1", "--scope", "acme/london");
    await this.desk("enroll", stdout.trim());
    await until("a sign-in", () => this.signIn().catch(() => null));
    writeFileSync(this.#file("customers.csv"), customers);
    await this.hub("import", "--scope", "acme/london", this.#file("customers.csv"));
    await until("the customers", async () =>
      (await this.desk("customer", "search", "Lovelace", "--json")).stdout.includes("K-1"),
    );
  }

  hub(verb, ...words) {
    return run(join(programs, "holdline-hub"), [verb, "--dir", this.#hub, ...words]);
  }
  desk(...words) {
    return run(join(programs, "holdline"), ["--socket", this.#file("desk.sock"), ...words], {
      env: { ...process.env, HOLDLINE_SESSION: this.#file("session") },
    });
  }
  async status() {
    return JSON.parse((await this.desk("status", "--json")).stdout);
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
  async startDesk() {
    this.#launch("desk", "holdlined", "--config", this.#file("desk.toml"));
    await until("the desk", () => this.status().catch(() => null));
  }
  // As a crash ends it.
  async kill(name) {
    const child = this.#running[name];
    delete this.#running[name];
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  // The person at the command line signs in again: a restart of the daemon ends every session.
  signIn() {
    return this.desk("login", "ada", "--password-file", this.#file("password"));
  }

  async stop() {
    for (const name of Object.keys(this.#running)) await this.kill(name);
    rmSync(this.#place, { recursive: true, force: true });
  }
}
