// From a draft to a saved action. It is tried until the daemon has said yes or no, always under the same key, so that
// an answer that was lost on the way does not make two of it.
import { said, t, term } from "../page/i18n.ts";
import { go } from "../page/router.ts";
import { Store } from "../page/store.ts";
import { ApiError, ask, newKey } from "./api.ts";
import { type About, asksForReal, type Draft, desk, draftOf, drop, everyDesk, typed, update, utcTime, who } from "./drafts.ts";
import { fieldOf, labelOf } from "./schema.ts";
import { session } from "./session.ts";
import { drillIsOn, onStatus } from "./status.ts";
import type { Duplicate, Finding, Saved, Value } from "./types.ts";

export interface Notice {
  text: string;
  notes: string[];
  references: string[]; // to be read out to the caller
  about: string; // the customer's id, where it is about one
  at: number;
  refused?: boolean; // it says why something was not saved
}
export const notice = new Store<Notice | null>(null);
// Grows with everything saved, so that lists look again.
export const savedCount = new Store(0);

const jsonOf = (collection: string, name: string, text: string): string | null => {
  if (text.trim() === "") return null;
  return fieldOf(collection, name)?.type === "time" ? utcTime(text) : text;
};

// Beside a time zone a time is by the clock of that zone, which this PC's clock need not be.
const inZone = (draft: Draft, name: string): boolean => {
  const zone = fieldOf(draft.purpose.collection, name)?.zone;
  return zone !== undefined && (draft.values[zone] ?? "").trim() !== "";
};

function fieldsOf(draft: Draft): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, text] of Object.entries(draft.values)) {
    const plain = inZone(draft, name) && text.trim() !== "" ? text : jsonOf(draft.purpose.collection, name, text);
    const value = /^(extra|paper)\./.test(name) ? null : plain;
    if (value !== null) fields[name] = value;
  }
  return fields;
}

function changesOf(
  draft: Draft,
  had: Record<string, Value>,
  names: string[],
): Record<string, { base: Value; value: Value }> {
  const changes: Record<string, { base: Value; value: Value }> = {};
  for (const name of names) {
    const base = had[name] ?? null;
    const text = draft.values[name] ?? "";
    const field = fieldOf(draft.purpose.collection, name);
    // In another zone the same time is another moment.
    const [zone, before] = field?.zone ? [draft.values[field.zone] ?? "", String(had[field.zone] ?? "")] : ["", ""];
    if (text === typed(field, base, before) && zone === before) continue;
    // The daemon reads it by the clock of the zone, and knows the hours that this clock skips.
    changes[name] = { base, value: zone && text ? text : jsonOf(draft.purpose.collection, name, text) };
  }
  return changes;
}

export const paths: Record<string, string> = {
  manual_entry: "/entries",
  callback_request: "/callbacks",
  customer: "/customers",
  phone: "/phones",
  email: "/emails",
  address: "/addresses",
};

