// The hours in which this workstation may still promise a call: one is chosen with one key, and any other time typed.
import { type Draft, type } from "../daemon/drafts.ts";
import { span, t } from "../page/i18n.ts";
import { useKeys } from "../page/keys.ts";
import { ownZone, wallTime } from "../page/zones.ts";
import { useLoaded } from "./load.tsx";

interface Window {
  start: string;
  end: string;
  room: number;
}
const few = 6;

export function Windows({ draft }: { draft: Draft }) {
  const { data } = useLoaded<{ divided: boolean; windows: Window[] }>("/callbacks/windows");
  const zone = draft.values.promise_zone || ownZone();
  const free = data?.windows.filter(({ room }) => room > 0) ?? [];
  const at = free.findIndex(({ start }) => wallTime(start, zone) === draft.values.promise_start);
  const choose = (one: Window | undefined): void => {
    if (!one) return;
    type(draft.id, "promise_zone", zone);
    type(draft.id, "promise_start", wallTime(one.start, zone));
    type(draft.id, "promise_end", wallTime(one.end, zone));
  };
  useKeys({ "alt+w": () => choose(free[at + 1] ?? free[0]) });
  if (!data?.divided) return null;
  return (
    <fieldset class="field">
      <legend>
        {t("windows")} <kbd>Alt W</kbd>
      </legend>
      <div class="actions">
        {free.slice(Math.max(0, at - few + 1)).slice(0, few).map((one) => (
          <button key={one.start} type="button" class="chip" aria-pressed={one === free[at]} onClick={() => choose(one)}>
            {span(one.start, one.end, zone).split(" (")[0]} · {t("roomFor", { n: one.room })}
          </button>
        ))}
        {free.length === 0 && <span class="hint">{t("noRoom")}</span>}
      </div>
    </fieldset>
  );
}
