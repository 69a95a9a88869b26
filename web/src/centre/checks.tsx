// Entries that somebody else has to look at: beyond a limit of work by hand, or typed in from paper.
import { fieldOf, labelOf } from "../daemon/schema.ts";
import { session } from "../daemon/session.ts";
import type { Value } from "../daemon/types.ts";
import { clock, said, term } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { shownValue } from "../views/record.tsx";
import { Line } from "./line.tsx";
import { t, type CentreName } from "./text.ts";

type Need = "approval" | "second_check";
interface Item {
  entry: string;
  reference: string;
  fields: Record<string, Value>;
  limits: { code: string; text: string }[];
  needs: { need: Need; state: "open" | "good" | "refused"; by: string; reason: string }[];
}
interface List {
  counts: Record<Need, number>;
  items: Item[];
}

const words: Record<Need, { good: CentreName; bad: CentreName }> = {
  approval: { good: "approveIt", bad: "refuseIt" },
  second_check: { good: "sameAsPaper", bad: "differsFromPaper" },
};
const shown = ["name", "phone", "amount", "note"];

function Entry({ item }: { item: Item }) {
  const { person } = use(session);
  const { fields } = item;
  const own = fields.operator === person?.name;
  const may = (need: Need): boolean => !own && (need === "second_check" || person?.role === "supervisor");
  const open = item.needs.filter(({ state }) => state === "open");
  const name = [term(String(fields.kind ?? "")), item.reference].filter(Boolean).join(" · ");
  const values = shown.filter((field) => fields[field] !== null && fields[field] !== undefined && fields[field] !== "");
  return (
    <li class="entry">
      <div>
        <strong>{name}</strong>
        <p class="hint">{[clock(String(fields.event_time ?? "")), fields.operator].filter(Boolean).join(" · ")}</p>
      </div>
      <div class="whole">
        {item.limits.map(({ code, text }) => (
          <p key={code} class="chip warn">
            {said(code, text, term(labelOf("manual_entry", "amount")))}
          </p>
        ))}
        {open.some(({ need }) => need === "second_check") && <p class="chip warn">{t("compareWithPaper")}</p>}
        {own && <p class="hint">{t("somebodyElse")}</p>}
      </div>
      <div class="whole">
        <dl class="facts">
          {values.map((field) => (
            <div key={field}>
              <dt>{term(labelOf("manual_entry", field))}</dt>
              <dd>{shownValue(fieldOf("manual_entry", field), fields[field] ?? null)}</dd>
            </div>
          ))}
        </dl>
        {open.filter(({ need }) => may(need)).map(({ need }) => (
          <Line
            key={need}
            id={`${need}-${item.entry}`}
            label={t("reason")}
            of={name}
            path={`/entries/${item.entry}/checks`}
            endings={[true, false].map((good) => ({
              label: t(words[need][good ? "good" : "bad"]),
              body: (reason) => ({ need, good, reason }),
            }))}
            primary
          />
        ))}
      </div>
    </li>
  );
}

export function Checks() {
  const list = useLoaded<List>("/checks?limit=100");
  return (
    <>
      <header class="view-head">
        <h1>{t("checks")}</h1>
        <p class="hint">{t("checksHint")}</p>
      </header>
      <Waiting of={list}>
        {({ counts, items }) => (
          <>
            <p role="status">{t("checksCounts", { approval: counts.approval, second_check: counts.second_check })}</p>
            <ul class="list">
              {items.map((item) => (
                <Entry key={item.entry} item={item} />
              ))}
              {items.length === 0 && <li class="quiet">{t("nothingToCheck")}</li>}
            </ul>
          </>
        )}
      </Waiting>
    </>
  );
}
