// Beside a form, while it is typed: who is here already and looks like a new customer, and what would be said about it.
import { useEffect, useState } from "preact/hooks";
import type { Draft } from "../daemon/drafts.ts";
import { check, checked, type Check } from "../daemon/save.ts";
import { labelOf } from "../daemon/schema.ts";
import type { Duplicate } from "../daemon/types.ts";
import { t, term } from "../page/i18n.ts";

const pause_ms = 400;
const nothing: Check = { findings: [], duplicates: [] };

// An earlier question is given up; without an answer nothing is told, and saving asks again.
export function useCheck(draft: Draft): Check {
  const [told, setTold] = useState(nothing);
  useEffect(() => {
    if (!draft.touched || !checked(draft)) return;
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      try {
        setTold(await check(draft, ended.signal));
      } catch {
        if (!ended.signal.aborted) setTold(nothing);
      }
    }, pause_ms);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [draft.values]);
  return told;
}

export const sameAs = (one: Duplicate): string =>
  term(["phone", "email", "customer"].map((kind) => labelOf(kind, one.same)).find((label) => label !== one.same) ?? one.same);

export function Duplicates({ of: found }: { of: Duplicate[] }) {
  return (
    <div role="status">
      {found.length > 0 && (
        <section class="note" aria-label={t("alreadyHere")}>
          <h3>{t("alreadyHere")}</h3>
          <ul class="rows">
            {found.map((one) => (
              <li key={one.id}>
                <a href={`#/customer/${one.id}`}>{[one.name, one.city].filter(Boolean).join(", ")}</a>{" "}
                <span class="quiet">{t("alreadyHereHint", { what: sameAs(one) })}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
