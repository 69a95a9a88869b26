// The call to be made now, and the promises that this workstation knows, the newest first.
import { useState } from "preact/hooks";
import { begin } from "../daemon/drafts.ts";
import { session } from "../daemon/session.ts";
import { practised } from "../daemon/status.ts";
import type { Shown } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { Centre } from "./centre.tsx";
import { useLoaded, Waiting } from "./load.tsx";
import { Practice, promised, text, valuesOf, written } from "./record.tsx";

function Row({ record }: { record: Shown }) {
  const state = text(record, "state") || "open";
  const name = text(record, "name");
  const number = [written(record, "phone"), text(record, "extension") && `ext. ${text(record, "extension")}`]
    .filter(Boolean)
    .join(" ");
  const fields = ["state", "promise_start", "promise_end", "promise_zone"];
  const change = (): void =>
    begin({ do: "edit", collection: "callback_request", record, fields }, { id: record.id, name }, valuesOf(record, fields));
  return (
    <li class="entry">
      <div>
        <strong>
          {text(record, "customer") ? <a href={`#/customer/${text(record, "customer")}`}>{name}</a> : name}
        </strong>
        <p>
          {number || text(record, "reach")} · {text(record, "reason")}
        </p>
        {text(record, "reference") && <p class="hint reference">{text(record, "reference")}</p>}
        {text(record, "context") && <p class="hint">{text(record, "context")}</p>}
      </div>
      <p>
        <span class="quiet">{t(promised(record) ? "promised" : "noPromise")}</span> {promised(record)}
      </p>
      <p>
        {record.fields.drill === true && <Practice />} <span class="chip">{term(state)}</span>{" "}
        {record.pending.length > 0 && <span class="chip warn">{t("pendingMark")}</span>}{" "}
        <button type="button" class="link" aria-label={`${t("edit")}: ${t("callback")}, ${name}`} onClick={change}>
          {t("edit")}
        </button>
      </p>
    </li>
  );
}

export function Callbacks() {
  const [limit, setLimit] = useState(50);
  const loaded = useLoaded<{ items: Shown[]; next: string | null; as_of: string | null }>(practised(`/callbacks?limit=${limit}`));
  return (
    <>
      <header class="view-head">
        <h1>{t("callbacks")}</h1>
      </header>
      {["agent", "supervisor"].includes(session.get().person?.role ?? "") && <Centre place="calling" />}
      <Waiting of={loaded}>
        {({ items, next, as_of }) => (
          <>
            <p class="hint">{t("asOf", { time: clock(as_of) })}</p>
            <ul class="list">
              {items.map((record) => (
                <Row key={record.id} record={record} />
              ))}
              {items.length === 0 && <li class="quiet">{t("noCallbacks")}</li>}
            </ul>
            {next && limit < 200 && (
              <button type="button" onClick={() => setLimit(limit * 2)}>
                {t("more")}
              </button>
            )}
          </>
        )}
      </Waiting>
    </>
  );
}
