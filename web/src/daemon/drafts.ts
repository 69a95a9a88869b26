// What is being typed, of each person apart. In the memory of the page, and kept by the daemon (keep_drafts.ts): customer
// data is never written to the browser's disk.
import { Store } from "../page/store.ts";
import { wallTime } from "../page/zones.ts";
import { newKey } from "./api.ts";
import { session } from "./session.ts";
import { drillIsOn } from "./status.ts";
import type { ActionRef, Finding, FieldForm, Shown, Value } from "./types.ts";

export interface About {
  id: string;
  name: string;
}

// What becomes of the draft when it is saved.
export type Purpose =
  | { do: "add"; collection: string; kind?: string; form?: string }
  | { do: "add-to"; collection: "phone" | "email" | "address"; customer: string }
  | { do: "suppress"; collection: "suppression"; contact: { number: string } | { email: string } }
  | { do: "edit"; collection: string; record: Shown; fields: string[] }
  | { do: "correct"; collection: string; action: ActionRef; had: Record<string, Value>; fields: string[] };

export interface Draft {
  id: string;
  purpose: Purpose;
  about: About | null;
  values: Record<string, string>;
  because: string | null; // why it is meant so; null: the usual reason
  key: string; // Idempotency-Key: the same for every attempt to save it
  touched: boolean;
  real?: boolean; // whether the caller of a drill is; not said where no drill was on when it was begun
  state: "typing" | "saving" | "waiting" | "signed-out"; // waiting: tried again until the daemon answers
  findings: Finding[];
  problem: string;
  last?: string; // the field in which something was typed last
  refusals?: number; // how often saving was refused
}

interface Desk {
  open: string | null; // which draft is on the screen
  drafts: Draft[];
}

const empty: Desk = { open: null, drafts: [] };
const desks = new Store<Record<string, Desk>>({});
export const everyDesk = desks;

export const who = (): string => session.get().person?.name ?? "";
export const desk = (name = who()): Desk => desks.get()[name] ?? empty;
const put = (changed: Desk, name = who()): void => desks.set({ ...desks.get(), [name]: changed });

export const draftOf = (id: string): Draft | undefined => desk().drafts.find((draft) => draft.id === id);
export const openDraft = (): Draft | undefined => draftOf(desk().open ?? "");

const idOf = (purpose: Purpose, about: About | null): string => {
  switch (purpose.do) {
    case "add":
      return `${purpose.collection}/${purpose.form ?? purpose.kind ?? ""}/${about?.id ?? ""}`;
    case "add-to":
      return `${purpose.collection}/${purpose.customer}`;
    case "suppress":
      return `suppress/${Object.values(purpose.contact).join()}`;
    case "edit":
      return `edit/${purpose.record.id}/${purpose.fields.join()}`;
    case "correct":
      return `correct/${purpose.action.lane}/${purpose.action.number}`;
  }
};

// Opens the form; what was typed in it before is still there. An untouched one makes room.
export function begin(purpose: Purpose, about: About | null, values: Record<string, string>): void {
  const id = idOf(purpose, about);
  const drafts = desk().drafts.filter((draft) => draft.touched || draft.id === id);
  if (!drafts.some((draft) => draft.id === id))
    drafts.push({
      id,
      purpose,
      about,
      values,
      because: null,
      key: newKey(),
      touched: false,
      ...(drillIsOn() ? { real: false } : {}),
      state: "typing",
      findings: [],
      problem: "",
    });
  put({ open: id, drafts });
}

export const show = (id: string | null): void => put({ ...desk(), open: id });

// An answer may come when somebody else is signed in: it is about the draft of whoever asked.
export function update(id: string, some: Partial<Draft>, name = who()): void {
  const { open, drafts } = desk(name);
  put({ open, drafts: drafts.map((draft) => (draft.id === id ? { ...draft, ...some } : draft)) }, name);
}

// Drafts in which something was typed on this page, not on another one of the same person.
const typedHere = new Set<string>();

export function drop(id: string, name = who()): void {
  typedHere.delete(`${name} ${id}`);
  const { open, drafts } = desk(name);
  put({ open: open === id ? null : open, drafts: drafts.filter((draft) => draft.id !== id) }, name);
}

// Another page of this person saved or discarded it: what was typed into another text here stays.
export function goneElsewhere(id: string, values: string, name: string): void {
  const own = desk(name).drafts.find((draft) => draft.id === id);
  if (own && (!typedHere.has(`${name} ${id}`) || JSON.stringify(own.values) === values)) drop(id, name);
}

// What is taken down anew can be of a real caller, drill or not. What was begun outside the drill has to say so.
export const mayBeReal = ({ purpose, values, real }: Draft): boolean =>
  purpose.do === "add" && !("paper.number" in values) && (drillIsOn() || real === false);
export const asksForReal = (draft: Draft): boolean => mayBeReal(draft) && !draft.real && drillIsOn() === (draft.real === undefined);

export function type(id: string, field: string, text: string): void {
  const draft = draftOf(id);
  if (!draft) return;
  const values = { ...draft.values, [field]: text };
  // Whoever goes on typing while it waits has not finished yet.
  const state = draft.state === "saving" ? draft.state : "typing";
  const findings = draft.findings.filter((finding) => finding.weight !== "asked");
  typedHere.add(`${who()} ${id}`);
  update(id, { values, findings, touched: true, state, last: field });
}

// Two pages may have one form open, each with another caller's words: the second is known by its key beside its name.
const apart = "#";
export const idAtHome = (id: string): string => id.split(apart)[0] ?? id;

// What the daemon has of this person, from here or another page. `known`: what it had when this page last heard. What was
// typed here since stays as it is; of anything else theirs is the newer, also that it is gone.
export function takeBack(theirs: Draft[], known: Draft[], name: string): void {
  const { open, drafts } = desk(name);
  const same = (one: Draft, other?: Draft): boolean => JSON.stringify(one.values) === JSON.stringify(other?.values);
  const by = (key: string, all: Draft[]) => all.find((draft) => draft.key === key);
  const isNew = (own: Draft): boolean => own.state !== "typing" || !same(own, by(own.key, known));
  const stay = drafts.filter((own) => (own.touched ? isNew(own) || by(own.key, theirs) : !theirs.some(({ id }) => id === own.id)));
  const now = stay.map((own) => ({ ...own, values: (!isNew(own) && by(own.key, theirs)?.values) || own.values }));
  const more: Draft[] = [];
  for (const one of theirs) {
    const beside = now.find(({ id }) => id === one.id);
    if (by(one.key, now) || (beside && same(beside, one))) continue;
    more.push({ ...one, state: "typing", id: [...now, ...more].some(({ id }) => id === one.id) ? one.id + apart + one.key : one.id });
  }
  put({ open, drafts: [...more, ...now] }, name);
}

export const unsaved = (name = who()): Draft[] => desk(name).drafts.filter((draft) => draft.touched);

// A value of a record as it stands in an input.
// `zone`: by whose clock a time is meant.
export function typed(field: FieldForm | undefined, value: Value | undefined, zone = ""): string {
  if (value === null || value === undefined || Array.isArray(value)) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (field?.type === "time") return (zone && wallTime(String(value), zone)) || localTime(String(value));
  return String(value);
}

// RFC 3339 in UTC as an <input type="datetime-local"> has it, and back.
export function localTime(utc: string): string {
  const date = new Date(utc);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export function utcTime(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}
