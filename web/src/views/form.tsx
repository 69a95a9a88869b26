// A form made from the schema: its fields, what has to be looked at again, and what is asked before it is saved.
import { useEffect, useRef } from "preact/hooks";
import { asksForReal, type Draft, draftOf, drop, mayBeReal, show, type, update } from "../daemon/drafts.ts";
import { unkept } from "../daemon/keep_drafts.ts";
import { isAsked, isCorrection, reasonOf, save } from "../daemon/save.ts";
import { collectionOf, fieldOf, labelOf, newFields, stopsOf, templateFields, templateOf } from "../daemon/schema.ts";
import { drillIsOn, seen } from "../daemon/status.ts";
import type { FieldForm, Finding } from "../daemon/types.ts";
import { t, term, type Name } from "../page/i18n.ts";
import { focusOn, useKeys } from "../page/keys.ts";
import { use } from "../page/store.ts";
import { ownZone } from "../page/zones.ts";
import { Duplicates, useCheck } from "./duplicates.tsx";
import { Because, Choice, fieldId, Input } from "./fields.tsx";
import { GuidesFor } from "./guides.tsx";
import { Windows } from "./windows.tsx";

const text = (name: string, label: string, kind: "phone" | "email" | "text"): FieldForm => ({
  name,
  label,
  type: kind,
  required: false,
  read_only: false,
  position: 99,
});

// What a paper form says beside its fields; asked once its number was.
const ofPaper = (): FieldForm[] => [
  { ...text("paper.number", t("paperNumber"), "text"), required: true },
  { ...text("paper.event_time", t("paperTime"), "text"), type: "time", required: true },
  text("paper.written_by", t("paperWrittenBy"), "text"),
];
const isPaper = (draft: Draft): boolean => "paper.number" in draft.values;

export function fieldsOf(draft: Draft): FieldForm[] {
  return isPaper(draft) ? [...ofPaper(), ...ownFields(draft)] : ownFields(draft);
}

function ownFields({ purpose }: Draft): FieldForm[] {
  switch (purpose.do) {
    case "edit":
    case "correct":
      return purpose.fields.flatMap((name) => fieldOf(purpose.collection, name) ?? []);
    case "add-to":
      return newFields(purpose.collection);
    case "suppress":
      return [
        ...["channel", "purpose"].flatMap((name) => fieldOf(purpose.collection, name) ?? []),
        text("note", t("wishNote"), "text"),
      ];
    case "add": {
      const template = templateOf(purpose.form);
      if (template) return templateFields(template);
      const fields = newFields(purpose.collection);
      if (purpose.collection !== "customer") return fields;
      return [...fields, text("extra.e164", t("extraPhone"), "phone"), text("extra.addr", t("extraEmail"), "email")];
    }
  }
}

// Of a customer one changes a field, fields that go together, or the whole form.
const isWhole = (fields: string[], collection: string): boolean =>
  fields.length > 1 && (collection !== "customer" || fields.length === newFields(collection).length);

export function titleOf(draft: Draft): string {
  const { purpose, values } = draft;
  const what = term(collectionOf(purpose.collection)?.label ?? purpose.collection);
  if (isCorrection(draft)) return t("correctionOf", { what });
  if (purpose.do === "edit" && isWhole(purpose.fields, purpose.collection)) return t("changeOf", { what });
  if (purpose.do === "edit") return t("changeOf", { what: term(labelOf(purpose.collection, purpose.fields[0] ?? "")) });
  if (purpose.do === "correct") return t("correctionOf", { what });
  if (purpose.do === "suppress") return `${t("doNotCall")}: ${Object.values(purpose.contact).join()}`;
  const template = purpose.do === "add" ? templateOf(purpose.form) : undefined;
  if (template) return term(template.label);
  if (purpose.collection === "manual_entry") return term(values.kind || "message");
  if (purpose.collection === "callback_request") return t("callback");
  if (purpose.collection === "customer") return t("newCustomer");
  return purpose.do === "add" ? what : t("newOf", { what });
}

// The finding of a field; those of what is typed beside a new customer, or from paper, bear their name without that.
const findingOf = (findings: Finding[], field: FieldForm): Finding | undefined =>
  findings.find((finding) => [field.name, field.name.replace(/^(extra|paper)\./, "")].includes(finding.field));

