// The forms as the schema has them, asked for once for each person, and again when the hub has other ones.
import { words } from "../page/i18n.ts";
import { Store } from "../page/store.ts";
import { get } from "./api.ts";
import { session } from "./session.ts";
import { onStatus } from "./status.ts";
import type { CollectionForm, FieldForm, Guide, Stop, Template } from "./types.ts";

export const forms = new Store<CollectionForm[]>([]);
export const templates = new Store<Template[]>([]);
export const guides = new Store<Guide[]>([]);

let asked = "";
let version = 0;
async function load(): Promise<void> {
  const name = session.get().person?.name ?? "";
  if (!name || name === asked) return;
  asked = name;
  try {
    const told = await get<{
      version: number;
      collections: CollectionForm[];
      forms: Template[];
      guides?: Guide[];
      words?: typeof words;
    }>("/forms");
    version = told.version;
    Object.assign(words, told.words);
    templates.set(told.forms);
    forms.set(told.collections);
    guides.set(told.guides ?? []);
  } catch {
    asked = ""; // asked again with the next look at who is signed in
    setTimeout(() => void load(), 2_000);
  }
}
session.follow(() => void load());
// A form that is open keeps what was typed: its fields are there in every later version.
onStatus((status) => {
  if (!asked || version === 0 || !status.forms || status.forms === version) return;
  asked = "";
  void load();
});

export const collectionOf = (name: string): CollectionForm | undefined => forms.get().find((one) => one.name === name);
export const fieldOf = (collection: string, name: string): FieldForm | undefined =>
  collectionOf(collection)?.fields.find((field) => field.name === name);
export const labelOf = (collection: string, name: string): string => fieldOf(collection, name)?.label ?? name;

// What stands on no form of its own, and is typed all the same when a number or address is added to a customer.
const beside: Record<string, string[]> = { phone: ["e164", "kind", "use"], email: ["addr"] };

// The fields of a new record, in the order of the form.
export function newFields(collection: string): FieldForm[] {
  const fields = collectionOf(collection)?.fields ?? [];
  const extra = beside[collection];
  if (extra) return extra.flatMap((name) => fields.find((field) => field.name === name) ?? []);
  return fields.filter((field) => field.position > 0 && !field.read_only).sort((a, b) => a.position - b.position);
}

export const templateOf = (name: string | undefined): Template | undefined =>
  templates.get().find((one) => one.name === name);

// The fields of a form of its own, in its order.
export const templateFields = (template: Template): FieldForm[] =>
  template.fields.flatMap((name) => {
    const field = fieldOf(template.collection, name);
    return field ? { ...field, required: field.required || template.required.includes(name) } : [];
  });

// What is to be said first, by what stands in the form.
export const stopsOf = (template: Template, values: Record<string, string>): Stop[] =>
  template.stops.filter((stop) =>
    Object.entries(stop.when).every(([field, options]) => options.includes(values[field] ?? "")),
  );

// A field with those that merge as one with it: they are changed together.
export function editedTogether(collection: string, name: string): string[] {
  const fields = collectionOf(collection)?.fields ?? [];
  const group = fields.find((field) => field.name === name)?.group;
  if (!group) return [name];
  return fields.filter((field) => field.group === group && field.position > 0).map((field) => field.name);
}
