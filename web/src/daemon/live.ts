// What changes is told by the daemon as it happens. One page of the browser, the leader, holds the stream of events and
// shares it with the others: browsers allow six connections to one place, and each page needs some to work. The leader is
// whoever has the lock; the next page gets it when that one is closed. A page that hears nothing for a while asks for
// itself, so nothing here has to work for the strip to be right.
import { Store, ticks } from "../page/store.ts";
import { headers } from "./api.ts";
import { failed, heard, look, unheard } from "./status.ts";
import type { Status } from "./types.ts";

// The daemon says something every two seconds. Silence is told within five: one missing beat, and a question.
const quiet_ms = 2_600;
const every_ms = 2_000;
const soon_ms = 500;

interface Told {
  id: string; // "START.NUMBER": the daemon's start, and how many changes it has told since
  status: Status;
  age: number; // milliseconds since the stream was opened
}
type Message =
  | { kind: "told"; told: Told }
  | { kind: "beat" }
  | { kind: "unheard"; times: number }
  | { kind: "hello" } // of a page that has just been opened
  | { kind: "again" }; // of one where the session has changed

const pages = new BroadcastChannel("holdline-live");
const share = (message: Message): void => pages.postMessage(message);

// Grows when changes were missed, so that views ask again for what they show.
export const missed = new Store(0);

let latest: Told | null = null;
let leads = false;
let stream: AbortController | undefined;
let openedAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let heardAt = 0;

function wait(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void askOneself(), ms);
}
// A beat that does not come is the first failure.
function alive(): void {
  heardAt = ticks();
  clearTimeout(timer);
  timer = setTimeout(() => {
    unheard(1);
    void askOneself();
  }, quiet_ms);
}

const followsOn = (id: string): boolean => {
  const [start, number] = id.split(".");
  const [before, last] = (latest?.id ?? id).split(".");
  return start === before && Number(number) - Number(last) <= 1;
};

function take(told: Told): void {
  const gap = !followsOn(told.id);
  latest = told;
  alive();
  heard(told.status, ticks() - told.age);
  if (gap) missed.set(missed.get() + 1);
}

// "id: …", "event: …", "data: …" and an empty line, of each event (the HTML standard, 9.2.6).
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Record<string, string>> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) yield Object.fromEntries(part.split("\n").map((line) => line.split(/: ?(.*)/s, 2)));
  }
}

async function open(): Promise<void> {
  stream?.abort();
  const own = new AbortController();
  stream = own;
  openedAt = ticks();
  try {
    const answer = await fetch("/api/v1/events", { headers: headers(), signal: own.signal, cache: "no-store" });
    if (answer.ok && answer.body)
      for await (const { id, event, data } of eventsOf(answer.body)) {
        if (own !== stream) return;
        if (event === "status" && id && data) {
          const told = { id, status: JSON.parse(data) as Status, age: ticks() - openedAt };
          take(told);
          share({ kind: "told", told });
        } else {
          alive();
          share({ kind: "beat" });
        }
      }
  } catch {
    // it broke: asked at once whether the daemon is there
  }
  if (own !== stream) return;
  stream = undefined;
  void askOneself();
}

async function askOneself(): Promise<void> {
  clearTimeout(timer);
  await look();
  const times = failed();
  if (leads) share({ kind: "unheard", times });
  // A stream that is open and says nothing is of a daemon that hangs, or of a connection that broke unseen.
  if (leads && times > 0) {
    stream?.abort();
    stream = undefined;
  }
  if (leads && times === 0 && !stream) return void open();
  wait(times === 1 ? soon_ms : every_ms);
}

// The session is another: the stream tells of the one before.
export function hearAgain(): void {
  if (leads) void open();
  else share({ kind: "again" });
}

pages.onmessage = ({ data }: MessageEvent<Message>) => {
  if (data.kind === "told") take(data.told);
  else if (data.kind === "beat") alive();
  else if (data.kind === "unheard") {
    unheard(data.times);
    if (data.times === 0) void askOneself();
  } else if (!leads) return;
  else if (data.kind === "again") void open();
  else if (latest && stream) share({ kind: "told", told: { ...latest, age: ticks() - openedAt } });
};

addEventListener("visibilitychange", () => {
  if (!document.hidden && ticks() - heardAt > quiet_ms) void askOneself();
});

export function listen(): void {
  void askOneself();
  share({ kind: "hello" });
  const lead = (): Promise<void> => {
    leads = true;
    if (!stream) void open();
    return new Promise(() => {}); // until the page is closed
  };
  if (navigator.locks) void navigator.locks.request("holdline-live", lead);
  else void lead();
}
