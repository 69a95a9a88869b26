// Outages: what is in force here, who decided what, what is left, and for supervisors and IT the decisions.
import { session } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import type { Contingency, Incident, Signature } from "../daemon/incidents.ts";
import { clock } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { CodeEntry, CodeToReadOut, Decide, Declare } from "./deciding.tsx";
import { useLoaded, Waiting } from "../views/load.tsx";
import { Drills, Practise } from "./drills.tsx";
import { Report } from "./report.tsx";
import { ForAgents } from "./runbook.tsx";
import { pointName, t, told, word } from "./text.ts";

const nameOf = (incident: Incident): string => [incident.short, incident.title].filter(Boolean).join(" ");

// Everything that somebody decided about it, in its order.
function decisionsOf(incident: Incident): (Signature & { what: string; idle?: boolean })[] {
  const steps = incident.steps.map((step) => ({
    ...step,
    what: word(step.step) + (step.overridden ? ` (${t("overrideGate")})` : ""),
  }));
  const estimates = incident.estimates.map((one) => ({ ...one, what: t("expectedBack", { time: clock(one.expected) }) }));
  const exceptions = incident.exceptions.map((one) => ({ ...one, what: `${t("signFor")}: ${pointName(one.point)}` }));
  return [...steps, ...estimates, ...exceptions].sort((one, other) => one.at.localeCompare(other.at));
}

function Steps({ incident }: { incident: Incident }) {
  return (
    <details>
      <summary>{t("stepsTaken")}</summary>
      <ul class="list">
        {decisionsOf(incident).map(({ at, what, person, role, reason, idle }) => (
          <li key={`${at} ${what} ${person}`} class={idle ? "quiet" : ""}>
            {clock(at)} · {what} · {person} ({word(role)}): {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Checklist({ incident, decides }: { incident: Incident; decides: boolean }) {
  return (
    <>
      <h3>{t("whatIsLeft")}</h3>
      <ul class="list">
        {incident.checklist.map(({ point, text, left, done, excepted }) => (
          <li key={point} class="entry">
            <p>
              <span class={done ? "chip" : "chip warn"}>{done ? "✓" : "…"}</span> {told(left === null ? `${point}?` : point, text)}
              {excepted && <span class="quiet">{` ${t("signedFor", { name: excepted.person })}: ${excepted.reason}`}</span>}
            </p>
            {decides && !done && (
              <Decide verb="except" label={t("signFor")} about={`${t("signFor")}: ${told(left === null ? `${point}?` : point, text)}`} more={{ incident: incident.id, point }} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

// How long it takes until they have been well for long enough, where they are well now.
const gateText = ({ looks_well, opens_in_s }: Contingency["gate"]): string =>
  looks_well && opens_in_s > 0
    ? t("overrideGateFor", { n: Math.ceil(opens_in_s / 60) })
    : t("overrideGate");

function Decisions({ incident, role, gate }: { incident: Incident; role: string; gate: Contingency["gate"] }) {
  const about = { incident: incident.id };
  const supervises = role === "supervisor";
  const active = incident.phase === "active";
  return (
    <div class="decisions">
      {!incident.confirmed && <Decide verb="confirm" label={t("confirmIt")} more={about} />}
      <Decide verb="expect" label={t("sayExpected")} more={about} field={{ name: "expected", type: "datetime-local" }} />
      {active && supervises && (
        <Decide verb="recover" label={t("systemsBack")} more={about} check={gate.open ? "" : gateText(gate)} />
      )}
      {active && <Decide verb="cancel" label={t("callOff")} more={about} />}
      {!active && supervises && <Decide verb="close" label={t("closeIt")} more={about} />}
    </div>
  );
}

function One({ incident, all, role }: { incident: Incident; all: Contingency; role: string }) {
  const decides = role !== "agent";
  return (
    <section class="card" aria-label={nameOf(incident)}>
      <h2>
        {nameOf(incident)} {incident.drill && <span class="chip warn">{t("practice")}</span>}
      </h2>
      <p>
        {word(incident.phase)} · {t("since", { time: clock(incident.begins) })} · {incident.scopes.join(", ")}
        {incident.expected && ` · ${t("expectedBack", { time: clock(incident.expected) })}`}
      </p>
      <p>{t("cause", { why: incident.reason })}</p>
      {incident.code && <CodeToReadOut code={incident.code} />}
      <Checklist incident={incident} decides={decides} />
      {decides && <Decisions incident={incident} role={role} gate={all.gate} />}
      <Steps incident={incident} />
      {decides ? <Report incident={incident.id} /> : <ForAgents incident={incident.id} />}
    </section>
  );
}

// Each pair that overlaps, and of which nobody has said whether they are one.
function ToLink({ all }: { all: Contingency }) {
  const named = (id: string): string => {
    const found = all.incidents.find((incident) => incident.id === id);
    return found ? nameOf(found) : id.slice(0, 6).toUpperCase();
  };
  return all.undecided.map(({ incident, other }) => {
    const more = { incident, other };
    const two = { one: named(incident), other: named(other) };
    const words = t("meet", two);
    const about = (label: string): string => `${label}: ${two.one}, ${two.other}`;
    return (
      <section key={`${incident} ${other}`} class="card" aria-label={words}>
        <p>{words}</p>
        <div class="decisions">
          <Decide verb="link" label={t("oneOutage")} about={about(t("oneOutage"))} more={{ ...more, same: true }} />
          <Decide verb="link" label={t("twoOutages")} about={about(t("twoOutages"))} more={{ ...more, same: false }} />
        </div>
      </section>
    );
  });
}

export function Outages() {
  const { person } = use(session);
  const { mode, status } = use(seen);
  const role = person?.role ?? "agent";
  const loaded = useLoaded<Contingency>("/contingency");
  return (
    <>
      <header class="view-head">
        <h1>{t("outages")}</h1>
        <p class="hint">{t("outagesHint")}</p>
      </header>
      <Waiting of={loaded}>
        {(all) => {
          const now = all.incidents.filter((incident) => !incident.ended);
          const over = all.incidents.filter((incident) => incident.ended);
          return (
            <>
              {now.length === 0 && (
                <p class="quiet">
                  {t("nothingInForce")} {mode !== "online" && t(role === "agent" ? "tellIfOutage" : "declareIfOutage")}
                </p>
              )}
              {role !== "agent" && <ToLink all={all} />}
              {now.map((incident) => (
                <One key={incident.id} incident={incident} all={all} role={role} />
              ))}
              {role !== "agent" && (
                <Declare scopes={status?.workstation?.scopes ?? []} looksWell={all.gate.looks_well} open={now.length === 0} />
              )}
              {all.codes && <CodeEntry />}
              <Practise />
              {role !== "agent" && <Drills />}
              {over.length > 0 && (
                <details class="card">
                  <summary>{t("over")}</summary>
                  {over.map((incident) => (
                    <div key={incident.id}>
                      <h3>{nameOf(incident)}</h3>
                      <Steps incident={incident} />
                      {role !== "agent" && <Report incident={incident.id} />}
                    </div>
                  ))}
                </details>
              )}
            </>
          );
        }}
      </Waiting>
    </>
  );
}
