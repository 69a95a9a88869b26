// Texts in the language of whoever works here. The pseudo-locale shows what is not in the catalogue, and what has no
// room for longer words.
import { schema_de, de } from "./messages_de.ts";
import { en, type Messages } from "./messages_en.ts";
import { settings } from "./settings.ts";
import { ownZone, wallTime } from "./zones.ts";

export type Name = keyof Messages;
type Catalogue<N extends string> = Record<N, string>;

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

// What says a text of these catalogues, with values in its places: "{n}", and "{n|one case|many cases}" by how many.
function teller<N extends string>(english: Catalogue<N>, german: Catalogue<N>) {
  return (name: N, values: Record<string, string | number> = {}): string => {
    const { language } = settings.get();
    const text = language === "de" ? german[name] : language === "pseudo" ? pseudo(english[name]) : english[name];
    return text.replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, key: string, one?: string, many?: string) =>
      String((one === undefined ? values[key] : values[key] === 1 ? one : many) ?? whole),
    );
  };
}
export const t = teller<Name>(en, de);

// For a part of the page with further texts of its own.
export const tellerWith = <N extends string>(english: Catalogue<N>, german: Catalogue<N>) =>
  teller<Name | N>({ ...en, ...english }, { ...de, ...german });

// "order_request" as people say it.
const inWords = (name: string): string => name.replaceAll("_", " ");
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

// A label or choice of the schema.
export function term(text: string): string {
  const words = inWords(text);
  const { language } = settings.get();
  const found = language === "de" ? (schema_de[words.toLowerCase()] ?? words) : words;
  return capital(language === "pseudo" ? pseudo(found) : found);
}

const locale = (): string | undefined => (settings.get().language === "de" ? "de" : undefined);

const sameDay = (a: Date, b: Date): boolean => a.toDateString() === b.toDateString();

// "10:42" today, else with the day.
export function clock(time: string | number | null | undefined): string {
  if (!time) return "–";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  const options: Intl.DateTimeFormatOptions = sameDay(date, new Date())
    ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

// From when to when by the clock of a zone, and when that is here where it differs.
export function span(start: string, end: string, zone: string): string {
  const here = ownZone();
  const at = wallTime(start || end, zone) ? zone : here;
  const day = (time: string): string => wallTime(time, at).slice(0, 10);
  const show = (time: string, withDay: boolean, where = at): string =>
    new Intl.DateTimeFormat(locale(), {
      ...(withDay ? { day: "numeric", month: "short" } : {}),
      hour: "2-digit",
      minute: "2-digit",
      timeZone: where,
    }).format(new Date(time));
  const parts = [start && show(start, true), end && show(end, !start || day(start) !== day(end))].filter(Boolean);
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
