// Which workstations could work by hand now, which not and why: for supervisors and IT, also of those that are silent.
import { useState } from "preact/hooks";
import { get } from "../daemon/api.ts";
import { session } from "../daemon/session.ts";
import { age, clock, term } from "../page/i18n.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { DrillDue, type Due } from "./drills.tsx";
import { t, told, word } from "./text.ts";

interface Check {
  check: string;
  known: boolean;
  why: string;
  remedy: string;
}
interface Workstation {
  id: string;
  name: string;
  state: "ready" | "not-ready" | "revoked";
  site: string;
  row: string;
  seat: string;
  heard_at: string | null;
  data_as_of: string | null;
  waiting: number;
  oldest_waiting_ms: number;
  needs_attention: number;
  checks: Check[];
}
export interface Listed {
  sites: { site: string; score: number; ready: number; all: number }[];
  drill: Due;
  ready: number;
  all: number;
  as_of: string;
  from: "hub" | "copy";
  items: Workstation[];
}

const placeOf = ({ site, row, seat }: Workstation): string =>
  [site, row && `${t("row")} ${row}`, seat && `${t("seat")} ${seat}`].filter(Boolean).join(", ");

function Row({ item }: { item: Workstation }) {
  const facts = [
    item.heard_at ? t("heardAgo", { age: age(item.heard_at) }) : t("neverHeard"),
    item.data_as_of && t("dataAge", { age: age(item.data_as_of) }),
    item.waiting > 0 && t("waitThere", { n: item.waiting }),
    item.needs_attention > 0 && t("attentionThere", { n: item.needs_attention }),
  ];
  return (
    <li class="entry">
      <div>
        <strong>{item.name}</strong>{" "}
        <span class={item.state === "not-ready" ? "chip warn" : "chip"}>{word(item.state)}</span>{" "}
        <span class="quiet">{placeOf(item)}</span>
        <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <div class="checks">
        {item.checks.map(({ check, known, why, remedy }) => (
          <p key={check}>
            {term(told(known ? `why-${check}` : "unknown", why))}. <span class="quiet">{told(`do-${check}`, remedy)}</span>
          </p>
        ))}
      </div>
    </li>
  );
}

// Asked for while somebody who may see it is signed in, so that this workstation keeps it for when the hub is away.
const keep_ms = 600_000;
export function keepListed(): void {
  let asked = "";
  const ask = (): void => {
    const { person } = session.get();
    if (person?.name === asked) return;
    asked = person?.name ?? "";
    if (person && person.role !== "agent") get("/workstations?only=not-ready", { watches: true }).catch(() => {});
  };
  session.follow(ask);
  setInterval(() => {
    asked = "";
    ask();
  }, keep_ms);
  ask();
}

// "21 data is old", the most frequent first.
function failedAt(items: Workstation[], site: string): string[] {
  const counts = new Map<string, number>();
  for (const item of items)
    if (item.site === site && item.state === "not-ready") for (const { check } of item.checks) counts.set(check, (counts.get(check) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one).map(([check, n]) => `${n} ${told(`check-${check}`, check)}`);
}

export function Workstations() {
  const loaded = useRefreshed<Listed>("/workstations");
  const [all, setAll] = useState(false);
  return (
    <>
      <header class="view-head">
        <h1>{t("workstations")}</h1>
        <p class="hint">{t("workstationsHint")}</p>
      </header>
      {loaded.problem?.code === "hub-away" && !loaded.data ? (
        <p class="note">{t("noListKept")}</p>
      ) : (
        <Waiting of={loaded}>
          {({ ready, all: count, as_of, from, items, sites, drill }) => (
            <>
              <p>
                <strong>{t("readyOf", { ready, all: count })}</strong>{" "}
                {from === "copy" && (
                  <span class="chip warn">{t("toldByHub", { time: clock(as_of), age: age(as_of) })}</span>
                )}{" "}
                <button type="button" class="link" aria-pressed={all} onClick={() => setAll(!all)}>
                  {t("allWorkstations", { n: items.length })}
                </button>
              </p>
              {sites.length > 1 && (
                <ul>
                  {sites.map(({ site, ready, all, score }) => (
                    <li key={site}>
                      {site || "–"}: {[t("readyOf", { ready, all }), ...failedAt(items, site)].join(", ")} ({score}/100)
                    </li>
                  ))}
                </ul>
              )}
              <DrillDue drill={drill} />
              <ul class="list">
                {items
                  .filter(({ state }) => all || state === "not-ready")
                  .map((item) => (
                    <Row key={item.id} item={item} />
                  ))}
                {!all && ready === count && <li class="quiet">{t("allReady")}</li>}
              </ul>
            </>
          )}
        </Waiting>
      )}
    </>
  );
}
