// The description of the local API as a judge of what the daemon answers: whether an answer is one of those that
// agent/api/description/openapi.json tells of, and which of them were never seen.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const file = new URL("../../agent/api/description/openapi.json", import.meta.url);
const root = "/api/v1";
const problem = "application/problem+json";
const step = (part) => encodeURIComponent(String(part).replaceAll("~", "~0").replaceAll("/", "~1"));

// The whole events of what a stream has said so far, their data read as JSON.
const eventsOf = (text) =>
  text
    .split("\n\n")
    .slice(0, -1)
    .map((part) => Object.fromEntries(part.split("\n").map((line) => line.split(/: ?(.*)/s, 2))))
    .map(({ data, ...event }) => (data ? { ...event, data: JSON.parse(data) } : event));

export class Description {
  document = JSON.parse(readFileSync(file, "utf8"));
  #ajv = addFormats(new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true }));
  #judges = new Map();
  #seen = new Set();

  constructor() {
    this.#ajv.addVocabulary(Object.keys(this.document)); // around the schemas; within them an unknown word is a mistake
    this.#ajv.addSchema(this.document, "api");
  }

  // Everything that can be asked: method, path, operation.
  *operations() {
    for (const [path, item] of Object.entries(this.document.paths))
      for (const [member, operation] of Object.entries(item))
        if (member !== "parameters") yield { method: member.toUpperCase(), path, operation };
  }

  // Which path of the description it is; one that is written out goes before one with {parts}.
  #pathOf(asked) {
    const parts = asked.split("/");
    const fits = (path) => {
      const own = path.split("/");
      return own.length === parts.length && own.every((one, i) => (one.startsWith("{") ? parts[i] : one === parts[i]));
    };
    return this.document.paths[asked] ? asked : Object.keys(this.document.paths).find(fits);
  }

  // Follows references: what stands there, and where.
  #at(where) {
    let found = this.document;
    for (const part of where) found = found?.[part];
    return found?.$ref ? this.#at(found.$ref.slice(2).split("/")) : { found, where };
  }

  // What the schema at `where` has against `value`.
  #against(where, value) {
    const pointer = `api#/${where.map(step).join("/")}`;
    if (!this.#judges.has(pointer)) this.#judges.set(pointer, this.#ajv.compile({ $ref: pointer }));
    const judge = this.#judges.get(pointer);
    return judge(value)
      ? []
      : judge.errors.map((error) => `${error.instancePath || "it"} ${error.message} ${JSON.stringify(error.params)}`);
  }

  // What is wrong with one exchange: nothing, when the list is empty. `path` is below the host, with its query; `headers`
  // by lower-case name; `sent`: the body of the request, when it was JSON.
  faults({ method, path, status, headers, body, sent }) {
    const url = new URL(path, "http://localhost");
    const known = this.#pathOf(url.pathname.slice(root.length));
    const item = this.document.paths[known];
    const operation = item?.[method.toLowerCase()];
    if (!operation) return this.#strangerFaults(item, { status, headers, body });
    const at = ["paths", known, method.toLowerCase()];
    const key = operation.responses[status] ? String(status) : `${String(status)[0]}XX`;
    const { found: response, where } = this.#at([...at, "responses", key]);
    if (!response) return [`status ${status} is not described: ${body.slice(0, 300)}`];
    this.#seen.add(`${operation.operationId} ${key}`);
    const faults = this.#bodyFaults(response, where, { headers, body });
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const value = headers[name.toLowerCase()];
      if (value === undefined && header.required) faults.push(`there is no header ${name}`);
      if (typeof value === "string") faults.push(...this.#against([...where, "headers", name, "schema"], value));
    }
    if (status >= 400) faults.push(...this.#problemFaults(JSON.parse(body), status, url.pathname));
    else faults.push(...this.#requestFaults(at, item, operation, url, sent));
    return faults;
  }

  #bodyFaults(response, where, { headers, body }) {
    const type = (headers["content-type"] ?? "").split(";")[0];
    if (!response.content[type]) return [`the content type is ${type}`];
    if (type === "text/event-stream")
      return eventsOf(body).flatMap((event) => this.#against([...where, "content", type, "x-event"], event));
    const text = !type.endsWith("json"); // judged by how it begins
    return this.#against([...where, "content", type, "schema"], text ? body : JSON.parse(body));
  }

  // What stands in no table is refused as one of these.
  #strangerFaults(item, { status, headers, body }) {
    if (headers["content-type"] !== problem) return [`the content type is ${headers["content-type"]}`];
    const faults = this.#against(["components", "schemas", "Problem"], JSON.parse(body));
    if (status === 403) return faults;
    if (status !== (item ? 405 : 404)) faults.push(`the status is ${status}`);
    const methods = Object.keys(item ?? {}).filter((name) => name !== "parameters");
    const allowed = (headers.allow ?? "").toLowerCase().split(", ");
    if (item && methods.sort().join() !== allowed.sort().join()) faults.push(`Allow is ${headers.allow}`);
    return faults;
  }

  #problemFaults(told, status, path) {
    const faults = [];
    if (told.status !== status) faults.push(`the problem says status ${told.status}`);
    const unread = status === 413 && told.instance === undefined; // refused with half of it still to come
    if (told.instance !== path && !unread) faults.push(`the problem is about ${told.instance}`);
    if (told.type !== `urn:holdline:problem:${told.code}`) faults.push(`the type is ${told.type}`);
    return faults;
  }

  // What was answered well was asked for as described.
  #requestFaults(at, item, operation, url, sent) {
    const faults = [];
    const own = (operation.parameters ?? []).map((_, i) => this.#at([...at, "parameters", i]));
    const queries = own.filter(({ found }) => found.in === "query");
    for (const name of url.searchParams.keys())
      if (!queries.some(({ found }) => found.name === name)) faults.push(`the query ${name} is not described`);
    for (const { found, where } of queries) {
      const value = url.searchParams.get(found.name);
      if (value === null && found.required) faults.push(`the query ${found.name} could be left out`);
      if (value !== null)
        faults.push(...this.#against([...where, "schema"], found.schema.type === "integer" ? Number(value) : value));
    }
    const content = operation.requestBody?.content["application/json"];
    if (content && sent === undefined) faults.push("the body could be left out");
    if (content && sent !== undefined)
      faults.push(...this.#against([...at, "requestBody", "content", "application/json", "schema"], sent));
    return faults;
  }

  // Answers that are described and were not seen, but those that come when something fails (5XX).
  unseen() {
    const missing = [];
    for (const { operation } of this.operations())
      for (const status of Object.keys(operation.responses))
        if (status !== "5XX" && !this.#seen.has(`${operation.operationId} ${status}`))
          missing.push(`${operation.operationId} ${status}`);
    return missing;
  }
}

// Every answer of the API that a page gets from now on: what is wrong with them, as it comes.
export function watch(page) {
  const description = new Description();
  const wrong = [];
  page.on("response", async (answer) => {
    const url = new URL(answer.url());
    if (!url.pathname.startsWith(`${root}/`) || answer.headers()["content-type"]?.startsWith("text/event-stream"))
      return;
    const body = await answer.text().catch(() => null);
    if (body === null) return; // the page went on
    const request = answer.request();
    const sent = request.postData() ? request.postDataJSON() : undefined;
    const exchange = {
      method: request.method(),
      path: url.pathname + url.search,
      status: answer.status(),
      headers: answer.headers(),
      body,
      sent,
    };
    for (const fault of description.faults(exchange)) wrong.push(`${exchange.method} ${exchange.path}: ${fault}`);
  });
  return wrong;
}
