// What can be taken down with one key, about whom is on the screen, and the forms of the centre.
import { type About, begin } from "../daemon/drafts.ts";
import { collectionOf, fieldOf, templateOf, templates } from "../daemon/schema.ts";
import { t, term, type Name } from "../page/i18n.ts";
import { route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { onScreen } from "./customer.tsx";
import { beginEditAll, nameOf, written } from "./record.tsx";
import { chosen, looksLikeNumber, searched } from "./search.tsx";

interface Taking {
  letter: string; // with Alt
  name: Name;
  collection: string;
  kind?: string; // of an entry
}

// Those that the schema has; a complaint is one of its own where there is such a collection.
export function takings(): Taking[] {
  const complaint = collectionOf("complaint") ? { collection: "complaint" } : { collection: "manual_entry", kind: "complaint" };
  const all: Taking[] = [
    { letter: "M", name: "takeMessage", collection: "manual_entry", kind: "message" },
    { letter: "B", name: "promiseCallback", collection: "callback_request" },
    { letter: "O", name: "takeOrder", collection: "manual_entry", kind: "order_request" },
    { letter: "C", name: "takeComplaint", ...complaint },
    { letter: "N", name: "addCustomer", collection: "customer" },
  ];
  return all.filter(({ collection, kind }) => !kind || fieldOf(collection, "kind")?.options?.includes(kind));
}

const recordOnScreen = () => {
  const [place, id] = route.get();
  const record = onScreen.get();
  return place === "customer" && id && record?.id === id ? record : null;
};

// What is known of the caller goes along: name and number of the customer on the screen, else the number looked for.
function caller(): { about: About | null; values: Record<string, string> } {
  const record = recordOnScreen();
  const [place, id] = route.get();
  const hit = chosen.get();
  if (!record && place === "customer" && hit && hit.id === id) {
    const name = hit.name || hit.ref;
    return { about: { id, name }, values: { name, phone: (hit.display ?? hit.phones)[0] ?? "" } };
  }
  if (!record) {
    const number = searched.get().trim();
    return { about: null, values: looksLikeNumber(number) ? { phone: number } : {} };
  }
  const about: About = { id: record.id, name: nameOf(record) };
  const phones = record.children?.phone?.filter((phone) => phone.fields.use !== "do_not_use") ?? [];
  const first = phones.find((phone) => phone.id === record.fields.primary_phone) ?? phones[0];
  return { about, values: { name: about.name, phone: first ? written(first, "e164") : "" } };
}

export function take({ collection, kind }: Pick<Taking, "collection" | "kind">): void {
  if (collection === "customer") return begin({ do: "add", collection }, null, {});
  const { about, values } = caller();
  begin({ do: "add", collection, ...(kind ? { kind } : {}) }, about, { ...(kind ? { kind } : {}), ...values });
}

function takeForm(name: string): void {
  const template = templateOf(name);
  if (!template) return;
  const { about, values } = caller();
  const known = Object.entries(values).filter(([field]) => template.fields.includes(field));
  begin({ do: "add", collection: template.collection, form: name }, about, {
    ...template.sets,
    ...Object.fromEntries(known),
  });
}

export function editOnScreen(): void {
  const record = onScreen.get();
  if (record && route.get().includes(record.id)) beginEditAll(record, { id: record.id, name: nameOf(record) });
}

function OtherForms() {
  const forms = use(templates);
  if (forms.length === 0) return null;
  return (
    <select
      aria-label={t("otherForm")}
      value=""
      onChange={(event) => {
        takeForm(event.currentTarget.value);
        event.currentTarget.value = "";
      }}
    >
      <option value="">{t("otherForm")}</option>
      {forms.map((one) => (
        <option key={one.name} value={one.name}>
          {term(one.label)}
        </option>
      ))}
    </select>
  );
}

export function Taking() {
  return (
    <div class="taking">
      {takings().map((one, i) => (
        <button
          key={one.letter}
          type="button"
          class={i === 0 ? "primary" : ""}
          aria-keyshortcuts={`Alt+${one.letter}`}
          onClick={() => take(one)}
        >
          {t(one.name)} <kbd>Alt {one.letter}</kbd>
        </button>
      ))}
      <OtherForms />
    </div>
  );
}
