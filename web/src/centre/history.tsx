// Who changed a customer or an entry, when, where, from which value and why. The hub keeps it.
import { collectionOf, fieldOf, labelOf } from "../daemon/schema.ts";
import type { Step } from "../daemon/types.ts";
import { clock, term } from "../page/i18n.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { becauseOf, shownValue } from "../views/record.tsx";
import { t } from "./text.ts";

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
      {step.changes.map(({ field: name, from, to }) => {
        const field = fieldOf(step.collection, name);
        const shown = (value: string | null): string => (value ? shownValue(field, value) : "–");
        // References are followed by people, not read.
        return (
          field?.type !== "reference" && (
            <p key={name}>
              {term(labelOf(step.collection, name))}: {t("fromTo", { from: shown(from), to: shown(to) })}
            </p>
          )
        );
      })}
      {step.accepted && <p class="quiet">{becauseOf(step.accepted)}</p>}
    </li>
  );
}

// `of`: the path of the record.
export function Steps({ of }: { of: string }) {
  const loaded = useLoaded<{ items: Step[]; complete: boolean }>(`${of}/history`);
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
