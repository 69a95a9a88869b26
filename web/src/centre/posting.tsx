// What was taken by hand, brought into the central system: each value is copied with a press, and the entry is settled
// with the reference that it has there.
import { useState } from "preact/hooks";
import { fieldOf, labelOf } from "../daemon/schema.ts";
import { session } from "../daemon/session.ts";
import type { Value } from "../daemon/types.ts";
import { clock, term } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { useLoaded, Waiting } from "../views/load.tsx";
import { shownValue } from "../views/record.tsx";
import { Problem, useSending } from "../views/sending.tsx";
import { Line } from "./line.tsx";
import { t } from "./text.ts";

interface Item {
  entry: string;
  reference: string;
  fields: Record<string, Value>;
  posting: { state: "unposted" | "claimed" | "posted" | "not_needed"; person: string; posted_as: string; reason: string; pending: boolean };
}
interface List {
  counts: Record<string, number>;
  items: Item[];
}

// What nobody types into another system.
const own = new Set(["customer", "status", "station", "phone_as_typed", "recorded_at", "form", "form_version", "incident", "drill", "reference"]);

function Copied({ label, text }: { label: string; text: string }) {
  const [done, setDone] = useState(false);
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(() => setDone(true));
  };
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <span>{text}</span>
        <button type="button" class="link" aria-label={`${t("copy")}: ${label}`} onClick={copy}>
          {done ? `✓ ${t("copied")}` : t("copy")}
        </button>
      </dd>
    </div>
  );
}

function Settling({ item, of }: { item: Item; of: string }) {
  const path = `/entries/${item.entry}/posting`;
  return (
    <>
      <Line
        id={`posted-as-${item.entry}`}
        label={t("postedAs")}
        of={of}
        path={path}
        endings={[
          { label: t("isPosted"), body: (posted_as) => ({ state: "posted", posted_as }) },
          { label: t("postingBack"), body: () => ({ state: "unposted" }) },
        ]}
        primary
      />
      <Line
        id={`posting-why-${item.entry}`}
        label={t("notNeededWhy")}
        of={of}
        path={path}
        endings={[{ label: t("isNotNeeded"), body: (reason) => ({ state: "not_needed", reason }) }]}
      />
    </>
  );
}

function Entry({ item }: { item: Item }) {
  const { person } = use(session);
  const { posting, fields } = item;
  const [problem, send] = useSending();
  const mine = posting.state === "claimed" && posting.person === person?.name;
  const name = [term(String(fields.kind ?? "")), fields.name, item.reference].filter(Boolean).join(" · ");
  const take = (): void => void send(`/entries/${item.entry}/posting`, { state: "claimed" });
  const values = Object.entries(fields).filter(([field, value]) => !own.has(field) && value !== null && value !== "");
  return (
    <li class="entry">
      <div>
        <strong>{name}</strong>
        <p class="hint">{[clock(String(fields.event_time ?? "")), fields.operator].filter(Boolean).join(" · ")}</p>
      </div>
      <p>
        <span class={posting.state === "unposted" ? "chip warn" : "chip"}>{term(posting.state)}</span>{" "}
        <span class="quiet">{[posting.person, posting.posted_as, posting.reason].filter(Boolean).join(" · ")}</span>
      </p>
      <p>
        {posting.state === "unposted" && (
          <button type="button" aria-label={`${t("takeIt")}: ${name}`} onClick={take}>
            {t("takeIt")}
          </button>
        )}
      </p>
      {problem && (
        <div class="whole">
          <Problem text={problem} />
        </div>
      )}
      {mine && (
        <div class="whole">
          <dl class="facts">
            {values.map(([field, value]) => (
              <Copied key={field} label={term(labelOf("manual_entry", field))} text={shownValue(fieldOf("manual_entry", field), value ?? null)} />
            ))}
          </dl>
          <Settling item={item} of={name} />
        </div>
      )}
    </li>
  );
}

export function PostingView() {
  const list = useLoaded<List>("/postings?limit=100");
  return (
    <>
      <header class="view-head">
        <h1>{t("posting")}</h1>
        <p class="hint">
          {t("postingHint")} <a href="#/checks">{t("checks")}</a>
        </p>
      </header>
      <Waiting of={list}>
        {({ counts, items }) => (
          <>
            <p role="status">
              {t("postingCounts", {
                unposted: counts.unposted ?? 0,
                claimed: counts.claimed ?? 0,
                posted: counts.posted ?? 0,
                not_needed: counts.not_needed ?? 0,
              })}
            </p>
            <ul class="list">
              {items.map((item) => (
                <Entry key={item.entry} item={item} />
              ))}
              {items.length === 0 && <li class="quiet">{t("nothingToPost")}</li>}
            </ul>
          </>
        )}
      </Waiting>
    </>
  );
}