function Summary({ draft, fields }: { draft: Draft; fields: FieldForm[] }) {
  const box = useRef<HTMLDivElement>(null);
  const { findings, problem } = draft;
  const any = findings.length > 0 || problem !== "";
  // Once for each time that it was not saved; whoever types on stays where they are.
  const told = useRef(draft.refusals);
  useEffect(() => {
    if (any && told.current !== draft.refusals) (box.current?.querySelector("input") ?? box.current)?.focus();
    told.current = draft.refusals;
  }, [draft.refusals]);
  if (!any) return null;
  const asked = isAsked(findings);
  return (
    <div ref={box} class={asked ? "summary asked" : "summary"} role="alert" tabIndex={-1}>
      <h3>{t(asked ? "askedTitle" : "errorsTitle")}</h3>
      {problem && <p>{problem}</p>}
      <ul>
        {findings.map((finding) => {
          const field = fields.find((one) => findingOf([finding], one));
          return (
            <li key={finding.field + finding.code}>
              {field ? (
                <button type="button" class="link" onClick={() => focusOn(fieldId(field))}>
                  {finding.message}
                </button>
              ) : (
                finding.message
              )}
            </li>
          );
        })}
      </ul>
      {asked && <Because draft={draft} />}
    </div>
  );
}

// What is said to the caller before anything else is typed.
function Script({ draft }: { draft: Draft }) {
  const template = draft.purpose.do === "add" ? templateOf(draft.purpose.form) : undefined;
  const stops = template ? stopsOf(template, draft.values) : [];
  if (stops.length === 0) return null;
  return (
    <div role="alert">
      {stops.map((stop) => (
        <p key={stop.name} class={Object.keys(stop.when).length > 0 ? "summary" : "summary asked"}>
          {stop.text} {stop.call && <strong>{stop.call}</strong>}
        </p>
      ))}
    </div>
  );
}

// What bears a reference can have been written down before: the number on the paper is its reference.
function FromPaper({ draft }: { draft: Draft }) {
  if (draft.purpose.do !== "add" || isPaper(draft) || !fieldOf(draft.purpose.collection, "reference")) return null;
  const ask = (): void => {
    type(draft.id, "paper.number", "");
    setTimeout(() => focusOn("field-paper.number"));
  };
  return (
    <button type="button" class="link" onClick={ask}>
      {t("fromPaper")}
    </button>
  );
}

// Whoever calls while others practise.
function RealCaller({ draft }: { draft: Draft }) {
  use(seen);
  if (!mayBeReal(draft)) return null;
  const options: [boolean, Name][] = [
    [false, "practice"],
    [true, "realCaller"],
  ];
  return (
    <fieldset class="choices">
      <legend class="sr">{t("practice")}</legend>
      {asksForReal(draft) && <p class="finding asked" role="alert">{t(drillIsOn() ? "drillBegan" : "drillOver")}</p>}
      {options.map(([real, name]) => (
        <label key={name} class="choice">
          <input
            type="radio"
            name="real"
            id={real ? undefined : "real-caller"}
            checked={draft.real === real}
            onChange={() => update(draft.id, { real })}
          />
          {t(name)}
        </label>
      ))}
    </fieldset>
  );
}

function StateNote({ draft }: { draft: Draft }) {
  const why = use(unkept)[draft.id];
  return (
    <div role="status">
      {draft.state === "waiting" && <p class="note">{t("waitingToSave")}</p>}
      {why && <p class="note">{t(why === "card" ? "unkeptCard" : "unkeptLarge")}</p>}
    </div>
  );
}

export function discard(draft: Draft): void {
  if (!draft.touched || confirm(t("discardSure"))) drop(draft.id);
}

// What was typed stays.
function close(): void {
  show(null);
  focusOn("search");
}

