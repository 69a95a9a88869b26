// Complaints by what was done about each (listened, apologised, thanked, explained, resolved) and by when it is due.
import { begin, localTime, typed, type About } from "../daemon/drafts.ts";
import { fieldOf, labelOf } from "../daemon/schema.ts";
import { session } from "../daemon/session.ts";
import { practised } from "../daemon/status.ts";
import type { Shown } from "../daemon/types.ts";
import { clock, term } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { Pending, Practice, text, written } from "../views/record.tsx";
import { t } from "./text.ts";

// When, by whom, and what was said; each step is one value.
const steps: [string, string, string][] = [
  ["listened_at", "listened_by", "listen_note"],
  ["apologised_at", "apologised_by", "apology_note"],
  ["thanked_at", "thanked_by", "thanks_note"],
  ["explained_at", "explained_by", "explanation_note"],
  ["resolved_at", "resolved_by", "resolution_note"],
];
const over = ["resolved", "closed"];
const isOver = (record: Shown): boolean => over.includes(text(record, "state"));

// What has to be done next: the acknowledgement until somebody has listened, then the answer.
function dueOf(record: Shown): { name: string; at: string } {
  const name = text(record, "listened_at") ? "answer_by" : "acknowledge_by";
  return text(record, name) ? { name, at: text(record, name) } : { name: "answer_by", at: text(record, "answer_by") };
}
const byDue = (a: Shown, b: Shown): number =>
  Number(isOver(a)) - Number(isOver(b)) || (dueOf(a).at || "9").localeCompare(dueOf(b).at || "9");

function change(record: Shown, fields: string[], preset: Record<string, string> = {}): void {
  const about: About = { id: record.id, name: text(record, "name") };
  const values = fields.map((name) => [name, typed(fieldOf("complaint", name), record.fields[name])]);
  begin({ do: "edit", collection: "complaint", record, fields }, about, { ...Object.fromEntries(values), ...preset });
}

function Step({ record, step }: { record: Shown; step: [string, string, string] }) {
  const { person } = use(session);
  const [at, by, note] = step;
  const label = term(labelOf("complaint", at));
  if (text(record, at)) return <span class="step done">{label}</span>;
  return (
    <button
      type="button"
      class="step link"
      aria-label={`${label}: ${text(record, "name")}`}
      onClick={() => change(record, [at, by, note], { [at]: localTime(new Date().toISOString()), [by]: person?.name ?? "" })}
    >
      {label}
    </button>
  );
}

function Due({ record }: { record: Shown }) {
  const { name, at } = dueOf(record);
  const late = at !== "" && !isOver(record) && new Date(at).getTime() < Date.now();
  return (
    <p>
      <span class="quiet">{term(labelOf("complaint", name))}</span>{" "}
      {late ? (
        <span class="chip bad">
          {clock(at)} {t("overdue")}
        </span>
      ) : (
        clock(at)
      )}{" "}
      <button
        type="button"
        class="link"
        aria-label={`${t("edit")}: ${term(labelOf("complaint", name))}, ${text(record, "name")}`}
        onClick={() => change(record, ["acknowledge_by", "answer_by"])}
      >
        {t("edit")}
      </button>
    </p>
  );
}

function Row({ record }: { record: Shown }) {
  const name = text(record, "name");
  const customer = text(record, "customer");
  return (
    <li class="entry">
      <div>
        <strong>{customer ? <a href={`#/customer/${customer}`}>{name || t("customer")}</a> : name}</strong>{" "}
        {record.fields.drill === true && <Practice />} <span class="chip">{term(text(record, "state") || "open")}</span>{" "}
        {text(record, "severity") && <span class="chip warn">{term(text(record, "severity"))}</span>}{" "}
        {record.pending.length > 0 && <Pending />}
        <p>{text(record, "what_happened")}</p>
        <p class="hint">
          {[text(record, "reference"), written(record, "phone"), clock(text(record, "received_at"))].filter(Boolean).join(" · ")}
        </p>
      </div>
      <Due record={record} />
      <p class="steps whole">
        {steps.map((step) => (
          <Step key={step[0]} record={record} step={step} />
        ))}
        <button type="button" class="link" aria-label={`${t("state")}: ${name}`} onClick={() => change(record, ["state"])}>
          {t("state")}
        </button>
      </p>
    </li>
  );
}

export function Complaints() {
  const loaded = useLoaded<{ items: Shown[]; as_of: string }>(practised("/records/complaint?limit=200"));
  return (
    <>
      <header class="view-head">
        <h1>{t("complaints")}</h1>
        <p class="hint">{t("complaintsHint")}</p>
      </header>
      <Waiting of={loaded}>
        {({ items }) => (
          <ul class="list">
            {[...items].sort(byDue).map((record) => (
              <Row key={record.id} record={record} />
            ))}
            {items.length === 0 && <li class="quiet">{t("noComplaints")}</li>}
          </ul>
        )}
      </Waiting>
    </>
  );
}
