// The strip on every page: what works, since when, how old the data is, what waits. Never dismissed, never in the way.
import { useEffect, useState } from "preact/hooks";
import { ask, newKey } from "../daemon/api.ts";
import { everyDesk, openDraft } from "../daemon/drafts.ts";
import { seen, type Mode } from "../daemon/status.ts";
import type { Status } from "../daemon/types.ts";
import { age, clock, said, t, type Name } from "../page/i18n.ts";
import { ModeIcon, tabIcon } from "../page/icons.tsx";
import { Store, use } from "../page/store.ts";

const words: Record<Mode, Name> = {
  online: "online",
  degraded: "degraded",
  contingency: "contingency",
  recovering: "recovering",
  "locked-out": "lockedOut",
  "not-enrolled": "notEnrolled",
  starting: "starting",
  silent: "silent",
  "read-only": "readOnly",
};

const works: Partial<Record<Mode, Name>> = {
  online: "worksOnline",
  degraded: "worksDegraded",
  contingency: "worksContingency",
  recovering: "worksRecovering",
  "not-enrolled": "worksNotEnrolled",
  silent: "worksSilent",
  "read-only": "worksReadOnly",
};

// Nothing fails any more; whether that stays is being watched.
const allAnswers = (status: Status | null): boolean =>
  status?.link?.state === "online" && status.systems?.state !== "degraded";

// What was declared says more than the link of this PC.
function wordOf(mode: Mode, status: Status | null): string {
  const incident = status?.contingency?.incident;
  if (mode === "degraded" && status?.link?.state === "online") return t(allAnswers(status) ? "allBack" : "servicesFail");
  if (!incident || (mode !== "contingency" && mode !== "recovering")) return t(words[mode]);
  const word = t(incident.phase === "recovering" ? "systemsBack" : "inForce");
  return incident.drill ? `${t("practice")}: ${word}` : word;
}

function Declared({ status }: { status: Status }) {
  const incident = status.contingency?.incident;
  if (!incident) return null;
  return (
    <p class="fact">
      <a href="#/outages">{incident.title || incident.short}</a>: {incident.reason}
      {incident.expected && ` · ${t("expectedBack", { time: clock(incident.expected) })}`}
    </p>
  );
}

const waitingText = (outbox: NonNullable<Status["outbox"]>): string => {
  const n = Number(outbox.waiting);
  if (n === 0) return Number(outbox.quarantined) > 0 ? "" : t("nothingWaits");
  return t("someWait", { n, time: clock(outbox.oldest) });
};

const causes = {
  none: null,
  "my-network": "causeMyNetwork",
  "site-network": "causeSiteNetwork",
  "central-service": "causeCentralService",
} as const;

const failing = (status: Status): string | null =>
  status.systems?.state === "degraded" ? t("failing", { which: status.systems.failing }) : null;

// Where it lies, and what is known of it.
function causeText(status: Status): string | null {
  const own = status.link?.cause ?? "none";
  const where = causes[own === "none" ? (status.systems?.cause ?? "none") : own];
  const error = status.sync?.error;
  const known = [where && t(where), failing(status), error && said(error.code, error.message)].filter(Boolean);
  return known.length ? t("cause", { why: known.join(" ") }) : null;
}

// "CRM not working": counted at every desk, and shown to who can declare an incident.
// Several people at one page are several who say so.
const reported = new Store<string[]>([]);
async function report(name: string): Promise<void> {
  const forget = (): void => reported.set(reported.get().filter((one) => one !== name));
  reported.set([...reported.get(), name]);
  setTimeout(forget, 600_000);
  try {
    await ask("POST", "/contingency/reports", { fields: { what: "crm" } }, { key: newKey() });
  } catch {
    forget();
  }
}
function Reporting({ status }: { status: Status }) {
  const name = status.person?.name ?? "";
  const done = use(reported).includes(name);
  const [asking, setAsking] = useState("");
  if (!status.person) return null;
  const proposal = status.person.role === "supervisor" && status.proposal;
  return (
    <p class="fact">
      {proposal && (
        <>
          <a href="#/outages">{t("proposal", { n: proposal.people, about: proposal.about })}</a>{" "}
        </>
      )}
      {done ? t("reported") : asking === name ? (
        <>
          {t("reportIt")}{" "}
          <button type="button" onClick={() => void report(name)}>
            {t("report")}
          </button>{" "}
          <button type="button" class="link" onClick={() => setAsking("")}>
            {t("cancel")}
          </button>
        </>
      ) : (
        <button type="button" class="link" onClick={() => setAsking(name)}>
          {t("crmNotWorking")}
        </button>
      )}
    </p>
  );
}

