// What became of what was saved at this PC, and the way out for what the hub refused.
import { useEffect, useState } from "preact/hooks";
import { get } from "../daemon/api.ts";
import { begin, typed } from "../daemon/drafts.ts";
import { fieldOf, labelOf } from "../daemon/schema.ts";
import { session } from "../daemon/session.ts";
import type { Op, OutboxItem, Value } from "../daemon/types.ts";
import { clock, deed, said, t, term, type Name } from "../page/i18n.ts";
import { route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { Centre } from "./centre.tsx";
import { useLoaded, Waiting } from "./load.tsx";
import { Reasoned } from "./reasoned.tsx";
import { becauseOf, Practice, shownValue } from "./record.tsx";

// The hub has it, whatever became of it there.
const at_hub: OutboxItem["state"][] = ["held", "conflict", "waiting", "replaced", "given-up"];
const endings: Partial<Record<OutboxItem["state"], Name>> = {
  conflict: "stateConflict",
  "needs-attention": "needsAttention",
  decided: "stateDecided",
  replaced: "stateReplaced",
  "given-up": "stateGivenUp",
  waiting: "stateWaiting",
};

export function Steps({ item }: { item: OutboxItem }) {
  const settled = item.state === "conflict" && item.undecided.length === 0;
  const ending = settled ? "conflictDecided" : endings[item.state];
  const held = at_hub.includes(item.state);
  return (
    <p class="steps">
      <span class="step done">{t("stepSaved")}</span>
      {held && <span class="step done">{t("stepHeld")}</span>}
      {!held && !ending && <span class="step">{t("pendingMark")}</span>}
      {ending && (
        <span class={item.state === "needs-attention" || (item.state === "conflict" && !settled) ? "step bad" : "step done"}>
          {t(ending)}
        </span>
      )}
    </p>
  );
}

async function beginCorrection(item: OutboxItem): Promise<void> {
  const { ops } = await get<{ ops: Op[] }>(`/outbox/${item.lane}/${item.number}`);
  const op = ops[0];
  if (!op) return;
  const had: Record<string, Value> = Object.fromEntries(
    Object.entries(op.changes).map(([name, change]) => [name, change.value]),
  );
  const typable = Object.keys(had).filter(
    (name) =>
      !["reference", "set", "list"].includes(fieldOf(op.collection, name)?.type ?? "list") &&
      !fieldOf(op.collection, name)?.read_only,
  );
  // What the desk filled in is not asked about, unless nothing else was saved.
  const asked = typable.filter((name) => (fieldOf(op.collection, name)?.position ?? 0) > 0);
  const fields = asked.length > 0 ? asked : typable;
  const values = Object.fromEntries(
    fields.map((name) => {
      const field = fieldOf(op.collection, name);
      return [name, typed(field, had[name], field?.zone ? String(had[field.zone] ?? "") : "")];
    }),
  );
  begin(
    { do: "correct", collection: op.collection, action: { lane: item.lane, number: item.number }, had, fields },
    null,
    values,
  );
}

// Somebody else decided first: nothing can be put right in it.
const late = ["resolved-already", "settled-already"];

function Attention({ item }: { item: OutboxItem }) {
  const [givingUp, setGivingUp] = useState(false);
  const [problem, setProblem] = useState("");
  const correct = (): void => void beginCorrection(item).catch((error) => setProblem(String(error.message)));
  return (
    <div class="attention">
      <p>{said(item.code, item.text || item.code)}</p>
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      {givingUp ? (
        <Reasoned
          id={`give-up-${item.lane}-${item.number}`}
          choices={[{ label: t("giveUp"), path: `/outbox/${item.lane}/${item.number}/discard` }]}
          onDone={() => setGivingUp(false)}
          onCancel={() => setGivingUp(false)}
        />
      ) : (
        <div class="actions">
          {!late.includes(item.code) && (
            <button type="button" class="primary" aria-label={`${t("correct")}: ${deed(item)}`} onClick={correct}>
              {t("correct")}
            </button>
          )}
          <button type="button" aria-label={`${t("giveUp")}: ${deed(item)}`} onClick={() => setGivingUp(true)}>
            {t("giveUp")}
          </button>
        </div>
      )}
    </div>
  );
}

// What was typed, word for word.
function Said({ item }: { item: OutboxItem }) {
  const loaded = useLoaded<{ ops: Op[] }>(`/outbox/${item.lane}/${item.number}`);
  return (
    <Waiting of={loaded}>
      {({ ops }) => (
        <dl class="said">
          {ops.flatMap((op) =>
            Object.entries(op.changes)
              .filter(([name, { value }]) => isSaid(op.collection, name, value))
              .map(([name, { value }]) => [
                <dt key={`${op.record} ${name}`}>{term(labelOf(op.collection, name))}</dt>,
                <dd key={`${op.record} ${name} =`}>
                  {shownValue(fieldOf(op.collection, name), value, zoneOf(op, name))}
                </dd>,
              ]),
          )}
        </dl>
      )}
    </Waiting>
  );
}
const zoneOf = (op: Op, name: string): string =>
  String(op.changes[fieldOf(op.collection, name)?.zone ?? ""]?.value ?? "");
// Whoever typed it knows what the desk filled in.
const isSaid = (collection: string, name: string, value: Value): boolean =>
  value !== null && fieldOf(collection, name)?.type !== "reference" && (fieldOf(collection, name)?.position ?? 0) > 0;

const opened_by_itself = new Set(["manual_entry", "callback_request", "complaint"]);

export function EntryRow({ item, own }: { item: OutboxItem; own: string }) {
  const [opened, setOpened] = useState(false);
  const conflict = item.state === "conflict" || item.state === "needs-attention" ? (item.undecided[0] ?? item.conflicts[0]) : undefined;
  const place = item.collection === "customer" ? "customer" : opened_by_itself.has(item.collection) ? `record/${item.collection}` : "";
  return (
    <li class="entry">
      <div>
        <strong>{place ? <a href={`#/${place}/${item.record}`}>{deed(item)}</a> : deed(item)}</strong>
        <p class="hint">
          {item.reference && <span class="reference">{item.reference} · </span>}
          {clock(item.event_time)}
          {item.practice && <> · <Practice /></>}
          {item.incident && ` · ${t("takenIn", { name: item.incident.slice(0, 6).toUpperCase() })}`}
          {item.person && item.person !== own && ` · ${t("by", { name: item.person })}`}
          {item.accepted && ` · ${becauseOf(item.accepted)}`}
        </p>
      </div>
      <Steps item={item} />
      <details class="wide" onToggle={(event) => setOpened(event.currentTarget.open)}>
        <summary aria-label={`${t("whatItSays")}: ${deed(item)}`}>{t("whatItSays")}</summary>
        {opened && <Said item={item} />}
      </details>
      {item.state === "needs-attention" && <Attention item={item} />}
      {conflict && <a href={`#/conflicts/${conflict}`}>{t("seeConflict")}</a>}
    </li>
  );
}

// Those that are there, while others are asked for.
export const useEntries = (path: string): OutboxItem[] => useLoaded<{ items: OutboxItem[] }>(path).data?.items ?? [];

type Which = "mine" | "all" | "everywhere" | "attention";
const tabs: [Which, Name][] = [
  ["mine", "mine"],
  ["all", "everybodys"],
  ["everywhere", "everywhere"],
  ["attention", "needsAttention"],
];

// What was saved at this PC.
function Here({ which }: { which: Which }) {
  const { person } = use(session);
  const [limit, setLimit] = useState(50);
  const own = person?.name ?? "";
  const loaded = useLoaded<{ items: OutboxItem[]; next: string | null }>(
    which === "attention" ? "/outbox?state=needs-attention" : `/outbox?limit=${limit}`,
  );
  // Whoever came by the key is led to the first one.
  const [, , byKey] = use(route);
  useEffect(() => {
    if (byKey) document.querySelector<HTMLElement>(".attention .primary")?.focus();
  }, [byKey, loaded.data === null]);
  return (
    <Waiting of={loaded}>
      {({ items, next }) => {
        const shown = which === "mine" ? items.filter((item) => item.person === own) : items;
        return (
          <>
            <ul class="list">
              {shown.map((item) => (
                <EntryRow key={`${item.lane}/${item.number}`} item={item} own={own} />
              ))}
              {shown.length === 0 && <li class="quiet">{t(which === "attention" ? "noAttention" : "noEntries")}</li>}
            </ul>
            {next && limit < 1000 && (
              <button type="button" onClick={() => setLimit(Math.min(1000, limit * 2))}>
                {t("more")}
              </button>
            )}
          </>
        );
      }}
    </Waiting>
  );
}

export function Entries({ which }: { which: string }) {
  const now = tabs.find(([tab]) => tab === which)?.[0] ?? "mine";
  return (
    <>
      <header class="view-head">
        <h1>{t("entries")}</h1>
        <nav class="tabs" aria-label={t("entries")}>
          {tabs.map(([tab, name]) => (
            <a key={tab} href={`#/entries/${tab}`} aria-current={tab === now ? "page" : undefined}>
              {t(name)}
            </a>
          ))}
        </nav>
      </header>
      {now === "everywhere" ? <Centre place="taken" /> : <Here which={now} />}
    </>
  );
}

export function Latest() {
  const { person } = use(session);
  const loaded = useLoaded<{ items: OutboxItem[] }>("/outbox?limit=50");
  const own = person?.name ?? "";
  return (
    <section class="card" aria-label={t("latest")}>
      <header>
        <h2>{t("latest")}</h2>
        <a href="#/entries/mine">{t("entries")}</a>
      </header>
      <Waiting of={loaded}>
        {({ items }) => (
          <ul class="list">
            {items
              .filter((item) => item.person === own)
              .slice(0, 8)
              .map((item) => (
                <EntryRow key={`${item.lane}/${item.number}`} item={item} own={own} />
              ))}
            {!items.some((item) => item.person === own) && <li class="quiet">{t("noEntries")}</li>}
          </ul>
        )}
      </Waiting>
    </section>
  );
}
