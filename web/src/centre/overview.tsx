// Six numbers for a supervisor, large enough for a screen on the wall.
import { session } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import { age, clock } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { t, type CentreName } from "./text.ts";
import type { Listed } from "./workstations.tsx";

interface Counts {
  taken: number;
  callbacks_open: number;
  callbacks_overdue: number;
  conflicts_open: number;
  approvals_open: number;
  more: boolean;
}

// Whoever counts from an outage counts what was taken in it. What is practised is not counted.
function beginning(incident: { begins: string; drill: boolean } | null | undefined): string {
  if (incident && !incident.drill) return incident.begins;
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return today.toISOString();
}

function Tile({ name, number, place, hint, bad }: { name: CentreName; number: string; place: string; hint?: string; bad?: boolean }) {
  return (
    <li class={bad ? "tile bad" : "tile"}>
      <a href={`#/${place}`}>{t(name)}</a>
      <strong>{number}</strong>
      <span class="quiet">{hint}</span>
    </li>
  );
}

// How many calls that is the hub alone knows: several promises to one customer are one.
function CallsToMake({ promises, overdue }: { promises: string; overdue: number }) {
  const cases = useRefreshed<{ to_call: number }>("/callbacks/cases?limit=1").data;
  const hint = [t(cases ? "fromPromises" : "promisesOnly", { n: promises }), overdue > 0 && t("overdueCount", { n: overdue })];
  return (
    <Tile
      name="callsToMake"
      number={cases ? String(cases.to_call) : "–"}
      place="release"
      hint={hint.filter(Boolean).join(", ")}
      bad={overdue > 0}
    />
  );
}

function Promised({ promises, overdue }: { promises: string; overdue: number }) {
  const hint = overdue > 0 ? t("overdueCount", { n: overdue }) : "";
  return <Tile name="promisedCallbacks" number={promises} place="callbacks" hint={hint} bad={overdue > 0} />;
}

function Waits({ items }: { items: Listed["items"] }) {
  const waiting = items.reduce((sum, one) => sum + one.waiting, 0);
  const oldest = Math.max(0, ...items.map((one) => one.oldest_waiting_ms));
  const hint = waiting > 0 ? t("oldestIs", { age: age(Date.now() - oldest) }) : "";
  return <Tile name="waitAtDesks" number={String(waiting)} place="workstations" hint={hint} bad={oldest > 900_000} />;
}

export function Overview() {
  const { status } = use(seen);
  const since = beginning(status?.contingency?.incident);
  const counts = useRefreshed<Counts>(`/overview?since=${encodeURIComponent(since)}`);
  const desks = useRefreshed<Listed>("/workstations");
  return (
    <>
      <header class="view-head">
        <h1>{t("overview")}</h1>
        <p class="hint">{t("countedSince", { time: clock(since) })}</p>
      </header>
      <Waiting of={counts}>
        {(told) => {
          const number = (n: number): string => (told.more ? `${n}+` : String(n));
          const Callbacks = session.get().person?.role === "supervisor" ? CallsToMake : Promised;
          return (
            <ul class="tiles">
              <Tile name="takenSince" number={number(told.taken)} place="entries/all" />
              <Callbacks promises={number(told.callbacks_open)} overdue={told.callbacks_overdue} />
              <Tile name="conflicts" number={number(told.conflicts_open)} place="conflicts" />
              <Tile name="toApprove" number={String(told.approvals_open)} place="checks" bad={told.approvals_open > 0} />
            </ul>
          );
        }}
      </Waiting>
      <Waiting of={desks}>
        {({ ready, all, items, as_of, from }) => (
          <ul class="tiles">
            <Tile
              name="readyDesks"
              number={`${ready}/${all}`}
              place="workstations"
              hint={from === "copy" ? t("toldByHub", { time: clock(as_of), age: age(as_of) }) : ""}
              bad={ready < all}
            />
            <Waits items={items} />
            <Tile
              name="attentionAtDesks"
              number={String(items.reduce((sum, one) => sum + one.needs_attention, 0))}
              place="workstations"
            />
          </ul>
        )}
      </Waiting>
    </>
  );
}
