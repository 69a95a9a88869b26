// Paper forms: printed here, and which sheets are still out.
import { useState } from "preact/hooks";
import { getFile } from "../daemon/api.ts";
import { session } from "../daemon/session.ts";
import { inDrill } from "../daemon/status.ts";
import { clock, term } from "../page/i18n.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { Reasoned } from "../views/reasoned.tsx";
import { Practice } from "../views/record.tsx";
import { Problem, useSending, wordsOf } from "../views/sending.tsx";
import { t } from "./text.ts";

interface Pad {
  id: string;
  label: string;
  held_by: string;
  person: string;
  station: string;
  printed: string;
  sheets: number;
  entered: number;
  voided: number;
  missing: number;
  drill: boolean;
  outstanding_sheets: string;
  outstanding: { sheet: number; number: string }[];
}
interface Told {
  forms: { name: string; label: string }[];
  pads: Pad[];
  outstanding: number;
  numbers_left: number;
}

// In a tab of its own, from where it is printed.
async function openPages(pad: string): Promise<void> {
  const file = await getFile(`/paper/${pad}/pdf`);
  const place = URL.createObjectURL(file);
  window.open(place);
  setTimeout(() => URL.revokeObjectURL(place), 60_000);
}

function Print({ forms }: { forms: Told["forms"] }) {
  const [form, setForm] = useState(forms[0]?.name ?? "");
  const [count, setCount] = useState("10");
  const [heldBy, setHeldBy] = useState("");
  const [problem, send, say] = useSending();
  const print = async (event: Event): Promise<void> => {
    event.preventDefault();
    const saved = await send("/paper", { form, count: Number(count), held_by: heldBy });
    if (saved) await openPages(saved.created[0] ?? "").catch((error: unknown) => say(wordsOf(error)));
  };
  return (
    <form class="card inline" aria-label={t("printForms")} onSubmit={(event) => void print(event)}>
      <Problem text={problem} />
      <label for="paper-form">{t("formName")}</label>
      <select id="paper-form" value={form} onChange={(event) => setForm(event.currentTarget.value)}>
        {forms.map((one) => (
          <option key={one.name} value={one.name}>
            {term(one.label)}
          </option>
        ))}
      </select>
      <label for="paper-count">{t("sheetCount")}</label>
      <input
        id="paper-count"
        type="number"
        min="1"
        max="100"
        value={count}
        onInput={(event) => setCount(event.currentTarget.value)}
      />
      <label for="paper-held-by">{t("heldBy")}</label>
      <input
        id="paper-held-by"
        autocomplete="off"
        value={heldBy}
        onInput={(event) => setHeldBy(event.currentTarget.value)}
      />
      <button class="primary" type="submit">
        {t("printForms")}
      </button>
    </form>
  );
}

// Sheets that nobody will type in: spoiled or not used, or looked for and not found.
function Account({ pad }: { pad: Pad }) {
  const [chosen, setChosen] = useState<string[]>([]);
  const numbers = pad.outstanding.map(({ number }) => number).filter((number) => chosen.includes(number));
  const toggle = (number: string): void =>
    setChosen(chosen.includes(number) ? chosen.filter((one) => one !== number) : [...chosen, number]);
  const choices = [{ label: t("voidSheets"), path: "/paper/void", body: { numbers } }];
  if (session.get().person?.role === "supervisor")
    choices.push({ label: t("missingSheets"), path: "/paper/void", body: { numbers, missing: true } as { numbers: string[] } });
  return (
    <details class="whole">
      <summary aria-label={`${t("accountFor")}: ${pad.held_by} ${clock(pad.printed)}`}>{t("accountFor")}</summary>
      <div class="choices">
        {pad.outstanding.map(({ sheet, number }) => (
          <label key={number} class="choice">
            <input type="checkbox" checked={chosen.includes(number)} onChange={() => toggle(number)} />
            {sheet}: <span class="reference">{number}</span>
          </label>
        ))}
      </div>
      {numbers.length > 0 && <Reasoned id={`account-${pad.id}`} choices={choices} onDone={() => setChosen([])} />}
    </details>
  );
}

function Row({ pad }: { pad: Pad }) {
  const [problem, setProblem] = useState("");
  const said = { form: term(pad.label), n: pad.sheets, time: clock(pad.printed), name: pad.person, desk: pad.station };
  const open = (): void => {
    openPages(pad.id).then(
      () => setProblem(""),
      (error) => setProblem(wordsOf(error)),
    );
  };
  return (
    <li class="entry">
      <div>
        <strong>{pad.held_by}</strong> {t("padOf", said)} {pad.drill && <Practice />}
        <p class="hint">{t("padEnded", { entered: pad.entered, voided: pad.voided, missing: pad.missing })}</p>
      </div>
      <div>
        {pad.outstanding_sheets && <p class="chip warn">{t("padOut", { sheets: pad.outstanding_sheets })}</p>}
        <Problem text={problem} />
        <button type="button" aria-label={`${t("pagesOfPad")}: ${t("padOf", said)}`} onClick={open}>
          {t("pagesOfPad")}
        </button>
      </div>
      {pad.outstanding.length > 0 && <Account pad={pad} />}
    </li>
  );
}

export function Paper() {
  const [drills, setDrills] = useState(false);
  const loaded = useLoaded<Told>(drills ? "/paper?practice=with" : "/paper");
  return (
    <>
      <header class="view-head">
        <h1>{t("paper")}</h1>
      </header>
      <Waiting of={loaded}>
        {(told) => (
          <>
            <p class="hint">{t("paperHint", { n: told.outstanding, left: told.numbers_left })}</p>
            <Print forms={told.forms} />
            {!inDrill() && (
              <label class="choice">
                <input type="checkbox" checked={drills} onChange={() => setDrills(!drills)} />
                {t("sheetsOfDrills")}
              </label>
            )}
            <ul class="list">
              {told.pads
                .slice()
                .reverse()
                .map((pad) => (
                  <Row key={pad.id} pad={pad} />
                ))}
            </ul>
          </>
        )}
      </Waiting>
    </>
  );
}