// A promise is for an hour by this PC's clock unless somebody says otherwise.
const usual_ms = 3_600_000;
const hourAfter = (wall: string | undefined): string => {
  const begins = Date.parse(`${wall}Z`);
  return Number.isNaN(begins) ? "" : new Date(begins + usual_ms).toISOString().slice(0, 16);
};
function fillBeside(draft: Draft, field: FieldForm, typed: string): void {
  const { zone } = field;
  if (!zone || hourAfter(typed) === "") return;
  const [start, end] = fieldsOf(draft).filter((one) => one.zone === zone);
  const values = { ...draft.values };
  values[zone] ||= ownZone();
  const stands = end && draft.values[end.name];
  if (start?.name === field.name && end && (!stands || stands === hourAfter(draft.values[start.name])))
    values[end.name] = hourAfter(typed);
  update(draft.id, { values });
}

// A date of which a part is missing has no value, and must not be saved as if nothing had been typed.
function halfTyped(fields: FieldForm[]): FieldForm | undefined {
  return fields.find((field) => {
    const input = document.getElementById(fieldId(field));
    return input instanceof HTMLInputElement && input.validity.badInput;
  });
}
function saveWhole(draft: Draft, fields: FieldForm[]): void {
  if (asksForReal(draft)) return focusOn("real-caller");
  const half = halfTyped(fields);
  if (!half && isAsked(draft.findings) && !reasonOf(draft)) return focusOn("because");
  // What was typed just now is not in what is drawn yet.
  if (!half && draft.purpose.do === "add" && !draftOf(draft.id)?.touched) return update(draft.id, { problem: t("nothingTyped") });
  if (!half) return void save(draft.id);
  const message = t("halfTyped", { field: term(half.label) });
  const findings: Finding[] = [{ field: half.name, code: "half-typed", message, weight: "refused" }];
  update(draft.id, { findings, refusals: (draft.refusals ?? 0) + 1 });
}

export function Form({ draft }: { draft: Draft }) {
  const fields = fieldsOf(draft);
  const { do: what } = draft.purpose;
  const typable = fields.filter((field) => field.type !== "picklist");
  const last = fields.find((field) => field.name === draft.last);
  const first =
    last ??
    (isCorrection(draft) ? typable[0] : what === "edit" ? undefined : what === "correct" ? typable[0] : typable.find((field) => !draft.values[field.name])) ??
    fields[0];
  useEffect(() => {
    if (first) focusOn(fieldId(first), last !== undefined);
  }, [draft.id, fields.length === 0]);
  useKeys({ "ctrl+enter": () => saveWhole(draft, fields), escape: close });
  const asked = isAsked(draft.findings);
  const check = useCheck(draft);
  return (
    <form
      class="form"
      aria-labelledby="form-title"
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        saveWhole(draft, fields);
      }}
    >
      <header>
        <h2 id="form-title">{titleOf(draft)}</h2>
        <button type="button" class="icon" aria-label={t("close")} title={t("close")} onClick={close}>
          ×
        </button>
      </header>
      {draft.about && <p class="hint">{t("about", { name: draft.about.name })}</p>}
      <FromPaper draft={draft} />
      <Script draft={draft} />
      <StateNote draft={draft} />
      <RealCaller draft={draft} />
      <Summary draft={draft} fields={fields} />
      <Duplicates of={check.duplicates} />
      <GuidesFor draft={draft} />
      <div class="fields">
        {fields.map((field) => {
          const Control = field.options ? Choice : Input;
          return [
            field.name === "promise_start" && <Windows key="windows" draft={draft} />,
            <Control
              key={field.name}
              field={field}
              value={draft.values[field.name] ?? ""}
              finding={findingOf(draft.findings, field) ?? findingOf(check.findings, field)}
              frozen={draft.state === "saving"}
              onType={(typed) => {
                fillBeside(draft, field, typed);
                type(draft.id, field.name, typed);
              }}
            />,
          ];
        })}
      </div>
      <span class="sr" role="status">
        {check.findings.map(({ message }) => message).join(" ")}
      </span>
      {isCorrection(draft) && !asked && <Because draft={draft} />}
      <div class="actions">
        <button class="primary" type="submit" aria-keyshortcuts="Control+Enter">
          {t(draft.state === "saving" ? "saving" : asked ? "meantSo" : "save")} <kbd>Ctrl ↵</kbd>
        </button>
        <button
          type="button"
          onClick={() => discard(draft)}
        >
          {t("discardDraft")}
        </button>
      </div>
    </form>
  );
}
