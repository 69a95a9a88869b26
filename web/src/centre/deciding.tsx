// The forms by which people decide about an outage: always with a reason, which is kept.
import { useState } from "preact/hooks";
import { newKey } from "../daemon/api.ts";
import type { Code } from "../daemon/incidents.ts";
import { clock } from "../page/i18n.ts";
import { focusOn } from "../page/keys.ts";
import { Problem, useSending } from "../views/sending.tsx";
import { t } from "./text.ts";

interface Deciding {
  verb: string;
  path?: string; // of what is decided about
  label: string;
  about?: string; // for whoever does not see what stands beside it
  more: object;
  field?: { name: string; type: string };
  check?: string; // what has to be ticked to go on all the same
}

// A button that opens its form.
export function Decide({ verb, path = "/contingency", label, about, more, field, check }: Deciding) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [value, setValue] = useState("");
  const [checked, setChecked] = useState(false);
  const [problem, send] = useSending();
  const [id] = useState(() => `decide-${newKey()}`);
  const shut = (): void => {
    setOpen(false);
    setReason("");
    setValue("");
    focusOn(`${id}-open`);
  };
  if (!open)
    return (
      <button
        type="button"
        id={`${id}-open`}
        aria-label={about}
        onClick={() => {
          setOpen(true);
          focusOn(field ? `${id}-f` : id);
        }}
      >
        {label}
      </button>
    );
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const extra = field ? { [field.name]: value && new Date(value).toISOString() } : {};
    const body = { ...more, ...extra, reason, ...(check && checked ? { override: true } : {}) };
    if (await send(`${path}/${verb}`, body)) shut();
  };
  return (
    <form
      class="inline"
      aria-label={about ?? label}
      onKeyDown={(event) => event.key === "Escape" && shut()}
      onSubmit={(event) => void submit(event)}
    >
      {field && (
        <>
          <label for={`${id}-f`}>{label}</label>
          <input id={`${id}-f`} type={field.type} value={value} required onInput={(e) => setValue(e.currentTarget.value)} />
        </>
      )}
      <label for={id}>
        {t("reason")} <span class="quiet">{t("reasonHint")}</span>
      </label>
      <input id={id} autocomplete="off" value={reason} required onInput={(e) => setReason(e.currentTarget.value)} />
      {check && (
        <label>
          <input type="checkbox" checked={checked} onChange={(e) => setChecked(e.currentTarget.checked)} /> {check}
        </label>
      )}
      <button type="submit" class="primary">
        {label}
      </button>
      <button type="button" onClick={shut}>
        {t("cancel")}
      </button>
      <Problem text={problem} />
    </form>
  );
}

export function CodeToReadOut({ code }: { code: Code }) {
  return (
    <p class="note">
      {t("codeToReadOut", { time: clock(code.until) })}
      <br />
      <strong class="reference large">{code.code}</strong> {code.spoken}
    </p>
  );
}

export function Declare({ scopes, looksWell, open }: { scopes: string[]; looksWell: boolean; open: boolean }) {
  const [values, setValues] = useState({ title: "", reason: "", word: "" });
  const [chosen, setChosen] = useState<string[]>(scopes.slice(0, 1));
  const [drill, setDrill] = useState(false);
  const [problem, send] = useSending();
  const type = (name: "title" | "reason" | "word") => (event: { currentTarget: HTMLInputElement }) =>
    setValues({ ...values, [name]: event.currentTarget.value });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const body = { ...values, scopes: chosen, drill, another: !open };
    if (await send("/contingency/declare", body)) setValues({ title: "", reason: "", word: "" });
  };
  const toggle = (scope: string): void =>
    setChosen(chosen.includes(scope) ? chosen.filter((one) => one !== scope) : [...chosen, scope]);
  return (
    <details class="card" open={open}>
      <summary>{t("declareOutage")}</summary>
      <form class="inline declare" aria-label={t("declareOutage")} onSubmit={(event) => void submit(event)}>
        <p class="hint">{t("declareHint")}</p>
        <label for="declare-title">{t("name")}</label>
        <input id="declare-title" autocomplete="off" maxLength={120} value={values.title} onInput={type("title")} />
        <label for="declare-reason">
          {t("reason")} <span class="quiet">{t("reasonHint")}</span>
        </label>
        <input id="declare-reason" autocomplete="off" required value={values.reason} onInput={type("reason")} />
        {scopes.length > 1 && (
          <fieldset>
            <legend>{t("concerns")}</legend>
            {scopes.map((scope) => (
              <label key={scope}>
                <input type="checkbox" checked={chosen.includes(scope)} onChange={() => toggle(scope)} /> {scope}
              </label>
            ))}
          </fieldset>
        )}
        <label>
          <input type="checkbox" checked={drill} onChange={(event) => setDrill(event.currentTarget.checked)} />{" "}
          {t("isPractice")}
        </label>
        {looksWell && !drill && (
          <>
            <label for="declare-word">{t("typeWord")}</label>
            <input id="declare-word" autocomplete="off" value={values.word} onInput={type("word")} />
          </>
        )}
        <button type="submit" class="primary">
          {t("declareOutage")}
        </button>
        <Problem text={problem} />
      </form>
    </details>
  );
}

export function CodeEntry() {
  const [code, setCode] = useState("");
  const [problem, send] = useSending();
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await send("/contingency/codes/enter", { code })) setCode("");
  };
  return (
    <section class="card" aria-label={t("enterCode")}>
      <h2>{t("enterCode")}</h2>
      <form class="inline" onSubmit={(event) => void submit(event)}>
        <label for="enter-code">{t("enterCodeHint")}</label>
        <input
          id="enter-code"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          required
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          {t("enterCode")}
        </button>
        <Problem text={problem} />
      </form>
    </section>
  );
}
