// What is done for a reason that is kept with it: a line for the reason, a button for each choice.
import { useState } from "preact/hooks";
import { ApiError, ask, newKey } from "../daemon/api.ts";
import { tell } from "../daemon/save.ts";
import type { Saved } from "../daemon/types.ts";
import { t } from "../page/i18n.ts";

export interface Choice {
  label: string;
  path: string;
  body?: Record<string, string>; // beside the reason
}

interface Props {
  id: string; // of the line, for its label
  choices: Choice[];
  primary?: boolean;
  onDone: () => void;
  onCancel?: () => void;
}

export function Reasoned({ id, choices, primary = false, onDone, onCancel }: Props) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState("");
  // A choice that is repeated, because no answer came, is made once.
  const [keys] = useState<Record<string, string>>({});
  const choose = async ({ label, path, body }: Choice): Promise<void> => {
    if (!reason.trim()) return setProblem(t("reasonFirst"));
    keys[label] ??= newKey();
    try {
      tell(await ask<Saved>("POST", path, { ...body, reason }, { key: keys[label] }));
      onDone();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error.silent ? t("silent") : error.message);
    }
  };
  const only = choices.length === 1 ? choices[0] : undefined;
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        if (only) void choose(only);
      }}
    >
      {problem && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <label for={id}>
        {t("reason")} <span class="quiet">{t("reasonHint")}</span>
      </label>
      <input id={id} autocomplete="off" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      {choices.map((choice) => (
        <button
          key={choice.label}
          type={only ? "submit" : "button"}
          class={primary ? "primary" : ""}
          onClick={() => only || void choose(choice)}
        >
          {choice.label}
        </button>
      ))}
      {onCancel && (
        <button type="button" onClick={onCancel}>
          {t("cancel")}
        </button>
      )}
    </form>
  );
}
