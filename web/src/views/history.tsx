// Who changed a customer, when, where and from which value: asked of the hub when somebody wants to know.
import { useState } from "preact/hooks";
import { collectionOf, labelOf } from "../daemon/schema.ts";
import type { Step } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { useLoaded, Waiting } from "./load.tsx";

const byHub = (step: Step): boolean => step.device_name === "hub";
const who = (step: Step): string => step.name || step.person || (byHub(step) ? t("byImport") : "–");

function Line({ step }: { step: Step }) {
  const what = term(collectionOf(step.collection)?.label ?? step.collection);
  return (
    <li>
      <p>
        <span class="quiet">{clock(step.at)}</span> <strong>{who(step)}</strong>{" "}
        {step.device_name && !byHub(step) && <span class="quiet">{t("atDesk", { desk: step.device_name })}</span>}{" "}
        <span class="chip">
          {what}: {term(step.kind)}
        </span>
      </p>
      {step.changes.map((change) => (
        <p key={change.field}>
          {term(labelOf(step.collection, change.field))}:{" "}
          {t("fromTo", { from: change.from || "–", to: change.to || "–" })}
        </p>
      ))}
      {step.accepted && <p class="quiet">{t("meantSoBecause", { why: step.accepted.because })}</p>}
    </li>
  );
}

function Steps({ id }: { id: string }) {
  const loaded = useLoaded<{ items: Step[]; complete: boolean }>(`/customers/${id}/history`);
  return (
    <Waiting of={loaded}>
      {({ items, complete }) => (
        <>
          <ul class="rows">
            {items.map((step) => (
              <Line key={step.cn + step.collection + step.kind} step={step} />
            ))}
          </ul>
          {!complete && <p class="hint">{t("historyOlder")}</p>}
        </>
      )}
    </Waiting>
  );
}

export function History({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card history" aria-label={t("history")}>
      <header>
        <h2>{t("history")}</h2>
        <span class="quiet">{t("historyHub")}</span>
      </header>
      {open ? (
        <Steps id={id} />
      ) : (
        <button type="button" class="link" onClick={() => setOpen(true)}>
          {t("historyShow")}
        </button>
      )}
    </section>
  );
}
