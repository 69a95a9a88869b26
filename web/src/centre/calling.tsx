// The call to be made: the next case, its number once the hub has it that it is dialled, and how it ended in two keys.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../daemon/api.ts";
import { utcTime, who } from "../daemon/drafts.ts";
import { clock, span, term } from "../page/i18n.ts";
import { focusOn, useKeys } from "../page/keys.ts";
import { Store, use } from "../page/store.ts";
import { useRefreshed, Waiting } from "../views/load.tsx";
import { Problem, useSending, wordsOf } from "../views/sending.tsx";
import { t, told, word } from "./text.ts";

const alive_ms = 60_000;

interface Why {
  why: string;
  at: string | null;
  text: string;
}
interface Promise_ {
  id: string;
  reference: string;
  fields: Record<string, string>;
}
export interface Claim {
  claim: number;
  state: "leased" | "dialling";
  number: string | null;
  number_shown: string | null;
  until: string;
  promises: Promise_[];
  // With the hub away these may be missing.
  customer?: string | null;
  reasons?: string[];
  languages?: string[];
  zones?: string[];
  numbers?: { ends_in: string }[];
  why_here?: Why[];
  promised_from?: string | null;
  promised_until?: string | null;
  past_calls?: { at: string | null; agent: string; outcome: string; notes: string }[];
}
interface Outcome {
  name: string;
  text: string;
  then: string;
}
interface Work {
  hub_answers: boolean;
  claims: Claim[];
  releases: { state: string; scope: string; changed_by: string; because: string }[];
  outcomes: Outcome[];
}

// Those that end most calls have the digits.
const by_digit = "resolved no_answer voicemail_left busy rescheduled resolved_partial wrong_number refused do_not_call".split(" ");

export const whyText = ({ why, at, text }: Why): string =>
  [word(why), text && `“${term(text)}”`, at && clock(at)].filter(Boolean).join(" ");

function Promised({ promise }: { promise: Promise_ }) {
  const { fields } = promise;
  const [start, end] = [String(fields.promise_start ?? ""), String(fields.promise_end ?? "")];
  const window = start || end ? span(start, end, String(fields.promise_zone ?? "")) : "";
  return (
    <li>
      <strong>{fields.reason ?? promise.reference}</strong>{" "}
      <span class="quiet">
        {[fields.taken_by, fields.taken_at && clock(fields.taken_at), promise.reference].filter(Boolean).join(" · ")}
      </span>
      {window && (
        <p>
          {t("promised")} {window}
        </p>
      )}
      {fields.context && <p>{fields.context}</p>}
      {fields.reach && <p>{fields.reach}</p>}
    </li>
  );
}

