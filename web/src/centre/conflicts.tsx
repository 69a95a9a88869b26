// What two people changed at once: both values beside each other, and a person's choice.
import { useState } from "preact/hooks";
import { type ApiError, ask, newKey } from "../daemon/api.ts";
import { collectionOf, labelOf } from "../daemon/schema.ts";
import { session } from "../daemon/session.ts";
import type { Saved } from "../daemon/types.ts";
import { clock, term } from "../page/i18n.ts";
import { focusOn } from "../page/keys.ts";
import { go, route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { Reasoned } from "../views/reasoned.tsx";
import { wordsOf } from "../views/sending.tsx";
import { t } from "./text.ts";

interface Conflict {
  id: string;
  collection: string;
  record: string | null;
  about: { customer: string | null; name: string };
  unit: string;
  state: "open" | "decided" | "resolved";
  policy: string | null;
  about_deletion: boolean | null;
  at: string | null;
  by: { name: string };
  duplicate_of: { id: string; name: string; deleted: boolean } | null; // the other record with the same value
  fields: { field: string; base: string | null; current: string | null; other: string | null; now: string | null }[];
  hidden: boolean;
  resolution: string | null;
  resolved_by: { name: string };
  resolved_at: string | null;
}

// Agents see what is disputed, so that they can ask the caller; deciding is a supervisor's.
const decides = (): boolean => session.get().person?.role === "supervisor";

const whatOf = (conflict: Conflict): string =>
  `${term(collectionOf(conflict.collection)?.label ?? conflict.collection)}, ${term(labelOf(conflict.collection, conflict.unit))}`;

// Conflicts about the same field, decided alike: each is an action of its own, so one that cannot be decided so holds up
// no other.
function DecideAlike({ kind, of, again }: { kind: string; of: Conflict[]; again: () => void }) {
  const [reason, setReason] = useState("");
  const [told, setTold] = useState("");
  const decide = async (choice: "current" | "other"): Promise<void> => {
    if (!reason.trim()) {
      focusOn("alike-reason");
      return setTold(t("reasonFirst"));
    }
    let decided = 0;
    let problem = "";
    for (const { id } of of) {
      try {
        await ask<Saved>("POST", `/conflicts/${id}/resolve`, { choice, reason }, { key: newKey() });
        decided += 1;
      } catch (error) {
        problem = wordsOf(error);
        if ((error as ApiError).status !== 409) break;
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
          {t("reason")} <input id="alike-reason" autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
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

function List() {
  const loaded = useLoaded<{ items: Conflict[]; total: number }>("/conflicts?limit=200");
  return (
    <>
      <header class="view-head">
        <h1>{t("conflicts")}</h1>
        <p class="hint">{t(decides() ? "conflictsHint" : "conflictsAsk")}</p>
      </header>
      <Waiting of={loaded}>
        {({ items }) => (
          <>
            {(decides() ? alike(items) : []).map(([kind, of]) => (
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
  const current = conflict.state === "resolved" ? "stood" : "current";
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("conflictOf", { what: whatOf(conflict) })}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">{t("before")}</th>
            <th scope="col">{t(current)}</th>
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
              <td class="clash" data-label={t(current)}>{field.current || "–"}</td>
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

// Who decided what, when and why: also for whoever was about to decide it.
function Decided({ conflict }: { conflict: Conflict }) {
  const stands = conflict.fields.filter(({ now }) => now !== null);
  return (
    <div class="note" role="status">
      <p>
        <strong>
          {conflict.resolved_by.name
            ? t("decidedBy", { name: conflict.resolved_by.name, time: clock(conflict.resolved_at) })
            : t("decidedOnItsWay")}
        </strong>{" "}
        {conflict.resolution}
      </p>
      {stands.map(({ field, now }) => (
        <p key={field}>{t("standsNow", { field: term(labelOf(conflict.collection, field)), value: now || "–" })}</p>
      ))}
    </div>
  );
}

function One({ id }: { id: string }) {
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
            {conflict.state !== "resolved" && (
              <p class="hint">
                {conflict.duplicate_of
                  ? t("duplicateIntro")
                  : conflict.about_deletion ? t("aboutDeletion") : conflict.hidden ? t("hiddenValues") : t("conflictIntro")}
              </p>
            )}
            {conflict.duplicate_of ? (
              <Both conflict={conflict} other={conflict.duplicate_of} />
            ) : (
              conflict.fields.length > 0 && <Sides conflict={conflict} />
            )}
            {conflict.state === "resolved" ? (
              <Decided conflict={conflict} />
            ) : decides() ? (
              <Resolve conflict={conflict} />
            ) : (
              <p class="note">{t("conflictsAsk")}</p>
            )}
          </section>
        </>
      )}
    </Waiting>
  );
}

export function Conflicts() {
  const [, id] = use(route);
  return id ? <One key={id} id={id} /> : <List />;
}
