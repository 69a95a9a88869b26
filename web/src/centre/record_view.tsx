// What was taken down, by itself: as it stands, what it was before and why it is another, and the way to correct it.
import { useEffect } from "preact/hooks";
import { paths } from "../daemon/save.ts";
import { collectionOf } from "../daemon/schema.ts";
import { seen } from "../daemon/status.ts";
import type { Shown } from "../daemon/types.ts";
import { clock, term } from "../page/i18n.ts";
import { route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { Facts, onScreen } from "../views/customer.tsx";
import { History } from "../views/history.tsx";
import { useLoaded, Waiting } from "../views/load.tsx";
import { beginEditAll, nameOf, text } from "../views/record.tsx";
import { t } from "./text.ts";

function Card({ record, of }: { record: Shown; of: string }) {
  const what = term(collectionOf(record.collection)?.label ?? record.collection);
  const about = { id: text(record, "customer"), name: nameOf(record) };
  const isEntry = record.collection === "manual_entry";
  return (
    <>
      <header class="view-head">
        <div>
          <h1>
            {what} <span class="reference">{text(record, "reference")}</span>
          </h1>
          <p class="hint">
            {about.id && <a href={`#/customer/${about.id}`}>{about.name || t("customer")}</a>}{" "}
            {t("asOf", { time: clock(record.as_of) })}
          </p>
        </div>
        <button type="button" aria-keyshortcuts="Alt+E" onClick={() => beginEditAll(record, about)}>
          {t(isEntry ? "correct" : "edit")} <kbd>Alt E</kbd>
        </button>
      </header>
      <section class="card" aria-label={t("details")}>
        <Facts record={record} about={about} />
      </section>
      {isEntry && <History of={of} shown={seen.get().mode === "online"} />}
    </>
  );
}

function One({ of }: { of: string }) {
  const loaded = useLoaded<Shown>(of);
  useEffect(() => {
    if (loaded.data) onScreen.set(loaded.data);
  }, [loaded.data]);
  return <Waiting of={loaded}>{(record) => <Card record={record} of={of} />}</Waiting>;
}

export function RecordView() {
  const [, collection = "", id = ""] = use(route);
  const of = `${paths[collection] ?? `/records/${collection}`}/${encodeURIComponent(id)}`;
  return <One key={of} of={of} />;
}