function Facts({ claim }: { claim: Claim }) {
  const rows: [string, string][] = [
    [t("whyHere"), (claim.why_here ?? []).map(whyText).join(" · ")],
    [t("languages"), (claim.languages ?? []).join(", ")],
    [t("zone"), claim.zones?.length === 1 ? (claim.zones[0] ?? "") : ""],
    [t("yoursUntil"), clock(claim.until)],
    ...(claim.past_calls ?? []).map((call): [string, string] => [
      clock(call.at),
      [word(call.outcome), call.agent, call.notes].filter(Boolean).join(" · "),
    ]),
  ];
  return (
    <dl class="facts">
      {rows.map(
        ([name, text]) =>
          text && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

// What is typed while somebody speaks, by person and call: another view may be looked at meanwhile.
interface Typed {
  chosen: string;
  notes: string;
  next: string; // when they want the call
}
const nothing: Typed = { chosen: "", notes: "", next: "" };
const typedIn = new Store<Record<string, Typed>>({});

// A digit and Enter: the outcome is saved, and the next case is there.
function Ending({ claim, outcomes, onTold }: { claim: Claim; outcomes: Outcome[]; onTold: (next: boolean) => void }) {
  const call = `${who()} ${claim.claim}`;
  const { chosen, notes, next } = use(typedIn)[call] ?? nothing;
  const type = (some: Partial<Typed>): void => {
    const all = typedIn.get();
    typedIn.set({ ...all, [call]: { ...nothing, ...all[call], ...some } });
  };
  const [problem, send, say] = useSending();
  const choose = (name: string): void => {
    type({ chosen: name });
    focusOn(name === "rescheduled" ? "call-next" : `outcome-${name}`);
  };
  useKeys(Object.fromEntries(by_digit.map((name, i) => [String(i + 1), () => choose(name)])));
  const save = async (goes_on: boolean): Promise<void> => {
    const again = chosen === "rescheduled";
    if (again && !next) {
      focusOn("call-next");
      return say(t("callAtFirst"));
    }
    const body = { claim: claim.claim, outcome: chosen, notes, ...(again && { next: utcTime(next) }) };
    if (!(await send("/callbacks/outcome", body))) return;
    const { [call]: _, ...others } = typedIn.get();
    typedIn.set(others);
    onTold(goes_on);
  };
  const first = by_digit.filter((name) => outcomes.some((one) => one.name === name));
  const all = [...first, ...outcomes.map(({ name }) => name).filter((name) => !first.includes(name))];
  const textOf = (name: string): string => told(name, outcomes.find((one) => one.name === name)?.text ?? name);
  return (
    <form
      class="form"
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) void save(true);
      }}
    >
      <fieldset class="outcomes">
        <legend>{t("howItEnded")}</legend>
        {all.map((name, i) => (
          <label key={name} for={`outcome-${name}`}>
            <input
              id={`outcome-${name}`}
              type="radio"
              name="outcome"
              checked={chosen === name}
              onChange={() => type({ chosen: name })}
            />
            {textOf(name)}
            {i < first.length && <kbd>{i + 1}</kbd>}
          </label>
        ))}
      </fieldset>
      {chosen === "rescheduled" && (
        <>
          <label for="call-next">{t("callAt")}</label>
          <input
            id="call-next"
            type="datetime-local"
            required
            value={next}
            onInput={(event) => type({ next: event.currentTarget.value })}
          />
        </>
      )}
      <label for="call-notes">{t("whatWasSaid")}</label>
      <textarea id="call-notes" rows={2} value={notes} onInput={(event) => type({ notes: event.currentTarget.value })} />
      <Problem text={problem} />
      <p>
        <button type="submit" class="primary" disabled={!chosen}>
          {t("saveAndNext")}
        </button>{" "}
        <button type="button" disabled={!chosen} onClick={() => void save(false)}>
          {t("save")}
        </button>
      </p>
    </form>
  );
}

interface Doing {
  problem: string;
  next: () => void;
  dial: () => void;
  back: () => void;
  told: (goes_on: boolean) => void;
}

// What is asked of the hub; what it refuses is said in its words.
function useDoing(claim: Claim | undefined, again: () => void): Doing {
  const [problem, setProblem] = useState("");
  const post = async (path: string, body: object): Promise<void> => {
    try {
      await ask("POST", `/callbacks/${path}`, body);
      setProblem("");
    } catch (error) {
      setProblem(wordsOf(error));
    }
    again();
  };
  const named = { claim: claim?.claim };
  const next = (): void => void post("next", {});
  return {
    problem,
    next,
    dial: () => void post("dial", named),
    back: () => void post("give-back", named),
    told: (goes_on) => (goes_on ? next() : again()),
  };
}

function Case({ claim, work, doing }: { claim: Claim; work: Work; doing: Doing }) {
  const name = claim.promises.map(({ fields }) => fields.name).find(Boolean) ?? t("customer");
  const dials = claim.state === "dialling";
  useEffect(() => focusOn(dials ? "call-number" : "call-dial"), [claim.claim, dials]);
  useEffect(() => {
    const beat = (): void => {
      ask("POST", "/callbacks/alive", { claim: claim.claim }, { watches: true }).catch(() => {});
    };
    const timer = setInterval(beat, alive_ms);
    return () => clearInterval(timer);
  }, [claim.claim]);
  return (
    <section class="card calling" aria-label={name}>
      <header>
        <h2>{claim.customer ? <a href={`#/customer/${claim.customer}`}>{name}</a> : name}</h2>
        <span>
          {(claim.reasons ?? []).map((reason) => (
            <span key={reason} class="chip">
              {reason}
            </span>
          ))}
        </span>
      </header>
      <Facts claim={claim} />
      <h3>{t("promisesMade", { n: claim.promises.length })}</h3>
      <ul class="rows">
        {claim.promises.map((promise) => (
          <Promised key={promise.id} promise={promise} />
        ))}
      </ul>
      {dials ? (
        <>
          <p>
            <a id="call-number" class="number" href={`tel:${claim.number}`}>
              {claim.number_shown}
            </a>
          </p>
          <Ending key={claim.claim} claim={claim} outcomes={work.outcomes} onTold={doing.told} />
        </>
      ) : (
        <p>
          <button id="call-dial" type="button" class="primary" disabled={!work.hub_answers} onClick={doing.dial}>
            {t("showNumber", { end: claim.numbers?.[0]?.ends_in ?? "" })}
          </button>{" "}
          <button type="button" disabled={!work.hub_answers} onClick={doing.back}>
            {t("giveBack")}
          </button>
        </p>
      )}
    </section>
  );
}

function Now({ work, again }: { work: Work; again: () => void }) {
  const claim = work.claims[0];
  const doing = useDoing(claim, again);
  const held = work.releases.find(({ state }) => state === "held");
  const runs = work.releases.some(({ state }) => state === "running");
  return (
    <>
      {!work.hub_answers && <p class="note">{t("noDialling")}</p>}
      <Problem text={doing.problem} />
      {claim ? (
        <Case claim={claim} work={work} doing={doing} />
      ) : (
        <p>
          <button type="button" class="primary" disabled={!work.hub_answers || !runs} onClick={doing.next}>
            {t("nextCallback")}
          </button>{" "}
          <span class="hint">
            {held && !runs ? t("releaseHeld", { name: held.changed_by, why: held.because }) : !runs && t("nothingReleased")}
          </span>
        </p>
      )}
    </>
  );
}

export function Calling() {
  const loaded = useRefreshed<Work>("/callbacks/work");
  return <Waiting of={loaded}>{(work) => <Now work={work} again={loaded.again} />}</Waiting>;
}
