// The wallboard, in a file of its own: six numbers about the outage that is in force, or about today, and the few charts.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { session } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import type { Standing } from "../daemon/incidents.ts";
import { age, clock, t as page } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import type { Listed } from "../centre/workstations.tsx";
import { TakenChart, WaitingChart, type QuarterHour } from "./charts.tsx";
import { t, type WallName } from "./texts.ts";
import styles from "./wall.css" with { type: "text" };

interface Counts {
  taken: number;
  callbacks_open: number;
  callbacks_overdue: number;
  conflicts_open: number;
  approvals_open: number;
  more: boolean;
  quarter_hours: QuarterHour[];
}

// Whoever counts from an outage counts what was taken in it. What is practised is not counted.
function beginning(incident: Standing["incident"] | undefined): string {
  if (incident && !incident.drill) return incident.begins;
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  return today.toISOString();
}

// Which outage it is about, and since when. At full screen nothing else of the page is seen.
function About({ standing, since }: { standing: Standing | undefined; since: string }) {
  const { mode } = use(seen);
  const incident = standing?.incident;
  const real = incident && !incident.drill ? incident : null;
  return (
    <p class="about" role="status">
      {mode === "silent" && <strong class="error">{page("silent")} </strong>}
      {real ? (
        <>
          <strong>{`${real.short} ${real.title}`.trim()}</strong>, {real.scopes.join(", ")},{" "}
          {t(real.phase === "recovering" ? "inRecovery" : "inOutage", { time: clock(since) })}
        </>
      ) : (
        t("noOutage", { time: clock(since) })
      )}
      {incident?.drill && ` ${t("drillIsOn")}`}
    </p>
  );
}

function Tile({ name, number, place, hint, bad }: { name: WallName; number: string; place: string; hint?: string; bad?: boolean }) {
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

function OfRecords({ told }: { told: Counts }) {
  const number = (n: number): string => (told.more ? `${n}+` : String(n));
  const Callbacks = session.get().person?.role === "supervisor" ? CallsToMake : Promised;
  const now = told.quarter_hours.find(({ from }) => Date.now() - Date.parse(from) < 900_000);
  const { conflicts_open: conflicts, approvals_open: approvals } = told;
  return (
    <>
      <Tile name="takenSince" number={number(told.taken)} place="entries/everywhere" hint={t("lastQuarter", { n: now?.taken ?? 0 })} />
      <Callbacks promises={number(told.callbacks_open)} overdue={told.callbacks_overdue} />
      <Tile
        name="toDecide"
        number={number(conflicts + approvals)}
        place={conflicts > 0 ? "conflicts" : "checks"}
        hint={t("conflictsAndApprovals", { conflicts, approvals })}
        bad={approvals > 0}
      />
    </>
  );
}

function OfDesks({ listed: { ready, all, items, as_of, from } }: { listed: Listed }) {
  const sum = (what: "waiting" | "needs_attention"): number => items.reduce((n, one) => n + one[what], 0);
  const oldest = Math.max(0, ...items.map((one) => one.oldest_waiting_ms));
  const waiting = sum("waiting");
  return (
    <>
      <Tile
        name="readyDesks"
        number={`${ready}/${all}`}
        place="workstations"
        hint={from === "copy" ? t("toldByHub", { time: clock(as_of), age: age(as_of) }) : ""}
        bad={ready < all}
      />
      <Tile
        name="waitAtDesks"
        number={String(waiting)}
        place="workstations"
        hint={waiting > 0 ? t("oldestIs", { age: age(Date.now() - oldest) }) : ""}
        bad={oldest > 900_000}
      />
      <Tile name="attentionAtDesks" number={String(sum("needs_attention"))} place="workstations" bad={sum("needs_attention") > 0} />
    </>
  );
}

function useFullScreen(wall: { current: HTMLElement | null }): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = (): void => setFull(document.fullscreenElement === wall.current);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  return full;
}

function FullScreen({ wall, full }: { wall: { current: HTMLElement | null }; full: boolean }) {
  const turn = (): void => void (full ? document.exitFullscreen() : wall.current?.requestFullscreen());
  return (
    <button type="button" onClick={turn}>
      {t(full ? "leaveFullScreen" : "fullScreen")}
    </button>
  );
}

function Overview() {
  const standing = use(seen).status?.contingency;
  const since = beginning(standing?.incident);
  const counts = useRefreshed<Counts>(`/overview?since=${encodeURIComponent(since)}`);
  const desks = useRefreshed<Listed>("/workstations");
  const wall = useRef<HTMLElement>(null);
  const full = useFullScreen(wall);
  return (
    <section class="wall" ref={wall} aria-label={page("overview")}>
      <header class="view-head">
        <h1>{page("overview")}</h1>
        <About standing={standing} since={since} />
        <FullScreen wall={wall} full={full} />
      </header>
      <Waiting of={counts}>
        {(told) => (
          <Waiting of={desks}>
            {(listed) => (
              <ul class="tiles">
                <OfRecords told={told} />
                <OfDesks listed={listed} />
              </ul>
            )}
          </Waiting>
        )}
      </Waiting>
      <div class="charts">
        {counts.data && <TakenChart quarters={counts.data.quarter_hours} since={since} large={full} />}
        {desks.data && <WaitingChart desks={desks.data.items} since={since} large={full} />}
      </div>
    </section>
  );
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets.push(sheet);

export const views: Record<string, ComponentType> = { overview: Overview };
