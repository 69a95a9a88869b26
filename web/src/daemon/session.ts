// Who is signed in here.
import { go } from "../page/router.ts";
import { Store, ticks } from "../page/store.ts";
import { ApiError, ask, keepKey, speakFor, whenSignedOut } from "./api.ts";
import { hearAgain } from "./live.ts";
import { onStatus } from "./status.ts";

export interface Person {
  name: string;
  role: string;
}
export interface Session {
  person: Person | null;
  changing: boolean; // somebody else is about to sign in at this page
  leaving: boolean; // the person has said so, and has something unfinished
  over: boolean; // it ended by itself: idle, a restart, the hub said so
  forReading: boolean;
}

const nobody: Session = { person: null, changing: false, leaving: false, over: false, forReading: false };
export const session = new Store<Session>(nobody);

// An answer that was asked for before somebody signed in or out tells of the one before.
let changedAt = 0; // ticks
let last = "";
export const lastName = (): string => last;

function become(person: Person | null, more: Partial<Session> = {}): void {
  changedAt = ticks();
  // Another person begins at the desk, not at the customer of the one before.
  if (person && last && person.name !== last) go();
  last = person?.name ?? last;
  speakFor(person?.name ?? "");
  session.set({ ...nobody, person, ...more });
  hearAgain();
}

// Whether there is something to decide about before somebody leaves, and what is done then, while the session is theirs.
let hasOpenWork = (): boolean => false;
export function whenAskedToLeave(open: () => boolean): void {
  hasOpenWork = open;
}
let beforeLeaving = async (): Promise<void> => {};
export function whenLeaving(work: () => Promise<void>): void {
  beforeLeaving = work;
}

// A sign-out that was not answered: repeated until it is, and nobody is shown as signed in meanwhile.
let leaving = false;
async function leave(): Promise<void> {
  try {
    await ask("POST", "/logout", {});
    leaving = false;
    keepKey("");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.silent) leaving = false;
  }
}

whenSignedOut(() => {
  if (session.get().person) become(null, { over: true });
});

onStatus((status, askedAt) => {
  if (askedAt <= changedAt) return;
  if (leaving) return void leave();
  const { person } = session.get();
  if (status.person && !person) become(status.person);
  else if (!status.person && person) become(null, { over: true });
  else if (status.person && person && status.person.name !== person.name) become(status.person);
});

interface SignedIn {
  person: Person;
  for_reading: boolean;
  page_key: string;
}

// Passwords are looked at one after the other: when a shift begins at a console for many, one waits one's turn.
const turn_ms = 30_000;
async function askToSignIn(name: string, password: string): Promise<SignedIn> {
  const end = ticks() + turn_ms;
  for (;;) {
    try {
      return await ask<SignedIn>("POST", "/login", { person: name, password, take_over: true }, { limit: turn_ms });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "busy" || ticks() > end) throw error;
      await new Promise((done) => setTimeout(done, 500 + Math.random() * 1_000));
    }
  }
}

// Throws ApiError with the daemon's words.
export async function signIn(name: string, password: string): Promise<void> {
  if (session.get().person) await beforeLeaving();
  const answer = await askToSignIn(name, password);
  leaving = false;
  keepKey(answer.page_key);
  become(answer.person, { forReading: answer.for_reading });
}

// The way out: by the desk, when something is unfinished there.
export function askToSignOut(): void {
  if (!hasOpenWork()) return void signOut();
  session.set({ ...session.get(), leaving: true });
  go();
}
export const stay = (): void => session.set({ ...session.get(), leaving: false });

export async function signOut(): Promise<void> {
  await beforeLeaving();
  leaving = true;
  await leave();
  become(null);
}

export const beginChange = (changing: boolean): void => session.set({ ...session.get(), changing });
