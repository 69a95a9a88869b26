// The list of callbacks as supervisors release it: what would be handed out and what keeps the rest, how complete it is, at
// which pace, and one press that holds everything.
import { useState } from "preact/hooks";
import { ask } from "../daemon/api.ts";
import { seen } from "../daemon/status.ts";
import { clock } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { Problem, wordsOf } from "../views/sending.tsx";
import { whyText } from "./calling.tsx";
import { t, word, type CentreName } from "./text.ts";

interface Release {
  id: string;
  scope: string;
  state: "running" | "held" | "stopped";
  changed_by: string;
  because: string;
  since: string;
  per_minute: number;
  handed_out: number;
  open: number;
}
interface Case {
  case: string;
  place: number;
  promises: { id: string; reference: string; fields: Record<string, string> }[];
  reasons: string[];
  languages: string[];
  promised_until: string | null;
  why_here: { why: string; at: string | null; text: string }[];
  blocked: { why: string; until: string | null }[];
  may_be_called: string | null;
  claim: { number: number; state: string; agent: string; station: string } | null;
  may_be_the_same: { case: string; why: string }[];
}
interface List {
  promises: number;
  cases: number;
  to_call: number;
  workstations_outstanding: string[];
  may_be_missing: number;
  releases: Release[];
  items: Case[];
}
interface Preview {
  cases: number;
  promises: number;
  now: number;
  scheduled: number;
  blocked: number;
  by_reason: Record<string, number>;
  by_zone: Record<string, number>;
  by_language: Record<string, number>;
  not_now_because: Record<string, number>;
  finished: string | null;
  promises_that_break: number;
  workstations_outstanding: string[];
  may_be_missing: number;
}

const nameOf = (one: Case): string => one.promises.map(({ fields }) => fields.name).find(Boolean) ?? one.promises[0]?.reference ?? "";

// What was asked of the hub and refused is said in its words.
function useAsking(again: () => void): { problem: string; post: (path: string, body: object) => Promise<boolean> } {
  const [problem, setProblem] = useState("");
  const post = async (path: string, body: object): Promise<boolean> => {
    try {
      await ask("POST", `/callbacks/${path}`, body);
      setProblem("");
      again();
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      again(); // who was refused because somebody else was first sees what stands
      return false;
    }
  };
  return { problem, post };
}

function Coverage({ of }: { of: Pick<List, "workstations_outstanding" | "may_be_missing"> }) {
  const desks = of.workstations_outstanding;
  if (desks.length === 0) return <p class="hint">✓ {t("everybodyTold")}</p>;
  const shown = desks.slice(0, 5).join(", ") + (desks.length > 5 ? " …" : "");
  return <p class="note">{t("desksOutstanding", { n: desks.length, missing: of.may_be_missing, names: shown })}</p>;
}

function Running({ release, again }: { release: Release; again: () => void }) {
  const { problem, post } = useAsking(again);
  const [reason, setReason] = useState("");
  const change = (to: string): void => void post("change", { release: release.id, change: to, reason });
  const line = `release-why-${release.id}`;
  return (
    <section class="card" aria-label={release.scope}>
      <header>
        <h2>{release.scope}</h2>
        <span class={release.state === "running" ? "chip" : "chip warn"}>{word(release.state)}</span>
      </header>
      <p>
        {t("handedOut", { n: release.handed_out, open: release.open, pace: release.per_minute })}{" "}
        <span class="quiet">
          {[clock(release.since), release.changed_by, release.because].filter(Boolean).join(" · ")}
        </span>
      </p>
      <Problem text={problem} />
      <form class="inline" onSubmit={(event) => event.preventDefault()}>
        <label for={line}>{t("reason")}</label>
        <input id={line} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        {release.state === "running" ? (
          <button type="submit" class="primary" onClick={() => change("hold")}>
            {t("holdList")}
          </button>
        ) : (
          <button type="submit" class="primary" onClick={() => change("go-on")}>
            {t("goOn")}
          </button>
        )}
        <button type="button" onClick={() => change("stop")}>
          {t("endRelease")}
        </button>
      </form>
    </section>
  );
}

