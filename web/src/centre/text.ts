// The texts of the whole page and of this part of it.
import { fill, spoken, tellerWith, term, wordsOfDeed } from "../page/i18n.ts";
import { centre_de } from "./words/messages_de.ts";
import { centre_en } from "./words/messages_en.ts";
import { told_de } from "./words/told_de.ts";
import { told_en } from "./words/told_en.ts";

export const t = tellerWith(centre_en, centre_de);
export type CentreName = Parameters<typeof t>[0];

const known = (name: string): string | undefined => (spoken.get()?.language === "de" ? told_de : told_en)[name];

// What others say under this name, in their words where there are no other ones. Of theirs "{n}" is the amount.
export function told(name: string, text: string): string {
  const own = known(name);
  const amount = /\d+( (min|h|s|MiB))?/.exec(text)?.[0] ?? "";
  return own === undefined ? text : fill(own, { n: /\D/.test(amount) ? amount : Number(amount) });
}

// A point of the checklist in a few words.
export const pointName = (point: string): string => wordsOfDeed("exception", point.replaceAll("-", " "));

// A state, a reason and the like, by its name.
export const word = (name: string): string => term(known(name) ?? name.replaceAll("-", " "));
