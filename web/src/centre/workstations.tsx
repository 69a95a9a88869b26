// Which workstations could work by hand now, which not and why: for supervisors and IT, also of those that are silent.
import { useState } from "preact/hooks";
import { age, clock, term } from "../page/i18n.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { t } from "./text.ts";

interface Check {
  check: string;
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
  summary: string;
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
        <span class={item.state === "not-ready" ? "chip warn" : "chip"}>{term(item.state.replace("-", " "))}</span>{" "}
        <span class="quiet">{placeOf(item)}</span>
        <p class="hint">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <div>
        {item.checks.map(({ check, why, remedy }) => (
          <p key={check}>
            {term(why)}. <span class="quiet">{remedy}</span>
          </p>
        ))}
      </div>
    </li>
  );
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
      <Waiting of={loaded}>
        {({ summary, as_of, from, items }) => (
          <>
            <p>
              <strong>{summary}</strong>{" "}
              {from === "copy" && <span class="chip warn">{t("toldByHub", { time: clock(as_of) })}</span>}{" "}
              <button type="button" class="link" aria-pressed={all} onClick={() => setAll(!all)}>
                {t("allWorkstations", { n: items.length })}
              </button>
            </p>
            <ul class="list">
              {items
                .filter(({ state }) => all || state === "not-ready")
                .map((item) => (
                  <Row key={item.id} item={item} />
                ))}
            </ul>
          </>
        )}
      </Waiting>
    </>
  );
}
