// What can be taken down with one key, about whom is on the screen.
import { type About, begin } from "../daemon/drafts.ts";
import { fieldOf } from "../daemon/schema.ts";
import { t, type Name } from "../page/i18n.ts";
import { route } from "../page/router.ts";
import { beginEditAll, nameOf, onScreen, written } from "./customer.tsx";
import { looksLikeNumber, searched } from "./search.tsx";

interface Taking {
  letter: string; // with Alt
  name: Name;
  collection: "manual_entry" | "callback_request" | "customer";
  kind?: string; // of an entry
}

const all: Taking[] = [
  { letter: "M", name: "takeMessage", collection: "manual_entry", kind: "message" },
  { letter: "B", name: "promiseCallback", collection: "callback_request" },
  { letter: "O", name: "takeOrder", collection: "manual_entry", kind: "order_request" },
  { letter: "C", name: "takeComplaint", collection: "manual_entry", kind: "complaint" },
  { letter: "N", name: "addCustomer", collection: "customer" },
];

// Those that the schema has.
export const takings = (): Taking[] =>
  all.filter(({ collection, kind }) => !kind || fieldOf(collection, "kind")?.options?.includes(kind));

const recordOnScreen = () => {
  const [place, id] = route.get();
  const record = onScreen.get();
  return place === "customer" && id && record?.id === id ? record : null;
};

// The customer on the screen goes along: name, number, and who it is about; else the number that was looked for.
export function take({ collection, kind }: Taking): void {
  if (collection === "customer") return begin({ do: "add", collection }, null, {});
  const purpose = { do: "add" as const, collection, ...(kind ? { kind } : {}) };
  const preset: Record<string, string> = kind ? { kind } : {};
  const record = recordOnScreen();
  if (!record) {
    const number: Record<string, string> = looksLikeNumber(searched.get()) ? { phone: searched.get().trim() } : {};
    return begin(purpose, null, { ...preset, ...number });
  }
  const about: About = { id: record.id, name: nameOf(record) };
  const phones = record.children?.phone?.filter((phone) => phone.fields.use !== "do_not_use") ?? [];
  const first = phones.find((phone) => phone.id === record.fields.primary_phone) ?? phones[0];
  begin(purpose, about, { ...preset, name: about.name, phone: first ? written(first, "e164") : "" });
}

export function editOnScreen(): void {
  const record = recordOnScreen();
  if (record) beginEditAll(record, { id: record.id, name: nameOf(record) });
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
    </div>
  );
}
