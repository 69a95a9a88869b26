// Drafts outlive the page: what is typed goes to the daemon, which encrypts it, two seconds after the last key, and comes
// back with the next sign-in. Only what the daemon does not have keeps somebody from leaving the page. Pages of one person
// share what is kept: who finds that another one was there reads it first, and what one saves or discards goes everywhere.
import { ApiError, ask, get } from "./api.ts";
import { Store } from "../page/store.ts";
import { type Draft, desk, everyDesk, goneElsewhere, idAtHome, takeBack, unsaved, who } from "./drafts.ts";
import { session, whenAskedToLeave, whenLeaving } from "./session.ts";

const pause_ms = 2_000;

interface Kept {
  version: string;
  text: string;
}
const kept: Record<string, Kept> = {}; // by person, as the daemon has it
let readFor = ""; // whose drafts were asked for
let timer: ReturnType<typeof setTimeout> | undefined;

// 13 to 19 digits with a right check digit (Luhn), however they are grouped: perhaps a payment card's, which nothing
// here writes down. Such a draft stays in the page until it is saved, which says more, or discarded.
function mayHoldCard(text: string): boolean {
  for (const [run] of text.normalize("NFKC").matchAll(/\d(?:[^\d\p{L}]{0,2}\d){12,18}/gu)) {
    const digits = [...run.replace(/\D/g, "")].reverse().map(Number);
    const sum = digits.reduce((all, digit, at) => all + (at % 2 === 0 ? digit : (digit * 2 > 9 ? digit * 2 - 9 : digit * 2)), 0);
    if (sum % 10 === 0) return true;
  }
  return false;
}

// What the daemon keeps of one person at most, in bytes: as many drafts as fit, the latest first.
const most_bytes = 120 * 1024;
const bytesOf = (draft: Draft): number => new TextEncoder().encode(JSON.stringify(draft)).length + 1;

// Why a draft stays on this page alone, by its id: whoever types it is told.
export type Unkept = Record<string, "card" | "large">;
export const unkept = new Store<Unkept>({});

function sorted(name: string): { keep: Draft[]; not: Unkept } {
  const not: Unkept = {};
  let room = most_bytes;
  const keep = unsaved(name).filter((draft) => {
    if (!Object.values(draft.values).some(mayHoldCard)) return true;
    not[draft.id] = "card";
    return false;
  });
  const fits = keep.reverse().filter((draft) => {
    const bytes = bytesOf(draft);
    const fit = bytes <= room;
    if (fit) room -= bytes;
    else not[draft.id] = "large";
    return fit;
  });
  return { keep: fits.reverse(), not };
}

// An answer to a key from before a restart must not save twice: the key goes along.
const textOf = (drafts: Draft[]): string =>
  drafts.length === 0 ? "" : JSON.stringify(drafts.map((draft) => ({ ...draft, id: idAtHome(draft.id) })));
const draftsOf = (text = ""): Draft[] => (text ? (JSON.parse(text) as Draft[]) : []);
const textToKeep = (name: string): string => textOf(sorted(name).keep);
const isKept = (name: string): boolean => textToKeep(name) === (kept[name]?.text ?? "");

async function read(name: string): Promise<void> {
  const answer = await get<Kept>("/drafts", { watches: true });
  const known = draftsOf(kept[name]?.text);
  kept[name] = answer;
  takeBack(draftsOf(answer.text), known, name);
  readFor = name;
}

async function keep(): Promise<void> {
  const name = who();
  const { keep: drafts, not } = sorted(name);
  if (JSON.stringify(not) !== JSON.stringify(unkept.get())) unkept.set(not);
  const text = textOf(drafts);
  if (!name || readFor !== name || text === (kept[name]?.text ?? "")) return;
  const instead = kept[name]?.version ?? "0";
  try {
    const { version } = await ask<Kept>("PUT", "/drafts", { text, version: instead }, { watches: true });
    kept[name] = { version, text };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "changed-meanwhile") await read(name).catch(() => {});
    later(pause_ms); // the daemon is away, or another page was there: tried again
  }
}

function later(wait_ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void keep(), wait_ms);
}

const begin = (name: string): void =>
  void read(name).catch(() => setTimeout(() => who() === name && readFor !== name && begin(name), pause_ms));

session.follow(() => {
  const name = who();
  if (name === readFor) return;
  readFor = "";
  if (name) begin(name);
});
whenLeaving(keep);
whenAskedToLeave(() => unsaved().length > 0);

const pages = new BroadcastChannel("holdline-drafts");
pages.onmessage = ({ data }: MessageEvent<{ name: string; gone: [string, string][] }>) => {
  for (const [id, values] of data.gone) goneElsewhere(id, values, data.name);
};

let before: [string, string][] = []; // their ids and what stood in them
let beforeFor = "";
everyDesk.follow(() => {
  const name = who();
  const now = unsaved().map((draft): [string, string] => [draft.id, JSON.stringify(draft.values)]);
  const gone = name === beforeFor ? before.filter(([id]) => !desk().drafts.some((draft) => draft.id === id)) : [];
  before = now;
  beforeFor = name;
  if (gone.length > 0) pages.postMessage({ name, gone });
  later(gone.length > 0 ? 0 : pause_ms);
});

addEventListener("beforeunload", (event) => {
  const all = Object.keys(everyDesk.get());
  if (all.some((name) => !isKept(name) || Object.keys(sorted(name).not).length > 0)) event.preventDefault();
});
