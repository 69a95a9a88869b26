// Who changed a record and why: asked of the hub when somebody wants to know.
import { useState } from "preact/hooks";
import { t } from "../page/i18n.ts";
import { Centre } from "./centre.tsx";

// `of`: the path of the record. `shown`: without being asked for.
export function History({ of, shown = false }: { of: string; shown?: boolean }) {
  const [open, setOpen] = useState(shown);
  return (
    <section class="card history" aria-label={t("history")}>
      <header>
        <h2>{t("history")}</h2>
        <span class="quiet">{t("historyHub")}</span>
      </header>
      {open ? (
        <Centre place="steps" of={of} />
      ) : (
        <button type="button" class="link" onClick={() => setOpen(true)}>
          {t("historyShow")}
        </button>
      )}
    </section>
  );
}