// It answers, and is not shown as that before it has stayed for a while.
function backText(status: Status): string | null {
  if (!status.link?.takes_writes) return null;
  if (status.link.state === "online") return status.mode === "degraded" && allAnswers(status) ? t("onlineWhenItStays") : null;
  return t(status.link.held ? "answersTooOften" : "answersAgain");
}

function useTab(mode: Mode, waiting: number): void {
  use(everyDesk);
  const failed = openDraft()?.findings.some((finding) => finding.weight === "refused");
  useEffect(() => {
    const error = failed ? `${t("errorPrefix")}: ` : "";
    const count = waiting > 0 ? `(${waiting}) ` : "";
    document.title = error + count + (mode === "online" ? "Holdline" : `${t(words[mode])} · Holdline`);
    const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (icon) icon.href = tabIcon(mode);
  });
}

function Facts({ status, mode }: { status: Status; mode: Mode }) {
  const asOf = status.replica?.as_of;
  const attention = Number(status.outbox?.quarantined ?? 0);
  const conflicts = status.open_conflicts ?? 0;
  const away = mode === "contingency" || mode === "degraded";
  const told = away ? [causeText(status), backText(status)] : [];
  return (
    <>
      <Declared status={status} />
      <p class="fact">
        {asOf ? (
          <>
            {t("dataAsOf", { time: clock(asOf) })} <span class="quiet">({t("ageOf", { age: age(asOf) })})</span>
          </>
        ) : (
          t("noData")
        )}
      </p>
      {status.outbox && waitingText(status.outbox) && <p class="fact">{waitingText(status.outbox)}</p>}
      {told.map((text) => text && <p class="fact">{text}</p>)}
      {attention > 0 && (
        <p class="fact">
          <a href="#/entries/attention">{t("attention", { n: attention })}</a>
        </p>
      )}
      {conflicts > 0 && (
        <p class="fact">
          <a href="#/conflicts">{t("openConflicts", { n: conflicts })}</a>
        </p>
      )}
    </>
  );
}

export function Strip() {
  const { mode, since, status } = use(seen);
  useTab(mode, Number(status?.outbox?.waiting ?? 0));
  const incident = status?.contingency?.incident;
  const byHand = mode === "contingency" && incident?.phase === "active";
  const does = byHand ? (incident.drill ? "worksPractice" : "worksByHand") : works[mode === "degraded" && allAnswers(status) ? "online" : mode];
  const word = wordOf(mode, status);
  const lost = mode === "silent" || mode === "read-only";
  return (
    <section class={`strip strip-${mode}`} aria-label={t("state")}>
      <p class="mode">
        <ModeIcon mode={mode} />
        <strong>{word}</strong>
        {since !== null && mode !== "starting" && <span class="quiet">{t("since", { time: clock(since) })}</span>}
      </p>
      <div class="told">
        <div>
          {status?.enrolled && <Facts status={status} mode={mode} />}
          {status?.enrolled && !lost && <Reporting status={status} />}
          {does && (
            <p class="fact does">{mode === "read-only" ? `${status?.outbox?.advice ?? ""} ${t(does)}` : t(does)}</p>
          )}
        </div>
      </div>
      <span class="sr" role="status">
        {lost ? "" : word}
      </span>
      <span class="sr" role="alert">
        {lost ? `${t(words[mode])}. ${does ? t(does) : ""}` : ""}
      </span>
    </section>
  );
}
