// Two customers who turned out to be one, on the card of each: with whom, and the way back.
import { useState } from "preact/hooks";
import { session } from "../daemon/session.ts";
import type { Brief, Shown } from "../daemon/types.ts";
import { t } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { Reasoned } from "./reasoned.tsx";
import { nameOf } from "./record.tsx";

// Desk and hub refuse it to everybody else.
export const mayMerge = (): boolean => session.get().person?.role === "supervisor";

export const briefly = (other: Brief): string => [other.name, other.ref].filter(Boolean).join(", ") || other.id;

// On the card: with whom this one is one, and the way back.
export function Merged({ record }: { record: Shown }) {
  const { merged_into: into, aliases = [] } = record;
  use(session);
  return (
    <>
      {into && (
        <div class="note">
          {t("mergedInto")} <a href={`#/customer/${into.id}`}>{briefly(into)}</a>
          <Part alias={{ id: record.id, name: nameOf(record) }} />
        </div>
      )}
      {aliases.length > 0 && (
        <ul class="rows hint">
          {aliases.map((alias) => (
            <li key={alias.id}>
              {t("aliases")} <a href={`#/customer/${alias.id}`}>{briefly(alias)}</a>
              <Part alias={alias} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Part({ alias }: { alias: Brief }) {
  const [open, setOpen] = useState(false);
  if (!mayMerge()) return null;
  const close = (): void => setOpen(false);
  if (open)
    return (
      <Reasoned
        id={`part-${alias.id}`}
        choices={[{ label: t("part"), path: `/customers/${alias.id}/part` }]}
        onDone={close}
        onCancel={close}
      />
    );
  return (
    <button type="button" class="link" aria-label={`${t("part")}: ${briefly(alias)}`} onClick={() => setOpen(true)}>
      {t("part")}
    </button>
  );
}
