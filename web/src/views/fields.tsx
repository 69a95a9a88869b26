// The inputs of a form, by the type of the field.
import { type Draft, update } from "../daemon/drafts.ts";
import type { FieldForm, Finding } from "../daemon/types.ts";
import { t, term } from "../page/i18n.ts";
import { allZones } from "../page/zones.ts";

export interface ControlProps {
  field: FieldForm;
  value: string;
  finding: Finding | undefined;
  frozen: boolean; // while it is being saved
  onType: (text: string) => void;
}

export const fieldId = (field: FieldForm): string => `field-${field.name}`;
const noteId = (field: FieldForm): string => `note-${field.name}`;

const long_text = 300;
const isLong = (field: FieldForm): boolean => field.type === "text" && (field.max_length ?? 0) > long_text;

const isZone = (field: FieldForm): boolean => field.format === "time_zone";
const zonesId = (field: FieldForm): string => `zones-${field.name}`;

const inputTypes: Partial<Record<FieldForm["type"], string>> = { phone: "tel", email: "email", time: "datetime-local" };
const widths: Record<string, string> = {
  title: "narrow",
  postcode: "narrow",
  country: "narrow",
  kind: "half",
  given: "half",
  family: "half",
  ref: "half",
  city: "half",
};

function Label({ field, finding }: { field: FieldForm; finding: Finding | undefined }) {
  return (
    <>
      <label for={fieldId(field)}>
        {term(field.label)} {field.required && <span class="quiet">({t("required")})</span>}
      </label>
      {finding && (
        <p id={noteId(field)} class={finding.weight === "refused" ? "finding" : "finding asked"}>
          {finding.message}
        </p>
      )}
    </>
  );
}

const classOf = (field: FieldForm): string => `field ${isLong(field) ? "" : (widths[field.name] ?? "")}`;

function shared({ field, finding }: ControlProps) {
  return {
    id: fieldId(field),
    name: field.name,
    "aria-invalid": finding?.weight === "refused",
    "aria-describedby": finding ? noteId(field) : undefined,
    "aria-required": field.required,
    autocomplete: "off",
  };
}

export function Input(props: ControlProps) {
  const { field, value, frozen, onType } = props;
  const typed = (event: Event): void => onType((event.currentTarget as HTMLInputElement).value);
  return (
    <div class={classOf(field)}>
      <Label field={field} finding={props.finding} />
      {isLong(field) ? (
        <textarea
          {...shared(props)}
          rows={field.name === "note" ? 6 : 3}
          readOnly={frozen}
          value={value}
          onInput={typed}
        />
      ) : (
        <input
          {...shared(props)}
          type={inputTypes[field.type] ?? "text"}
          inputMode={field.type === "integer" ? "numeric" : undefined}
          readOnly={frozen}
          value={value}
          list={isZone(field) ? zonesId(field) : undefined}
          onInput={typed}
        />
      )}
      {isZone(field) && (
        <datalist id={zonesId(field)}>
          {allZones().map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      )}
    </div>
  );
}

export function Choice(props: ControlProps) {
  const { field, value, onType, frozen } = props;
  return (
    <div class={classOf(field)}>
      <Label field={field} finding={props.finding} />
      <select
        {...shared(props)}
        disabled={frozen}
        value={value}
        onChange={(event) => onType(event.currentTarget.value)}
      >
        <option value="">{t("choose")}</option>
        {field.options?.map((option) => (
          <option key={option} value={option}>
            {term(option)}
          </option>
        ))}
      </select>
    </div>
  );
}

// Why it is meant so: kept with the entry.
export function Because({ draft }: { draft: Draft }) {
  return (
    <div class="field">
      <label for="because">{t("because")}</label>
      <input
        id="because"
        autocomplete="off"
        value={draft.because ?? ""}
        onInput={(event) => update(draft.id, { because: event.currentTarget.value })}
      />
    </div>
  );
}
