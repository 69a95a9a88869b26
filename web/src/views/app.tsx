// The page as a whole: the strip, the search, the view, and the form beside it.
import { useEffect, useState } from "preact/hooks";
import { type About, begin, everyDesk, openDraft, show, unsaved } from "../daemon/drafts.ts";
import { notice } from "../daemon/save.ts";
import { forms, templateOf, templates } from "../daemon/schema.ts";
import type { Template } from "../daemon/types.ts";
import { beginChange, session, signOut } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import { t, term, type Name } from "../page/i18n.ts";
import { focusOn, useKeys } from "../page/keys.ts";
import { route, takeNumber } from "../page/router.ts";
import { settings } from "../page/settings.ts";
import { use } from "../page/store.ts";
import { Callbacks } from "./callbacks.tsx";
import { Conflicts, ConflictView } from "./conflicts.tsx";
import { Customer, nameOf, onScreen } from "./customer.tsx";
import { Entries, Latest } from "./entries.tsx";
import { Form, titleOf } from "./form.tsx";
import { KeySheet, Preferences } from "./preferences.tsx";
import { looksLikeNumber, Search, searched } from "./search.tsx";
import { SignIn } from "./sign_in.tsx";
import { Strip } from "./strip.tsx";

// The number that the page was opened with, for whoever is the first to see it.
let asked = takeNumber();
const takeAsked = (): string => {
  const number = asked;
  asked = "";
  return number;
};

type Kind = "manual_entry" | "callback_request";

// The customer on the screen goes along: name, number, and who it is about; else the number that was looked for.
function take(collection: Kind, template?: Template): void {
  const [place, id] = route.get();
  const preset: Record<string, string> =
    template?.sets ?? (collection === "manual_entry" ? { kind: "message" } : {});
  const purpose = { do: "add" as const, collection, ...(template ? { form: template.name } : {}) };
  const record = onScreen.get();
  if (place !== "customer" || !id || record?.id !== id) {
    const number: Record<string, string> = looksLikeNumber(searched.get()) ? { phone: searched.get().trim() } : {};
    return begin(purpose, null, { ...preset, ...number });
  }
  const about: About = { id, name: nameOf(record) };
  const phones = record.children?.phone?.filter((phone) => phone.fields.use !== "do_not_use") ?? [];
  const first = phones.find((phone) => phone.id === record.fields.primary_phone) ?? phones[0];
  begin(purpose, about, {
    ...preset,
    name: about.name,
    phone: String(first?.fields.e164 ?? ""),
  });
}

function takeForm(name: string): void {
  const template = templateOf(name);
  if (template) take(template.collection, template);
}

function Home() {
  return (
    <>
      <header class="view-head">
        <h1>{t("desk")}</h1>
        <p class="hint">{t("deskHint")}</p>
      </header>
      <Latest />
    </>
  );
}

function View() {
  const [place, id] = use(route);
  if (place === "customer" && id) return <Customer key={id} id={id} />;
  if (place === "entries") return <Entries which={id ?? ""} />;
  if (place === "callbacks") return <Callbacks />;
  if (place === "conflicts") return id ? <ConflictView key={id} id={id} /> : <Conflicts />;
  if (place === "settings") return <Preferences />;
  return <Home />;
}

const places: [string, Name][] = [
  ["", "desk"],
  ["entries", "entries"],
  ["callbacks", "callbacks"],
  ["conflicts", "conflicts"],
  ["settings", "settings"],
];

function Navigation() {
  const [place] = use(route);
  return (
    <nav class="places" aria-label="Holdline">
      {places.map(([path, name]) => (
        <a key={path} href={`#/${path}`} aria-current={(place ?? "") === path ? "page" : undefined}>
          {t(name)}
        </a>
      ))}
    </nav>
  );
}

function Taking() {
  return (
    <div class="taking">
      <button type="button" class="primary" aria-keyshortcuts="Alt+M" onClick={() => take("manual_entry")}>
        {t("takeMessage")} <kbd>Alt M</kbd>
      </button>
      <button type="button" aria-keyshortcuts="Alt+B" onClick={() => take("callback_request")}>
        {t("promiseCallback")} <kbd>Alt B</kbd>
      </button>
      <button type="button" onClick={() => begin({ do: "add", collection: "customer" }, null, {})}>
        {t("addCustomer")}
      </button>
      {use(templates).length > 0 && (
        <select
          aria-label={t("otherForm")}
          value=""
          onChange={(event) => {
            takeForm(event.currentTarget.value);
            event.currentTarget.value = "";
          }}
        >
          <option value="">{t("otherForm")}</option>
          {templates.get().map((one) => (
            <option key={one.name} value={one.name}>
              {term(one.label)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

function Drafts() {
  const now = openDraft();
  const others = unsaved().filter((draft) => draft.id !== now?.id);
  if (others.length === 0) return null;
  return (
    <p class="drafts">
      <span class="quiet">{t("openDrafts")}:</span>
      {others.map((draft) => (
        <button key={draft.id} type="button" class="chip warn" onClick={() => show(draft.id)}>
          {titleOf(draft)}
          {draft.about && `, ${draft.about.name}`}
        </button>
      ))}
    </p>
  );
}

const shown_ms = 8_000;

function Notice() {
  const now = use(notice);
  useEffect(() => {
    if (!now) return;
    searched.set("");
    if (!openDraft()) focusOn("search");
    const timer = setTimeout(() => notice.set(null), shown_ms);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class="notice" role="status">
      {now && (
        <p>
          <strong>✓ {now.text}</strong> {now.notes.join(" ")}
        </p>
      )}
    </div>
  );
}

function Desk({ name }: { name: string }) {
  const [sheet, setSheet] = useState(false);
  const [preset] = useState(takeAsked);
  const { forReading } = use(session);
  use(everyDesk);
  use(forms);
  const draft = openDraft();
  useKeys({
    "/": () => focusOn("search"),
    "alt+m": () => take("manual_entry"),
    "alt+b": () => take("callback_request"),
    "?": () => setSheet(true),
  });
  return (
    <>
      <header class="bar">
        <Search preset={preset} />
        <Taking />
        <div class="person">
          <button type="button" class="link" aria-keyshortcuts="?" onClick={() => setSheet(true)}>
            {t("keys")}
          </button>
          <strong>{name}</strong>
          <button type="button" onClick={() => beginChange(true)}>
            {t("changePerson")}
          </button>
          <button type="button" onClick={() => void signOut()}>
            {t("signOut")}
          </button>
        </div>
      </header>
      <Navigation />
      <div class={draft ? "work with-form" : "work"}>
        <main id="content" tabIndex={-1}>
          {forReading && <p class="error">{t("forReading")}</p>}
          <Drafts />
          <View />
          <Notice />
        </main>
        {draft && (
          <aside class="dock" aria-label={titleOf(draft)}>
            <Form key={draft.id} draft={draft} />
          </aside>
        )}
      </div>
      {sheet && <KeySheet onClose={() => setSheet(false)} />}
    </>
  );
}

export function App() {
  const { person, changing } = use(session);
  const { mode } = use(seen);
  use(settings);
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
      >
        {t("skipToContent")}
      </a>
      <Strip />
      {person && !changing ? <Desk key={person.name} name={person.name} /> : mode !== "starting" && <SignIn />}
    </>
  );
}
