// Who is signed in here.
import { go } from "../page/router.ts";
import { Store } from "../page/store.ts";
import { ApiError, ask, speakFor, whenSignedOut } from "./api.ts";
import { onStatus } from "./status.ts";

export interface Person {
  name: string;
  role: string;
}
export interface Session {
  person: Person | null;
  changing: boolean; // somebody else is about to sign in at this page
  over: boolean; // it ended by itself: idle, a restart, the hub said so
  forReading: boolean;
}

export const session = new Store<Session>({ person: null, changing: false, over: false, forReading: false });

// An answer that was asked for before somebody signed in or out tells of the one before.
let changedAt = 0;
let last = "";

function become(person: Person | null, more: Partial<Session> = {}): void {
  changedAt = Date.now();
  // Another person begins at the desk, not at the customer of the one before.
  if (person && last && person.name !== last) go();
  last = person?.name ?? last;
  speakFor(person?.name ?? "");
  session.set({ person, changing: false, over: false, forReading: false, ...more });
}

// What is done before somebody leaves, while the session is still theirs.
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

// Throws ApiError with the daemon's words.
export async function signIn(name: string, password: string): Promise<void> {
  if (session.get().person) await beforeLeaving();
  const answer = await ask<{ person: Person; for_reading: boolean }>(
    "POST",
    "/login",
    { person: name, password, take_over: true },
    { limit: 30_000 },
  );
  leaving = false;
  become(answer.person, { forReading: answer.for_reading });
}

export async function signOut(): Promise<void> {
  await beforeLeaving();
  leaving = true;
  await leave();
  become(null);
}

export const beginChange = (changing: boolean): void => session.set({ ...session.get(), changing });
