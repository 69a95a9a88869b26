// What is done for a reason that is kept with it: a line for the reason, a button for each choice.
import { useState } from "preact/hooks";
import { t } from "../page/i18n.ts";
import { focusOn } from "../page/keys.ts";
import { Problem, useSending } from "./sending.tsx";

export interface Choice {
  label: string;
  path: string;
  body?: object; // beside the reason
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
  const [problem, send, say] = useSending();
  const choose = async ({ path, body }: Choice): Promise<void> => {
    if (!reason.trim()) {
      focusOn(id);
      return say(t("reasonFirst"));
    }
    if (await send(path, { ...body, reason })) onDone();
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
      <Problem text={problem} />
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
