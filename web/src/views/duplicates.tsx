// Beside the form of a new customer: who is here already and looks like them, while it is typed.
import { useEffect, useState } from "preact/hooks";
import { ask } from "../daemon/api.ts";
import type { Draft } from "../daemon/drafts.ts";
import { customerOf } from "../daemon/save.ts";
import { labelOf } from "../daemon/schema.ts";
import type { Duplicate } from "../daemon/types.ts";
import { t, term } from "../page/i18n.ts";

const pause_ms = 400;

// An earlier question is given up; without an answer nobody is shown, and saving asks again.
function useDuplicates(draft: Draft): Duplicate[] {
  const [found, setFound] = useState<Duplicate[]>([]);
  useEffect(() => {
    if (!draft.touched) return;
    const ended = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const answer = await ask<{ duplicates: Duplicate[] }>("POST", "/customers/check", customerOf(draft), {
          signal: ended.signal,
        });
        setFound(answer.duplicates);
      } catch {
        if (!ended.signal.aborted) setFound([]);
      }
    }, pause_ms);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [draft.values]);
  return found;
}

export const sameAs = (one: Duplicate): string =>
  term(["phone", "email", "customer"].map((kind) => labelOf(kind, one.same)).find((label) => label !== one.same) ?? one.same);

export function Duplicates({ draft }: { draft: Draft }) {
  const found = useDuplicates(draft);
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
