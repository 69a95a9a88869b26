// What the daemon says of itself: told by its stream of events (live.ts), asked for where nothing is told. When it does not
// answer the page says so itself.
import { Store, ticks } from "../page/store.ts";
import { ApiError, get } from "./api.ts";
import type { Status } from "./types.ts";

export type Mode = Status["mode"] | "starting" | "silent" | "read-only";
export interface Seen {
  mode: Mode;
  since: string | number | null; // when it began, as far as the daemon or this page knows
  status: Status | null; // the latest that was told
}

export const seen = new Store<Seen>({ mode: "starting", since: null, status: null });

export const inDrill = (): boolean => seen.get().status?.contingency?.incident?.drill === true;
// A drill among real callers: not the world of somebody who practises alone.
export const drillIsOn = (): boolean => inDrill() && !seen.get().status?.practice;
// What is practised is in the searches and lists of whoever practises, marked, while the drill is on.
export const practised = (path: string): string =>
  inDrill() ? `${path}${path.includes("?") ? "&" : "?"}practice=with` : path;

// `askedAt`: when the page asked for it, or the stream that told it was opened (ticks).
type Listener = (status: Status, askedAt: number) => void;
const listeners: Listener[] = [];
export const onStatus = (listener: Listener): void => void listeners.push(listener);

function modeOf(status: Status): Mode {
  return status.outbox?.health === "read-only" ? "read-only" : status.mode;
}

const isAway = (mode: Mode): boolean => mode === "contingency" || mode === "degraded";
let backAt = 0; // when this page saw that end
// Since when all is well: as long as the link is there, and nothing else was wrong.
const wellSince = (linked: string | null): string | number | null => (backAt > (Date.parse(linked ?? "") || 0) ? backAt : linked);

function show(mode: Mode, status: Status | null): void {
  const before = seen.get();
  const declared = status?.contingency?.incident ? status.contingency.since : null;
  const away = isAway(mode);
  const ofSystems = status?.link?.state === "online" ? status.systems?.since : null;
  const left = away ? (ofSystems ?? status?.link?.since ?? status?.sync?.last_contact ?? null) : null;
  if (isAway(before.mode) && !isAway(mode)) backAt = Date.now();
  const shown = before.mode === mode ? before.since : Date.now();
  const since = declared ?? left ?? (mode === "online" && status ? wellSince(status.link?.since ?? null) : shown);
  seen.set({ mode, since, status: status ?? before.status });
}

// Two failures in a row are silence: a connection may break once.
const silence = 2;
let failures = 0;
export const failed = (): number => failures;

export function heard(status: Status, askedAt: number): void {
  failures = 0;
  show(modeOf(status), status);
  for (const listener of listeners) listener(status, askedAt);
}

export function unheard(times: number): void {
  failures = times;
  if (failures >= silence) show("silent", null);
}

const limit_ms = 1_500;

// Asks for the status now.
export async function look(): Promise<void> {
  const askedAt = ticks();
  try {
    heard(await get<Status>("/status", { limit: limit_ms }), askedAt);
  } catch (error) {
    // An answer that refuses is one all the same.
    if (error instanceof ApiError && error.silent) unheard(failures + 1);
  }
}
