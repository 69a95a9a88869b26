// A record as people read it: its name, its values, and the form of what can be changed.
import { begin, typed, type About } from "../daemon/drafts.ts";
import { collectionOf, editedTogether, fieldOf, newFields, templateFields, templateOf } from "../daemon/schema.ts";
import type { FieldForm, Shown, Value } from "../daemon/types.ts";
import { clock, span, t, term } from "../page/i18n.ts";

export const text = (record: Shown, name: string): string => String(record.fields[name] ?? "");
// A telephone number as people here write it.
export const written = (record: Shown, name: string): string => record.display?.[name] ?? text(record, name);
export const nameOf = (record: Shown): string =>
  ["given", "family"]
    .map((part) => text(record, part))
    .filter(Boolean)
    .join(" ") ||
  text(record, "org") ||
  text(record, "name") ||
  text(record, "ref");

// Of a callback; empty where no time was promised.
export function promised(record: Shown): string {
  const [start, end] = [text(record, "promise_start"), text(record, "promise_end")];
  return start || end ? span(start, end, text(record, "promise_zone")) : "";
}

// `zone`: by whose clock a time is meant.
export function shownValue(field: FieldForm | undefined, value: Value, zone = ""): string {
  if (Array.isArray(value)) return value.map((element) => element.text).join(", ");
  if (field?.type === "time" && zone) return span(String(value), "", zone);
  if (field?.type === "time") return clock(String(value));
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  return field?.options ? term(String(value)) : String(value);
}

// Opens the form for a field and those that merge as one with it.
export function beginEdit(record: Shown, name: string, about: About): void {
  const fields = editedTogether(record.collection, name);
  begin({ do: "edit", collection: record.collection, record, fields }, about, valuesOf(record, fields));
}

// As they stand in the inputs of a form.
export function valuesOf(record: Shown, names: string[]): Record<string, string> {
  const value = (name: string): string => {
    const field = fieldOf(record.collection, name);
    return typed(field, record.fields[name], field?.zone && text(record, field.zone));
  };
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}

// The whole form of a record, as it stands.
export function beginEditAll(record: Shown, about: About): void {
  const template = templateOf(text(record, "form"));
  const fields = (template ? templateFields(template) : newFields(record.collection)).map((field) => field.name);
  begin({ do: "edit", collection: record.collection, record, fields }, about, valuesOf(record, fields));
}

// Why somebody meant it so, or put another value in the place of one.
export const becauseOf = ({ hints, because }: { hints: string[]; because: string }): string =>
  t(hints.includes("correction") ? "correctedBecause" : "meantSoBecause", { why: because });

export const Practice = () => <span class="chip warn">{t("practice")}</span>;
export const Pending = () => <span class="chip warn">{t("pendingMark")}</span>;

export const isGiven = (record: Shown, { name }: FieldForm): boolean => {
  const value = record.fields[name] ?? null;
  return value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
};

// References are followed by people, not read; the name stands in the heading.
export function rowsOf(record: Shown): FieldForm[] {
  const fields = collectionOf(record.collection)?.fields ?? [];
  const shown = fields.filter(
    (field) => field.type !== "reference" && (isGiven(record, field) || (field.position > 0 && !field.read_only)),
  );
  return shown.sort((a, b) => (a.position || 99) - (b.position || 99));
}
