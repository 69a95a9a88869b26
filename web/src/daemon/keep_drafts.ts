// Drafts outlive the page: what is typed goes to the daemon, which encrypts it, two seconds after the last key, and comes
// back with the next sign-in. Only what the daemon does not have keeps somebody from leaving the page.
import { ask, get } from "./api.ts";
import { type Draft, everyDesk, takeBack, unsaved } from "./drafts.ts";
import { session } from "./session.ts";

const pause_ms = 2_000;

let keptText = ""; // of who is signed in, as the daemon has it
let timer: ReturnType<typeof setTimeout> | undefined;
let readFor = ""; // whose drafts were asked for

// An answer to a key from before a restart must not save twice: the key goes along.
const textOf = (drafts: Draft[]): string => (drafts.length === 0 ? "" : JSON.stringify(drafts));

async function keep(): Promise<void> {
  const text = textOf(unsaved());
  if (!readFor || text === keptText) return;
  try {
    await ask("PUT", "/drafts", { text });
    keptText = text;
  } catch {
    later(); // the daemon is away, or the sign-in is over: tried again
  }
}

function later(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void keep(), pause_ms);
}

async function read(name: string): Promise<void> {
  try {
    const { text } = await get<{ text: string }>("/drafts");
    if (session.get().person?.name !== name) return;
    readFor = name;
    keptText = text;
    if (text) takeBack(JSON.parse(text) as Draft[]);
  } catch {
    if (session.get().person?.name === name) setTimeout(() => void read(name), pause_ms);
  }
}

session.follow(() => {
  const name = session.get().person?.name ?? "";
  if (name === readFor) return;
  readFor = "";
  if (name) void read(name);
});
everyDesk.follow(later);

addEventListener("beforeunload", (event) => {
  if (textOf(unsaved()) !== keptText) event.preventDefault();
});