function Counts({ title, counts }: { title: CentreName; counts: Record<string, number> }) {
  const rows = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  if (rows.length === 0) return null;
  return (
    <div>
      <h3>{t(title)}</h3>
      <dl class="facts">
        {rows.slice(0, 8).map(([name, n]) => (
          <div key={name}>
            <dt>{n}</dt>
            <dd>{title === "byZone" ? name : word(name)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface Promised {
  promised: { case: string; promised_until: string | null; from: string; until: string }[];
  left: number;
}

// Whatever would break at this pace is promised for when its turn comes. The customers are still to be told.
function Breaking({ wanted, items, again }: { wanted: () => object; items: Case[]; again: () => void }) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("120");
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState<Promised | null>(null);
  const promise = async (): Promise<void> => {
    try {
      const body = { ...wanted(), reason, minutes: Number(minutes) || 120 };
      setDone(await ask<Promised>("POST", "/callbacks/promise-breaking", body));
      setProblem("");
    } catch (error) {
      setProblem(wordsOf(error));
    }
    again();
  };
  const name = (id: string): string => items.filter((one) => one.case === id).map(nameOf)[0] ?? id;
  return (
    <details>
      <summary>{t("promiseBreaking")}</summary>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void promise();
        }}
      >
        <label for="anew-reason">{t("reason")}</label>
        <input id="anew-reason" autocomplete="off" required value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        <label for="anew-minutes">{t("windowMinutes")}</label>
        <input id="anew-minutes" type="number" min={15} value={minutes} onInput={(event) => setMinutes(event.currentTarget.value)} />
        <button type="submit">{t("promiseNow")}</button>
      </form>
      <Problem text={problem} />
      <div role="status">
        {done && <p class="note">{t("promisedAnew", { n: done.promised.length, left: done.left })}</p>}
      </div>
      <ul class="rows">
        {done?.promised.map((one) => (
          <li key={one.case}>
            <strong>{name(one.case)}</strong>{" "}
            {t("fromTo", { from: clock(one.promised_until), to: `${clock(one.from)} – ${clock(one.until)}` })}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Seen({ preview }: { preview: Preview }) {
  return (
    <>
      <p role="status">
        <strong>{t("previewed", { cases: preview.cases, promises: preview.promises })}</strong>{" "}
        {t("previewedWhen", { now: preview.now, later: preview.scheduled, never: preview.blocked })}
        {preview.finished && ` ${t("finishedAt", { time: clock(preview.finished) })}`}
      </p>
      {preview.promises_that_break > 0 && <p class="note">{t("willBreak", { n: preview.promises_that_break })}</p>}
      <div class="counts">
        <Counts title="notNow" counts={preview.not_now_because} />
        <Counts title="byReason" counts={preview.by_reason} />
        <Counts title="byZone" counts={preview.by_zone} />
        <Counts title="byLanguage" counts={preview.by_language} />
      </div>
    </>
  );
}

// Nothing is released that was not seen: the button is that of the preview.
function Beginning({ scopes, told, again }: { scopes: string[]; told: List; again: () => void }) {
  const { problem, post } = useAsking(again);
  const [scope, setScope] = useState(scopes[0] ?? "");
  const [numbers, setNumbers] = useState({ agents: "4", calls_an_hour: "6", per_minute: "10" });
  const [preview, setPreview] = useState<Preview | null>(null);
  const [reason, setReason] = useState("");
  const [failed, setFailed] = useState("");
  const missing = (preview?.workstations_outstanding.length ?? 0) > 0;
  const wanted = (): object => ({
    scope,
    ...Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text) || 1])),
  });
  const look = async (): Promise<void> => {
    try {
      setPreview(await ask<Preview>("POST", "/callbacks/preview", wanted()));
      setFailed("");
    } catch (error) {
      setFailed(wordsOf(error));
    }
  };
  const release = async (): Promise<void> => {
    if (await post("release", { ...wanted(), reason, ...(missing && { accept_missing: true }) })) setPreview(null);
  };
  const labels: [keyof typeof numbers, CentreName][] = [
    ["agents", "agentsCalling"],
    ["calls_an_hour", "callsAnHour"],
    ["per_minute", "perMinute"],
  ];
  return (
    <section class="card" aria-label={t("releaseList")}>
      <header>
        <h2>{t("releaseList")}</h2>
      </header>
      <Coverage of={preview ?? told} />
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <label for="release-scope">{t("concerns")}</label>
        <select id="release-scope" value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
          {scopes.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <div class="amounts">
          {labels.map(([name, label]) => (
          <label key={name} for={`release-${name}`}>
            {t(label)}
            <input
              id={`release-${name}`}
              type="number"
              min={1}
              value={numbers[name]}
              onInput={(event) => setNumbers({ ...numbers, [name]: event.currentTarget.value })}
            />
          </label>
          ))}
        </div>
        <button type="submit" class={preview ? "" : "primary"}>
          {t("preview")}
        </button>
      </form>
      <Problem text={failed || problem} />
      {preview && (
        <>
          <Seen preview={preview} />
          {preview.promises_that_break > 0 && <Breaking wanted={wanted} items={told.items} again={again} />}
          <form
            class="inline"
            onSubmit={(event) => {
              event.preventDefault();
              void release();
            }}
          >
            <label for="release-reason">{missing ? t("whyIncomplete") : t("reason")}</label>
            <input
              id="release-reason"
              autocomplete="off"
              required={missing}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
            <button type="submit" class="primary" disabled={preview.now + preview.scheduled === 0}>
              {missing ? t("releaseIncomplete") : t("releaseNow")}
            </button>
          </form>
        </>
      )}
    </section>
  );
}

function standing(one: Case): string {
  if (one.claim) return t("hasCase", { name: one.claim.agent, state: word(one.claim.state) });
  if (one.blocked.length === 0) return t("mayBeCalled");
  return one.blocked.map(({ why, until }) => [word(why), until && clock(until)].filter(Boolean).join(" ")).join(" · ");
}

function Row({ one, again }: { one: Case; again: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [agent, setAgent] = useState("");
  const { problem, post } = useAsking(again);
  const uncertain = one.claim?.state === "uncertain";
  const decide = (kind: string): void => void post("decide", { kind, cases: [one.case], reason });
  const line = `case-${one.case}`;
  return (
    <li class="entry">
      <div>
        <strong>
          {one.place}. {nameOf(one)}
        </strong>{" "}
        {one.reasons.map((reason) => (
          <span key={reason} class="chip">
            {reason}
          </span>
        ))}
        <p class="hint">{one.why_here.map(whyText).join(" · ")}</p>
        {one.may_be_the_same.length > 0 && <p class="hint">{t("maybeSame", { n: one.may_be_the_same.length })}</p>}
      </div>
      <p>
        <span class={uncertain ? "chip bad" : one.blocked.length ? "chip warn" : "chip"}>{standing(one)}</span>
      </p>
      <p>
        <button
          type="button"
          class="link"
          aria-expanded={open}
          aria-label={`${t("decideIt")}: ${nameOf(one)}`}
          onClick={() => setOpen(!open)}
        >
          {t("decideIt")}
        </button>
      </p>
      {open && (
        <form class="inline whole" onSubmit={(event) => event.preventDefault()}>
          <Problem text={problem} />
          <label for={line}>{t("reason")}</label>
          <input id={line} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          <label for={`${line}-to`}>{t("handTo")}</label>
          <input id={`${line}-to`} autocomplete="off" value={agent} onInput={(event) => setAgent(event.currentTarget.value)} />
          <button
            type="button"
            onClick={() => void post("hand", { case: one.case, reason, ...(agent.trim() && { agent: agent.trim() }) })}
          >
            {t("handNow")}
          </button>
          <button type="button" onClick={() => decide("first")}>
            {t("callFirst")}
          </button>
          <button type="button" onClick={() => decide("settled")}>
            {t("noCallNeeded")}
          </button>
          {uncertain && (
            <button type="button" onClick={() => void post("free", { claim: one.claim?.number })}>
              {t("callAgainAfterAll")}
            </button>
          )}
        </form>
      )}
    </li>
  );
}

function Ended({ releases }: { releases: Release[] }) {
  if (releases.length === 0) return null;
  return (
    <details class="card">
      <summary>{t("over")}</summary>
      <ul class="list">
        {releases.map((one) => (
          <li key={one.id}>
            {[clock(one.since), one.scope, one.changed_by, one.because].filter(Boolean).join(" · ")}
          </li>
        ))}
      </ul>
    </details>
  );
}

export function ReleaseView() {
  const { status } = use(seen);
  const list = useRefreshed<List>("/callbacks/cases?limit=100");
  return (
    <>
      <header class="view-head">
        <h1>{t("callbackList")}</h1>
        <p class="hint">{t("callbackListHint")}</p>
      </header>
      <Waiting of={list}>
        {(told) => (
          <>
            {told.releases
              .filter(({ state }) => state !== "stopped")
              .map((release) => (
                <Running key={release.id} release={release} again={list.again} />
              ))}
            <Beginning scopes={status?.workstation?.scopes ?? []} told={told} again={list.again} />
            <h2>{t("listed", { cases: told.to_call, promises: told.promises })}</h2>
            <ul class="list">
              {told.items.map((one) => (
                <Row key={one.case} one={one} again={list.again} />
              ))}
              {told.items.length === 0 && <li class="quiet">{t("nobodyToCall")}</li>}
            </ul>
            <Ended releases={told.releases.filter(({ state }) => state === "stopped")} />
          </>
        )}
      </Waiting>
    </>
  );
}
