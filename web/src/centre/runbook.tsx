// The actions of the plan: how each stands, who did what, and what can be asked of it.
import { seen } from "../daemon/status.ts";
import { clock } from "../page/i18n.ts";
import { go, route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { Problem, useSending } from "../views/sending.tsx";
import { Decide } from "./deciding.tsx";
import { t, told, word, type CentreName } from "./text.ts";

interface Signed {
  person: string;
  role: string;
  reason: string;
  at: string | null;
}
interface Action {
  id: string;
  title: string;
  phase: "enter" | "during" | "exit";
  kind: string;
  what: string;
  undo: string | null;
  state: string;
  says: string;
  may: string[];
  tries: number;
  result: { code: number; output: string; took_ms: number } | null;
  approved: Signed | null;
  ended: Signed | null;
  excepted: Signed | null;
}
interface Named {
  id: string;
  short: string;
  title: string;
  drill: boolean;
}
interface Run {
  incident: Named | null;
  in_force: Named[];
  plan: { version: number; title: string };
  held: { station: string; told: string | null } | null;
  advice: string[];
  left: string[];
  actions: Action[];
  asked: { wish: string; action: string }[];
}

const calm = ["ok", "undone", "skipped", "waiting"];
const bad = ["failed", "timed-out", "undo-failed"];
// What is asked at once, and what with a reason.
const at_once: Record<string, CentreName> = { approve: "approveIt", tick: "tickIt", want: "wantIt", undo: "undoIt" };
const with_reason: Record<string, CentreName> = { skip: "skipIt", except: "signFor" };

function Ask({ verb, label, action, incident }: { verb: string; label: string; action: Action | null; incident: string }) {
  const [problem, send] = useSending();
  const body = action ? { incident, action: action.id } : { incident };
  return (
    <>
      <button type="button" aria-label={action ? `${label}: ${action.title}` : undefined} onClick={() => void send(`/runbook/${verb}`, body)}>
        {label}
      </button>
      <Problem text={problem} />
    </>
  );
}

function Who({ action }: { action: Action }) {
  const said: [CentreName, Signed | null][] = [
    ["approvedBy", action.approved],
    ["endedBy", action.ended],
    ["signedFor", action.excepted],
  ];
  return (
    <>
      {said.map(
        ([name, by]) =>
          by && (
            <p key={name} class="quiet">
              {t(name, { name: by.person })}, {clock(by.at)}
              {by.reason && `: ${by.reason}`}
            </p>
          ),
      )}
    </>
  );
}

// With what a person has to do, which other languages have no words for.
function saidOf({ state, says, what, undo }: Action): string {
  const words = told(`says-${state}`, says);
  const task = { ready: what, "undo-ready": undo }[state];
  return task && !words.includes(task) ? `${words.replace(/\.$/, ":")} ${task}` : words;
}

function One({ action, incident, asked, what }: { action: Action; incident: string; asked: boolean; what?: boolean }) {
  const tone = bad.includes(action.state) ? "chip bad" : calm.includes(action.state) ? "chip" : "chip warn";
  const result = action.result;
  return (
    <li class="entry">
      <div>
        <strong>{action.title}</strong> <span class={tone}>{word(`run-${action.state}`)}</span>
        {what && <p>{action.what}</p>}
        <p>{saidOf(action)}</p>
        {asked && <p class="quiet">{t("askedNotHeard")}</p>}
        <Who action={action} />
        {result && (
          <details>
            <summary>{t("whatCameBack", { code: result.code, ms: result.took_ms })}</summary>
            <pre>{result.output}</pre>
          </details>
        )}
      </div>
      {incident && (
        <div class="decisions">
          {action.may.map((verb) => {
            const now = verb === "want" && action.state !== "waiting" ? "wantAgain" : at_once[verb];
            const signed = with_reason[verb];
            if (now) return <Ask key={verb} verb={verb} label={t(now)} action={action} incident={incident} />;
            if (!signed) return null;
            const more = { incident, action: action.id };
            return <Decide key={verb} path="/runbook" verb={verb} label={t(signed)} about={`${t(signed)}: ${action.title}`} more={more} />;
          })}
        </div>
      )}
    </li>
  );
}

// What the plan means for whoever works at a desk, beside the outage.
export function ForAgents({ incident }: { incident: string }) {
  const run = useRefreshed<Run>(`/runbook?incident=${incident}`).data;
  if (!run || run.actions.length === 0) return null;
  return (
    <section aria-label={t("forYou")}>
      <h3>{t("forYou")}</h3>
      <ul class="list">
        {run.actions.map((action) => (
          <One key={action.id} action={action} incident={incident} asked={run.asked.some((one) => one.action === action.id)} what />
        ))}
      </ul>
    </section>
  );
}

// What has to be done next, and by whom.
function Next({ run }: { run: Run }) {
  const named = (...states: string[]): string =>
    run.actions
      .filter(({ state }) => states.includes(state))
      .map(({ title }) => title)
      .join(", ");
  const lists: [CentreName, string][] = [
    ["lookAtFailed", named(...bad)],
    ["askedFor", named("asking")],
    ["byPeople", named("ready", "undo-ready")],
  ];
  const lines = [
    ...(run.incident && !run.held ? [t("noStation")] : []),
    ...(run.advice.some((line) => line.startsWith("Station ")) ? [t("stationSilent", { name: run.held?.station ?? "" })] : []),
    ...lists.flatMap(([name, list]) => (list ? [t(name, { list })] : [])),
  ];
  if (!run.incident || lines.length === 0) return null;
  return (
    <ul class="list">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

const phases: [Action["phase"], CentreName][] = [
  ["enter", "phaseEnter"],
  ["during", "phaseDuring"],
  ["exit", "phaseExit"],
];

const nameOf = ({ short, title, drill }: Named): string =>
  `${short} ${title}`.trim() + (drill ? ` (${t("practice")})` : "");

// Of several that are in force the one whose plan is shown.
function Choose({ run }: { run: Run }) {
  const { incident, in_force } = run;
  const others = incident && in_force.every(({ id }) => id !== incident.id) ? [incident, ...in_force] : in_force;
  if (others.length < 2) return null;
  return (
    <p>
      <label for="runbook-of">{t("whichIncident")}</label>{" "}
      <select id="runbook-of" value={incident?.id} onChange={(event) => go("runbook", event.currentTarget.value)}>
        {others.map((one) => (
          <option key={one.id} value={one.id}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    </p>
  );
}

function All({ run }: { run: Run }) {
  const { status } = use(seen);
  const incident = run.incident?.id ?? "";
  return (
    <>
      <Choose run={run} />
      <p>
        {run.incident ? <strong>{`${run.incident.short} ${run.incident.title}`}</strong> : t("nothingInForce")}{" "}
        {run.incident?.drill && <span class="chip warn">{t("practice")}</span>}{" "}
        <span class="quiet">
          {t("planVersion", { n: run.plan.version, title: run.plan.title })} ·{" "}
          {run.held ? t("performedBy", { name: run.held.station, time: clock(run.held.told) }) : t("performedByNobody")}
        </span>
      </p>
      <Next run={run} />
      {incident && (
        <div class="decisions">
          {run.left.length > 0 && <Ask verb="undo" label={t("undoAll", { n: run.left.length })} action={null} incident={incident} />}
          {run.held && run.held.station !== status?.workstation?.name && <Decide path="/runbook" verb="takeover" label={t("takeOverRun")} more={{ incident }} />}
        </div>
      )}
      {phases.map(([phase, name]) => {
        const actions = run.actions.filter((action) => action.phase === phase);
        if (actions.length === 0) return null;
        return (
          <section key={phase} class="card" aria-label={t(name)}>
            <h2>{t(name)}</h2>
            <ul class="list">
              {actions.map((action) => (
                <One
                  key={action.id}
                  action={action}
                  incident={incident}
                  asked={run.asked.some((wish) => wish.action === action.id)}
                />
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

export function Runbook() {
  const [, incident] = use(route);
  const loaded = useRefreshed<Run>(incident ? `/runbook?incident=${incident}` : "/runbook");
  return (
    <>
      <header class="view-head">
        <h1>{t("runbook")}</h1>
        <p class="hint">{t("runbookHint")}</p>
      </header>
      <Waiting of={loaded}>{(run) => <All run={run} />}</Waiting>
    </>
  );
}
