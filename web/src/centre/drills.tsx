// Practice: by oneself with invented customers, and what came of the drills that were held.
import { useState } from "preact/hooks";
import { ask } from "../daemon/api.ts";
import { seen } from "../daemon/status.ts";
import { clock, term } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { pointName, t, told } from "./text.ts";

export interface Due {
  every_days: number | null;
  last: string | null;
  due: string | null;
  overdue: boolean;
}
type Ready = { ready: number; all: number } | null; // null: the hub did not tell
interface Report {
  incident: string;
  short: string;
  title: string;
  ended: string;
  seconds_to_declare: number | null;
  seconds_to_first_entry: number | null;
  taken: Record<string, number>;
  people: string[];
  absent: string[];
  failed: string[];
  ready_before: Ready;
  ready_after: Ready;
}

export function DrillDue({ drill }: { drill: Due }) {
  return (
    <p>
      {drill.last ? t("lastDrill", { time: clock(drill.last) }) : t("noDrill")}{" "}
      {drill.overdue ? (
        <span class="chip warn">{t("drillOverdue", { n: drill.every_days ?? 0 })}</span>
      ) : (
        drill.due && t("nextDrill", { time: clock(drill.due) })
      )}
    </p>
  );
}

// What failed, which reports say in English, and of an action of the plan after its name.
const failures: [RegExp, string][] = [
  [/^Nothing was taken/, "drill-nothing"],
  [/^\d+ sheets? of paper/, "drill-paper"],
  [/^No station took/, "drill-no-station"],
  [/^(?:[\w-]+: )FAILED/, "says-failed"],
  [/^(?:[\w-]+: )Did NOT ANSWER/, "says-timed-out"],
  [/^(?:[\w-]+: )Could NOT be/, "says-undo-failed"],
  [/^(?:[\w-]+: )Left out/, "says-skipped"],
];
function failureText(text: string): string {
  const left = /^Left as it was: ([\w-]+) \((.*)\)$/s.exec(text);
  if (left) return t("leftAsItWas", { point: pointName(left[1] ?? ""), by: left[2] ?? "" });
  const [pattern, name] = failures.find(([one]) => one.test(text)) ?? [];
  const action = /^([\w-]+): /.exec(text)?.[0] ?? "";
  return pattern && name ? action + told(name, text.slice(action.length)) : text;
}

const seconds = (n: number | null): string => (n === null ? "–" : `${n} s`);

function Held({ report }: { report: Report }) {
  const taken = Object.entries(report.taken).map(([kind, n]) => `${term(kind)}: ${n}`);
  const ready = (desks: Ready): string => (desks ? t("readyOf", { ...desks }) : t("notKnownThen"));
  return (
    <li class="entry">
      <div>
        <strong>
          {report.short} {report.title}
        </strong>{" "}
        <span class="chip warn">{t("practice")}</span> <span class="quiet">{clock(report.ended)}</span>
        <p>{t("drillTook", { declare: seconds(report.seconds_to_declare), entry: seconds(report.seconds_to_first_entry) })}</p>
        <p>{t("drillReady", { before: ready(report.ready_before), after: ready(report.ready_after) })}</p>
        <p>{t("drillPeople", { names: report.people.join(", "), taken: taken.join(", ") || "–", absent: report.absent.length })}</p>
      </div>
      <ul>
        {report.failed.map((one) => (
          <li key={one}>{failureText(one)}</li>
        ))}
      </ul>
    </li>
  );
}

export function Drills() {
  const loaded = useLoaded<{ drill: Due; items: Report[] }>("/contingency/drills");
  return (
    <section class="card" aria-label={t("drills")}>
      <h2>{t("drills")}</h2>
      <Waiting of={loaded}>
        {({ drill, items }) => (
          <>
            <DrillDue drill={drill} />
            <ul class="list">
              {items.map((report) => (
                <Held key={report.incident} report={report} />
              ))}
            </ul>
          </>
        )}
      </Waiting>
    </section>
  );
}

// The page begins anew: what it shows is of another world then.
export function Practise() {
  const on = use(seen).status?.practice === true;
  const [problem, setProblem] = useState("");
  const turn = (): void =>
    void ask("POST", "/practice", { on: !on }).then(
      () => location.reload(),
      (error) => setProblem(String(error.message)),
    );
  return (
    <section class="card" aria-label={t("practise")}>
      <p>{t(on ? "practisingHint" : "practiseHint")}</p>
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <button type="button" onClick={turn}>
        {t(on ? "backToWork" : "practise")}
      </button>
    </section>
  );
}
