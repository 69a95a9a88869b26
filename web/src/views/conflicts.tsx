// What two people changed at once: both values beside each other, and a person's choice.
import { useState } from "preact/hooks";
import { ApiError, ask, newKey } from "../daemon/api.ts";
import { collectionOf, labelOf } from "../daemon/schema.ts";
import type { Conflict, Saved } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { go } from "../page/router.ts";
import { useLoaded, Waiting } from "./load.tsx";
import { Reasoned } from "./reasoned.tsx";

const whatOf = (conflict: Conflict): string =>
  `${term(collectionOf(conflict.collection)?.label ?? conflict.collection)}, ${term(labelOf(conflict.collection, conflict.unit))}`;

// Conflicts about the same field, decided alike: each is an action of its own, so one that cannot be decided so holds up
// no other.
function DecideAlike({ kind, of, again }: { kind: string; of: Conflict[]; again: () => void }) {
  const [reason, setReason] = useState("");
  const [told, setTold] = useState("");
  const decide = async (choice: "current" | "other"): Promise<void> => {
    let decided = 0;
    let problem = "";
    for (const { id } of of) {
      try {
        await ask<Saved>("POST", `/conflicts/${id}/resolve`, { choice, reason }, { key: newKey() });
        decided += 1;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        problem = error.silent ? t("silent") : error.message;
        if (error.status !== 409) break;
      }
      setTold(t("decidedSoFar", { n: decided, all: of.length }));
    }
    setTold(`${t("decidedSoFar", { n: decided, all: of.length })} ${problem}`);
    again();
  };
  return (
    <details class="card">
      <summary>{t("decideAlike", { n: of.length, what: kind })}</summary>
      <form class="inline" onSubmit={(event) => event.preventDefault()}>
        <label>
          {t("reason")} <input autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="button" onClick={() => void decide("current")}>
          {t("keepAllCurrent")}
        </button>
        <button type="button" onClick={() => void decide("other")}>
          {t("takeAllOther")}
        </button>
        <span role="status">{told}</span>
      </form>
    </details>
  );
}

// Kinds of which there are several; those about deletions and about two records are looked at one by one.
function alike(conflicts: Conflict[]): [string, Conflict[]][] {
  const kinds = new Map<string, Conflict[]>();
  for (const conflict of conflicts.filter((one) => one.about_deletion !== true && one.policy !== "duplicate"))
    kinds.set(whatOf(conflict), [...(kinds.get(whatOf(conflict)) ?? []), conflict]);
  return [...kinds].filter(([, of]) => of.length > 1);
}

export function Conflicts() {
  const loaded = useLoaded<{ items: Conflict[]; total: number }>("/conflicts?limit=200");
  return (
    <>
      <header class="view-head">
        <h1>{t("conflicts")}</h1>
      </header>
      <Waiting of={loaded}>
        {({ items }) => (
          <>
            {alike(items).map(([kind, of]) => (
              <DecideAlike key={kind} kind={kind} of={of} again={loaded.again} />
            ))}
            <ul class="list">
              {items.map((conflict) => (
                <li key={conflict.id} class="entry">
                  <a href={`#/conflicts/${conflict.id}`}>
                    <strong>
                      {conflict.about.name && `${conflict.about.name}: `}
                      {t("conflictOf", { what: whatOf(conflict) })}
                    </strong>
                  </a>
                  <p class="hint">
                    {clock(conflict.at)} {conflict.by.name && `· ${t("by", { name: conflict.by.name })}`}
                  </p>
                </li>
              ))}
              {items.length === 0 && <li class="quiet">{t("noConflicts")}</li>}
            </ul>
          </>
        )}
      </Waiting>
    </>
  );
}

function Sides({ conflict }: { conflict: Conflict }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("conflictOf", { what: whatOf(conflict) })}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("before")}</th>
            <th scope="col">{t("current")}</th>
            <th scope="col">
              {t("other")} {conflict.by.name && <span class="quiet">({conflict.by.name})</span>}
            </th>
          </tr>
        </thead>
        <tbody>
          {conflict.fields.map((field) => (
            <tr key={field.field} class={field.current === field.other ? "" : "differs"}>
              <th scope="row">{term(labelOf(conflict.collection, field.field))}</th>
              <td data-label={t("before")}>{field.base || "–"}</td>
              <td class="clash" data-label={t("current")}>{field.current || "–"}</td>
              <td class="clash" data-label={t("other")}>{field.other || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Two records with one number: which ones, to be merged or put right there.
function Both({ conflict, other }: { conflict: Conflict; other: { id: string; name: string } }) {
  return (
    <ul>
      {[{ id: conflict.record ?? "", name: conflict.about.name }, other].map((one) => (
        <li key={one.id}>
          {conflict.collection === "customer" ? (
            <a href={`#/customer/${one.id}`}>{one.name || one.id}</a>
          ) : (
            one.name || one.id
          )}
        </li>
      ))}
    </ul>
  );
}

function Resolve({ conflict }: { conflict: Conflict }) {
  // With one field the values themselves say what is chosen.
  const [field] = conflict.fields;
  const value = (which: "current" | "other"): string => (conflict.fields.length === 1 && field?.[which]) || "";
  const only_current = conflict.hidden || conflict.about_deletion === true || conflict.duplicate_of !== null;
  const path = `/conflicts/${conflict.id}/resolve`;
  const [current, other] = [value("current"), value("other")];
  const keep = { label: conflict.duplicate_of ? t("keepBoth") : current ? t("keepValue", { value: current }) : t("keepCurrent"), path, body: { choice: "current" } };
  const take = { label: other ? t("takeValue", { value: other }) : t("takeOther"), path, body: { choice: "other" } };
  return (
    <Reasoned id="resolve-reason" choices={only_current ? [keep] : [keep, take]} onDone={() => go("conflicts")} />
  );
}

export function ConflictView({ id }: { id: string }) {
  const loaded = useLoaded<Conflict>(`/conflicts/${encodeURIComponent(id)}`);
  return (
    <Waiting of={loaded}>
      {(conflict) => (
        <>
          <header class="view-head">
            <h1>{t("conflictOf", { what: whatOf(conflict) })}</h1>
            {conflict.about.customer ? (
              <a href={`#/customer/${conflict.about.customer}`}>{conflict.about.name || t("customer")}</a>
            ) : (
              conflict.about.name
            )}
          </header>
          <section class="card">
            <p class="hint">
              {conflict.duplicate_of
                ? t("duplicateIntro")
                : conflict.about_deletion ? t("aboutDeletion") : conflict.hidden ? t("hiddenValues") : t("conflictIntro")}
            </p>
            {conflict.duplicate_of ? (
              <Both conflict={conflict} other={conflict.duplicate_of} />
            ) : (
              conflict.fields.length > 0 && <Sides conflict={conflict} />
            )}
            {conflict.state === "resolved" ? <p>{t("decidedBy")}</p> : <Resolve conflict={conflict} />}
          </section>
        </>
      )}
    </Waiting>
  );
}
