// What everybody took down, in the whole scope, as it comes in: entries, callbacks and complaints in one list.
import { useRef, useState } from "preact/hooks";
import { collectionOf, fieldOf } from "../daemon/schema.ts";
import { clock, term } from "../page/i18n.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { t } from "./text.ts";

interface Item {
  id: string;
  collection: string;
  label: string;
  kind: string;
  reference: string;
  name: string;
  customer: string | null;
  person: string;
  workstation: string;
  at: string | null;
  incident: string;
  pending: boolean;
}
interface List {
  items: Item[];
  people: string[];
  more: boolean;
  as_of: string | null;
}

const most = 1000;

function Row({ item }: { item: Item }) {
  const facts = [
    clock(item.at),
    item.person,
    item.workstation,
    item.incident && t("takenIn", { name: item.incident.slice(0, 6).toUpperCase() }),
  ];
  return (
    <li class="entry">
      <div>
        <strong>{item.kind ? term(item.kind) : term(item.label)}</strong>{" "}
        {item.customer ? <a href={`#/customer/${item.customer}`}>{item.name || t("customer")}</a> : item.name}
        <p class="hint">
          {item.reference && <span class="reference">{item.reference} · </span>}
          {facts.filter(Boolean).join(" · ")}
        </p>
      </div>
      {item.pending && <span class="chip warn">{t("pendingMark")}</span>}
    </li>
  );
}

function Choice({ id, label, value, options, onChange }: { id: string; label: string; value: string; options: [string, string][]; onChange: (value: string) => void }) {
  return (
    <p>
      <label for={id}>{label}</label>{" "}
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t("everything")}</option>
        {options.map(([name, shown]) => (
          <option key={name} value={name}>
            {shown}
          </option>
        ))}
      </select>
    </p>
  );
}

// Kinds of entries by their names, and the other collections by theirs.
const kindsOf = (): [string, string][] =>
  [...(fieldOf("manual_entry", "kind")?.options ?? []), ...["callback_request", "complaint"].filter(collectionOf)]
    .map((name): [string, string] => [name, term(collectionOf(name)?.label ?? name)])
    .filter(([, shown], i, all) => all.findIndex(([, other]) => other === shown) === i)
    .sort(([, one], [, other]) => one.localeCompare(other));

export function Taken() {
  const [kind, setKind] = useState("");
  const [person, setPerson] = useState("");
  const [limit, setLimit] = useState(50);
  const people = useRef<string[]>([]);
  const asked = new URLSearchParams({ kind, person, limit: String(limit) });
  const loaded = useLoaded<List>(`/taken?${asked}`);
  if (loaded.data) people.current = loaded.data.people;
  return (
    <>
      <div class="decisions">
        <Choice id="taken-kind" label={t("ofKind")} value={kind} options={kindsOf()} onChange={setKind} />
        <Choice id="taken-person" label={t("takenBy")} value={person} options={people.current.map((one) => [one, one])} onChange={setPerson} />
      </div>
      <Waiting of={loaded}>
        {({ items, more, as_of }) => (
          <>
            <p class="hint">{t("takenHint", { time: clock(as_of) })}</p>
            <ul class="list">
              {items.map((item) => (
                <Row key={item.id} item={item} />
              ))}
              {items.length === 0 && <li class="quiet">{t("nothingTaken")}</li>}
            </ul>
            {more && limit < most && (
              <button type="button" onClick={() => setLimit(Math.min(most, limit * 2))}>
                {t("more")}
              </button>
            )}
            {more && limit >= most && <p class="hint">{t("latestOnly", { n: items.length })}</p>}
          </>
        )}
      </Waiting>
    </>
  );
}
