// The desk: what was begun and is not finished, in one place, and the latest that was saved.
import { begin, type Draft, everyDesk, openDraft, show, unsaved } from "../daemon/drafts.ts";
import { stay, session, signOut } from "../daemon/session.ts";
import { practised, seen } from "../daemon/status.ts";
import { collectionOf, forms } from "../daemon/schema.ts";
import type { OutboxItem, Shown } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { use } from "../page/store.ts";
import { ByHand } from "./by_hand.tsx";
import { EntryRow, Latest, useEntries } from "./entries.tsx";
import { discard, titleOf } from "./form.tsx";
import { useLoaded } from "./load.tsx";
import { text } from "./record.tsx";

// What of a draft tells it from another one: its longest text.
function gistOf(draft: Draft): string {
  const texts = Object.entries(draft.values).filter(([name]) => name !== "kind" && name !== "name");
  const longest = texts.map(([, text]) => text.trim()).sort((a, b) => b.length - a.length)[0] ?? "";
  return longest.length > 90 ? `${longest.slice(0, 90)}…` : longest;
}

function DraftRow({ draft }: { draft: Draft }) {
  const what = [titleOf(draft), draft.about?.name].filter(Boolean).join(", ");
  return (
    <li class="entry">
      <div>
        <strong>{what}</strong>
        <p class="hint">{gistOf(draft)}</p>
        {draft.state === "waiting" && <p class="note">{t("waitingToSave")}</p>}
      </div>
      <p class="actions">
        <button type="button" class="primary" aria-label={`${t("goOn")}: ${what}`} onClick={() => show(draft.id)}>
          {t("goOn")}
        </button>
        <button type="button" aria-label={`${t("discardDraft")}: ${what}`} onClick={() => discard(draft)}>
          {t("discardDraft")}
        </button>
      </p>
    </li>
  );
}

function OpenWork({ attention, own }: { attention: OutboxItem[]; own: string }) {
  use(everyDesk);
  const drafts = unsaved().filter((draft) => draft.id !== openDraft()?.id);
  if (drafts.length === 0 && attention.length === 0) return null;
  return (
    <section class="card" aria-label={t("openWork")}>
      <h2>{t("openWork")}</h2>
      <ul class="list">
        {attention.map((item) => (
          <EntryRow key={`${item.lane}/${item.number}`} item={item} own={own} />
        ))}
        {drafts.map((draft) => (
          <DraftRow key={draft.id} draft={draft} />
        ))}
      </ul>
    </section>
  );
}

// Contacts that were begun and have no outcome yet.
function OpenContacts({ own }: { own: string }) {
  const loaded = useLoaded<{ items: Shown[] }>(practised("/records/interaction?limit=200"));
  const open = loaded.data?.items.filter((one) => text(one, "operator") === own && text(one, "state") === "open") ?? [];
  if (open.length === 0) return null;
  const wrapUp = (record: Shown): void => {
    const fields = ["outcome", "state"];
    begin({ do: "edit", collection: record.collection, record, fields }, null, { outcome: "", state: "wrapped" });
  };
  return (
    <section class="card" aria-label={t("openContacts")}>
      <h2>{t("openContacts")}</h2>
      <ul class="list">
        {open.map((record) => {
          const what = [term(text(record, "channel")), text(record, "reason"), clock(text(record, "started_at"))];
          return (
            <li key={record.id} class="entry">
              <strong>{what.filter(Boolean).join(", ")}</strong>
              <button type="button" class="primary" onClick={() => wrapUp(record)}>
                {t("wrapUp")}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

// Whoever is about to go with something unfinished decides about it here.
function Leaving() {
  const { status } = use(seen);
  const waiting = Number(status?.outbox?.waiting ?? 0);
  return (
    <section class="note leaving" aria-label={t("beforeLeaving")} role="alert">
      <h2>{t("beforeLeaving")}</h2>
      <p>
        {t("leavingDrafts")} {waiting > 0 && t("leavingWaiting")}
      </p>
      <p class="actions">
        <button type="button" class="primary" onClick={() => void signOut()}>
          {t("signOutAnyway")}
        </button>
        <button type="button" onClick={stay}>
          {t("stay")}
        </button>
      </p>
    </section>
  );
}

export function Home() {
  const { person, leaving } = use(session);
  use(forms);
  const own = person?.name ?? "";
  const attention = useEntries("/outbox?state=needs-attention").filter((item) => item.person === own);
  return (
    <>
      <header class="view-head">
        <h1>{t("desk")}</h1>
        <p class="hint">{t("deskHint")}</p>
      </header>
      {leaving && <Leaving />}
      <ByHand />
      <OpenWork attention={attention} own={own} />
      {collectionOf("interaction") && <OpenContacts own={own} />}
      <Latest />
    </>
  );
}