interface Request {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

// A new customer with the number and address typed beside.
function customerOf(draft: Draft): Record<string, unknown> {
  const phone = draft.values["extra.e164"]?.trim();
  const email = draft.values["extra.addr"]?.trim();
  return {
    fields: fieldsOf(draft),
    phones: phone ? [{ e164: phone }] : [],
    emails: email ? [{ addr: email }] : [],
  };
}

// What is looked at while it is typed: a new customer, and to whom a call is promised when.
export interface Check {
  findings: Finding[]; // not what is missing yet
  duplicates: Duplicate[];
}
export const checked = ({ purpose, values }: Draft): boolean =>
  (purpose.do === "add" && purpose.collection === "customer") ||
  (purpose.collection === "callback_request" && "promise_start" in values && !("paper.number" in values));

export async function check(draft: Draft, signal: AbortSignal): Promise<Check> {
  const { purpose, about } = draft;
  const { phone, customer } = purpose.do === "edit" ? purpose.record.fields : { phone: null, customer: about?.id };
  const known = Object.entries({ phone, customer }).filter(([, value]) => value);
  const body = purpose.collection === "customer" ? customerOf(draft) : { fields: { ...Object.fromEntries(known), ...fieldsOf(draft) } };
  const { findings, duplicates } = await ask<Check>("POST", `${paths[purpose.collection]}/check`, body, { signal });
  const shown = findings.filter(({ field, weight }) => weight !== "refused" || /^promise/.test(field));
  return { findings: worded(draft, shown), duplicates };
}

function requestOf(draft: Draft): Request {
  const { purpose } = draft;
  const path = paths[purpose.collection] ?? `/records/${purpose.collection}`;
  switch (purpose.do) {
    case "add": {
      const fields = fieldsOf(draft);
      const real = draft.real && drillIsOn() ? { real: true } : {};
      const body = { fields: draft.about ? { ...fields, customer: draft.about.id } : fields, ...real };
      const sheet = draft.values["paper.number"];
      if (sheet !== undefined)
        return {
          method: "POST",
          path: `/paper/${encodeURIComponent(sheet.trim() || "-")}/entry`,
          body: {
            ...body,
            event_time: utcTime(draft.values["paper.event_time"] ?? ""),
            written_by: draft.values["paper.written_by"] ?? "",
            form: purpose.form ?? purpose.collection,
          },
        };
      if (purpose.collection !== "customer") return { method: "POST", path, body };
      return { method: "POST", path, body: { ...customerOf(draft), ...real } };
    }
    case "add-to":
      return { method: "POST", path: `/customers/${purpose.customer}${path}`, body: { fields: fieldsOf(draft) } };
    case "suppress":
      return { method: "POST", path: "/do-not-call", body: { ...purpose.contact, ...fieldsOf(draft) } };
    case "edit":
      return {
        method: "PATCH",
        path: `${path}/${purpose.record.id}`,
        body: { changes: changesOf(draft, purpose.record.fields, purpose.fields), cn: purpose.record.cn },
      };
    case "correct": {
      const changed = Object.entries(changesOf(draft, purpose.had, purpose.fields)).map(([name, { value }]) => [
        name,
        value,
      ]);
      return {
        method: "POST",
        path: `/outbox/${purpose.action.lane}/${purpose.action.number}/correct`,
        body: { changes: Object.fromEntries(changed) },
      };
    }
  }
}

export const isAsked = (findings: Finding[]): boolean =>
  findings.length > 0 && findings.every((finding) => finding.weight === "asked");

export function tell(saved: Partial<Saved>, about: About | null = null): void {
  const text = t(saved.repeated ? "savedBefore" : "saved");
  notice.set({
    text: about ? `${text}: ${about.name}` : text,
    about: about?.id ?? "",
    notes: (saved.notes ?? []).map(({ field, code, message }) => said(code, message, term(field))),
    references: saved.references ?? [],
    at: Date.now(),
  });
  savedCount.set(savedCount.get() + 1);
}

// Somebody else was first: said where it stays, for what it was about may be gone from the view by now.
export const warn = (text: string): void => notice.set({ text, about: "", notes: [], references: [], at: Date.now(), refused: true });

// Whoever corrects what was taken down says why.
export const isCorrection = ({ purpose }: Draft): boolean => purpose.do === "edit" && purpose.collection === "manual_entry";
// Why it is meant so.
export const reasonOf = ({ because }: Draft): string => because?.trim() ?? "";

// What is said so far to what was asked, and to what will be.
function acceptOf(draft: Draft): object | undefined {
  const asked = isAsked(draft.findings) ? draft.findings.map(({ code }) => code) : [];
  const hints = [...new Set([...asked, ...(isCorrection(draft) ? ["correction"] : [])])];
  return hints.length > 0 && reasonOf(draft) ? { hints, because: reasonOf(draft) } : undefined;
}

function newCustomer({ purpose, values }: Draft, { created }: Saved): About | null {
  if (purpose.do !== "add" || purpose.collection !== "customer" || !created[0]) return null;
  const name = [values.given, values.family].filter((part) => part?.trim()).join(" ");
  return { id: created[0], name: name || (values.org ?? "") };
}

// Saves what stands in the draft now. A draft that only needs "it is meant so" takes the reason along.
export async function save(id: string): Promise<void> {
  const draft = draftOf(id);
  if (!draft || draft.state === "saving") return;
  if (asksForReal(draft)) return update(id, { state: "typing" });
  const { method, path, body } = requestOf(draft);
  if (draft.purpose.do === "edit" && Object.keys(body.changes as object).length === 0) return drop(id);
  const accept = acceptOf(draft);
  if (accept) body.accept = accept;
  const name = who();
  notice.set(null);
  update(id, { state: "saving", problem: "", touched: true });
  try {
    const saved = await ask<Saved>(method, path, body, { key: draft.key });
    const onScreen = desk(name).open === id;
    drop(id, name);
    if (name !== who()) return;
    const created = newCustomer(draft, saved);
    tell(saved, created ?? draft.about);
    // What is taken down next is theirs.
    if (created && onScreen) go("customer", created.id);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refused(draft, error, name);
  }
}

// In the words of the page's language, with fields as the form names them.
const worded = ({ purpose }: Draft, findings: Finding[]): Finding[] =>
  findings.map((one) => ({ ...one, message: said(one.code, one.message, term(labelOf(purpose.collection, one.field))) }));

function refused(draft: Draft, error: ApiError, name: string): void {
  const { id } = draft;
  if (error.silent) return update(id, { state: "waiting" }, name);
  // Whoever signs in again finds it as it is.
  if (error.status === 401 || error.code === "another-person") return update(id, { state: "signed-out" }, name);
  // A form in which nothing was typed is no work that somebody could lose.
  const back = { state: "typing", touched: draft.touched, refusals: (draft.refusals ?? 0) + 1 } as const;
  if (error.code === "key-reused") return update(id, { ...back, key: newKey(), problem: t("keyReused") }, name);
  const problem = error.findings.length > 0 ? "" : error.message;
  const findings = worded(draft, error.findings);
  update(id, { ...back, findings, problem }, name);
}

// What was about to be saved when the sign-in ended is saved when the same person is back.
let shownTo = "";
session.follow(() => {
  const { person } = session.get();
  if (shownTo && shownTo !== person?.name) notice.set(null);
  shownTo = person?.name ?? "";
  if (!person) return;
  for (const draft of desk().drafts) if (draft.state === "signed-out") void save(draft.id);
});
session.follow(() => {
  if (session.get().person) return;
  const desks = { ...everyDesk.get() };
  for (const [name, one] of Object.entries(desks))
    desks[name] = {
      ...one,
      drafts: one.drafts.map((draft) => (draft.state === "typing" ? draft : { ...draft, state: "signed-out" })),
    };
  everyDesk.set(desks);
});
onStatus(() => {
  for (const draft of desk().drafts) if (draft.state === "waiting") void save(draft.id);
});
