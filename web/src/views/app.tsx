// The page as a whole: the strip, the search, the view, and the form beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import { everyDesk, openDraft, show, unsaved } from "../daemon/drafts.ts";
import { notice } from "../daemon/save.ts";
import { collectionOf, forms, guides } from "../daemon/schema.ts";
import { askToSignOut, beginChange, session } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import { spoken, t, type Name } from "../page/i18n.ts";
import { focusOn, useKeys } from "../page/keys.ts";
import { go, route, takeNumber } from "../page/router.ts";
import { settings } from "../page/settings.ts";
import { use } from "../page/store.ts";
import { Callbacks } from "./callbacks.tsx";
import { Centre, fetchCentre } from "./centre.tsx";
import { Customer } from "./customer.tsx";
import { Entries } from "./entries.tsx";
import { Form, titleOf } from "./form.tsx";
import { Home } from "./home.tsx";
import { Search, searched } from "./search.tsx";
import { SignIn } from "./sign_in.tsx";
import { Strip } from "./strip.tsx";
import { editOnScreen, take, Taking, takings } from "./taking.tsx";

// The number that the page was opened with, for whoever is the first to see it.
let asked = takeNumber();
const takeAsked = (): string => {
  const number = asked;
  asked = "";
  return number;
};

// In the second file; those of the first line are for everybody.
const for_all = ["complaints", "conflicts", "guides", "outages", "posting", "record", "settings"];
const of_the_centre = [...for_all, "checks", "merge", "overview", "paper", "release", "runbook", "workstations"];
const supervises = (): boolean => ["supervisor", "it"].includes(session.get().person?.role ?? "");

function View() {
  const [place, id] = use(route);
  if (place === "customer" && id) return <Customer key={id} id={id} />;
  if (place === "entries") return <Entries which={id ?? ""} />;
  if (place === "callbacks") return <Callbacks />;
  if (place && of_the_centre.includes(place)) return <Centre key={id} place={place} />;
  return <Home />;
}

const places: [string, Name][] = [
  ["", "desk"],
  ["entries", "entries"],
  ["callbacks", "callbacks"],
  ["complaints", "complaints"],
  ["conflicts", "conflicts"],
  ["posting", "posting"],
  ["outages", "outages"],
  ["runbook", "runbook"],
  ["guides", "guides"],
  ["overview", "overview"],
  ["paper", "paper"],
  ["release", "release"],
  ["workstations", "workstations"],
  ["settings", "settings"],
];

// What the schema has, and what the person may see.
function isThere([path]: [string, Name]): boolean {
  if (path === "complaints") return collectionOf("complaint") !== undefined;
  if (path === "guides") return guides.get().length > 0;
  if (path === "posting") return collectionOf("posting") !== undefined;
  if (path === "release") return session.get().person?.role === "supervisor";
  return for_all.includes(path) || !of_the_centre.includes(path) || supervises();
}

function Navigation() {
  use(forms);
  const [place] = use(route);
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen they are a line that scrolls.
  useEffect(() => nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [place]);
  return (
    <nav ref={nav} aria-label="Holdline">
      {places.filter(isThere).map(([path, name]) => (
        <a key={path} href={`#/${path}`} aria-current={(place ?? "") === path ? "page" : undefined}>
          {t(name)}
        </a>
      ))}
    </nav>
  );
}

function Drafts() {
  const [place] = use(route);
  const now = openDraft();
  if (!place) return null; // the desk shows them with what they say
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

// Longer when there is something to read out.
const shown_ms = 8_000, read_out_ms = 40_000;

function Notice() {
  const now = use(notice);
  const [place, id] = use(route);
  // What is read out is for the one caller.
  useEffect(() => {
    if (now?.about && place === "customer" && id !== now.about) notice.set(null);
  }, [place, id]);
  useEffect(() => {
    if (!now || now.refused) return;
    searched.set("");
    if (!openDraft()) focusOn("search");
    const timer = setTimeout(() => notice.set(null), now.references.length > 0 ? read_out_ms : shown_ms);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <div class="notice" role="status">
      {now && (
        <p class={now.refused ? "error" : ""}>
          <strong>
            {now.refused ? "▲" : "✓"} {now.text}
          </strong>{" "}
          {now.references.length > 0 && (
            <>
              · {t("readOut")} <strong class="reference">{now.references.join(", ")}</strong>{" "}
            </>
          )}
          {now.notes.join(" ")}{" "}
          <button type="button" class="icon" aria-label={t("close")} onClick={() => notice.set(null)}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}

// How much stands above the view: what is beside it ends with the screen, however the head wraps.
function useHead(): { current: HTMLElement | null } {
  const head = useRef<HTMLElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(() => {
      const strip = head.current?.offsetTop ?? 0;
      const { style } = document.documentElement;
      style.setProperty("--told", `${strip + 8}px`); // what has the focus is not under the strip
      style.setProperty("--above", `${strip + (head.current?.offsetHeight ?? 0)}px`);
    });
    for (const part of [head.current, head.current?.previousElementSibling]) if (part) watch.observe(part);
    return () => watch.disconnect();
  }, []);
  return head;
}

function Desk({ name }: { name: string }) {
  const [sheet, setSheet] = useState(false);
  const [preset] = useState(takeAsked);
  const { forReading } = use(session);
  use(everyDesk);
  use(forms);
  const draft = openDraft();
  const head = useHead();
  useEffect(() => {
    if (supervises()) fetchCentre();
  }, []);
  useKeys({
    "/": () => focusOn("search"),
    ...Object.fromEntries(takings().map((one) => [`alt+${one.letter.toLowerCase()}`, () => take(one)])),
    "alt+e": editOnScreen,
    "alt+a": () => go("entries", "attention", "first"),
    "?": () => setSheet(true),
  });
  return (
    <>
      <header ref={head}>
        <div class="bar">
          <Search preset={preset} />
          <Taking />
        </div>
        <div class="places">
          <Navigation />
          <div class="person">
            <button type="button" class="link" aria-keyshortcuts="?" onClick={() => setSheet(true)}>
              {t("keys")}
            </button>
            <strong>{name}</strong>
            <button type="button" onClick={() => beginChange(true)}>
              {t("changePerson")}
            </button>
            <button type="button" onClick={askToSignOut}>
              {t("signOut")}
            </button>
          </div>
        </div>
      </header>
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
      {sheet && <Centre place="keys" onClose={() => setSheet(false)} />}
    </>
  );
}

export function App() {
  const { person, changing } = use(session);
  const { mode } = use(seen);
  use(settings);
  use(spoken);
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
