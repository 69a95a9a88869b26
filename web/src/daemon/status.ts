// What the daemon says of itself, asked every two seconds. When it does not answer the page says so itself.
import { Store } from "../page/store.ts";
import { ApiError, get } from "./api.ts";
import type { Status } from "./types.ts";

export type Mode = Status["mode"] | "starting" | "silent" | "read-only";
export interface Seen {
  mode: Mode;
  since: string | number | null; // when it began, as far as the daemon or this page knows
  status: Status | null; // the latest answer
}

const every_ms = 2_000;
// Two questions without an answer are silence: a connection may break once. Below five seconds in all.
const limit_ms = 1_500;
const soon_ms = 500;

export const seen = new Store<Seen>({ mode: "starting", since: null, status: null });

type Listener = (status: Status, askedAt: number) => void;
const listeners: Listener[] = [];
export const onStatus = (listener: Listener): void => void listeners.push(listener);

function modeOf(status: Status): Mode {
  return status.outbox?.health === "read-only" ? "read-only" : status.mode;
}

function show(mode: Mode, status: Status | null): void {
  const before = seen.get();
  const contact = mode === "contingency" ? (status?.sync?.last_contact ?? null) : null;
  const since = contact ?? (before.mode === mode ? before.since : Date.now());
  seen.set({ mode, since, status: status ?? before.status });
}

let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export async function look(): Promise<void> {
  clearTimeout(timer);
  const askedAt = Date.now();
  try {
    const status = await get<Status>("/status", { limit: limit_ms });
    failures = 0;
    show(modeOf(status), status);
    for (const listener of listeners) listener(status, askedAt);
  } catch (error) {
    failures += error instanceof ApiError && !error.silent ? 0 : 1;
    if (failures >= 2) show("silent", null);
  }
  clearTimeout(timer);
  timer = setTimeout(() => void look(), failures === 1 ? soon_ms : every_ms);
}

addEventListener("visibilitychange", () => {
  if (!document.hidden) void look();
});
