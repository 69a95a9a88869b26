// Texts in the language of whoever works here. The pseudo-locale shows what is not in the catalogue, and what has no
// room for longer words.
import type { Messages } from "./messages_en.ts";
import { settings } from "./settings.ts";
import { Store } from "./store.ts";
import { ownZone, wallTime } from "./zones.ts";

export type Name = keyof Messages;
type Catalogue<N extends string> = Record<N, string>;

// What is said in one language: the page's own texts, and the refusals of the daemon by their codes.
interface Spoken {
  language: "en" | "de";
  texts: Messages;
  refusals: Record<string, string>;
}
export const spoken = new Store<Spoken | null>(null);

// Loads the language that is set. Until it is there the page goes on in the one before.
export async function speak(): Promise<void> {
  const language = settings.get().language === "de" ? "de" : "en";
  if (spoken.get()?.language === language) return;
  const said = await (language === "de" ? import("./german.ts") : import("./english.ts"));
  spoken.set({ language, texts: said.texts, refusals: said.refusals });
}
// What the schema says, by language and by the English words: it comes with the forms.
export const words: Record<string, Record<string, string>> = {};
const inLanguage = (english: string): string => words[spoken.get()?.language ?? ""]?.[english.toLowerCase()] ?? english;
settings.follow(() => void speak().catch(() => {}));
// Further refusals in German, of parts of the page that are fetched later.
export const laterRefusals: Record<string, string> = {};
const speaksGerman = (): boolean => spoken.get()?.language === "de";

const accents: Record<string, string> = {
  a: "á",
  e: "é",
  i: "í",
  o: "ó",
  u: "ú",
  A: "Á",
  E: "É",
  I: "Í",
  O: "Ó",
  U: "Ú",
  n: "ñ",
  s: "š",
};
const pseudo = (text: string): string =>
  `[${text.replace(/\{[^}]+\}|[a-zA-Z]/g, (part) => accents[part] ?? part)}${"·".repeat(Math.ceil(text.length / 3))}]`;

// "{n}" is the value n, and "{n|one case|many cases}" is by how many it is.
export const fill = (text: string, values: Record<string, string | number>): string =>
  (settings.get().language === "pseudo" ? pseudo(text) : text).replace(
    /\{(\w+)(?:\|(.*?)\|(.*?))?\}/g,
    (whole, key: string, one?: string, many?: string) =>
      String((one === undefined ? values[key] : String(values[key]) === "1" ? one : many) ?? whole),
  );

export const t = (name: Name, values: Record<string, string | number> = {}): string =>
  fill(spoken.get()?.texts[name] ?? name, values);

// For a part of the page with further texts of its own.
export const tellerWith =
  <N extends string>(english: Catalogue<N>, german: Catalogue<N>) =>
  (name: Name | N, values: Record<string, string | number> = {}): string => {
    const own = speaksGerman() ? german : english;
    return name in own ? fill(own[name as N], values) : t(name as Name, values);
  };

// "order_request" as people say it.
const inWords = (name: string): string => name.replaceAll("_", " ");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// A label or choice of the schema.
export function term(text: string): string {
  const found = inLanguage(inWords(text));
  return capital(settings.get().language === "pseudo" ? pseudo(found) : found);
}

// What a deed says, by what it says in English: some words mean something else with another deed.
export function wordsOfDeed(act: string, part: string): string {
  const name = `${act} ${part}`;
  const found = inLanguage(name);
  return found === name ? inLanguage(part) : found;
}

// What somebody did: told in parts, for another language than the daemon's own.
export function deed({ what, act, of, about }: { what: string; act: string; of: string; about: string[] }): string {
  const now = spoken.get();
  if (!now?.refusals[act]) return what;
  const parts = about.map((part) => wordsOfDeed(act, part)).join(", ");
  return said(act, what, term(of)) + (parts && `: ${parts}`);
}

// What the daemon or the hub says of something: by its code where the language has it, with times by this clock.
// `field`: what it is about, as the form calls it; what a form of its own needs has a code of its own. Of its words "{n}" is the number, and "{by}" who decided, when and why.
export const said = (code: string, text: string, field = ""): string =>
  (spoken.get()?.refusals[/-needs-/.test(code) ? "required" : code] ?? ((speaksGerman() && laterRefusals[code]) || text))
    .replace("{field}", field)
    .replace("{n}", () => /\d+/.exec(text)?.[0] ?? "")
    .replace("{by}", () => /\S+ at \d{4}-\d\d-\d\dT.*/s.exec(text)?.[0].replace(" at ", ", ") ?? "")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, clock);

const locale = (): string | undefined => (speaksGerman() ? "de" : undefined);

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

// With the year where it is another one.
const dayOf = (date: Date): Intl.DateTimeFormatOptions => ({
  day: "numeric",
  month: "short",
  ...(date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" }),
});

// "10:42" today, else with the day.
export function clock(time: string | number | null | undefined): string {
  if (!time) return "–";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  const options: Intl.DateTimeFormatOptions = {
    ...(sameDay(date, new Date()) ? {} : dayOf(date)),
    hour: "2-digit",
    minute: "2-digit",
  };
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

// From when to when by the clock of a zone, and when that is here where it differs.
export function span(start: string, end: string, zone: string): string {
  const here = ownZone();
  const at = wallTime(start || end, zone) ? zone : here;
  const day = (time: string): string => wallTime(time, at).slice(0, 10);
  const show = (time: string, withDay: boolean, where = at): string =>
    new Intl.DateTimeFormat(locale(), {
      ...(withDay ? dayOf(new Date(time)) : {}),
      hour: "2-digit",
      minute: "2-digit",
      timeZone: where,
    }).format(new Date(time));
  const parts = [start && show(start, true), end && show(end, !start || day(start) !== day(end))].filter(Boolean);
  if (!start && end) parts[0] = t("byThen", { time: parts[0] ?? "" });
  const first = start || end;
  const differs = wallTime(first, at) !== wallTime(first, here);
  return `${parts.join(" – ")} (${at}${differs ? `; ${t("timeHere", { time: show(first, true, here) })}` : ""})`;
}

export function age(time: string | number, now = Date.now()): string {
  const minutes = Math.floor((now - new Date(time).getTime()) / 60_000);
  if (minutes < 1) return t("lessThanAMinute");
  if (minutes < 120) return t("minutes", { n: minutes });
  if (minutes < 48 * 60) return t("hours", { n: Math.floor(minutes / 60) });
  return t("days", { n: Math.floor(minutes / 1440) });
}
