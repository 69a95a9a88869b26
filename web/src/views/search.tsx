// The customer search: a combobox that is there on every page.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ApiError, get } from "../daemon/api.ts";
import { begin, openDraft } from "../daemon/drafts.ts";
import { practised } from "../daemon/status.ts";
import type { Hit, Referenced } from "../daemon/types.ts";
import { t, term, type Name } from "../page/i18n.ts";
import { go } from "../page/router.ts";
import { Practice } from "./record.tsx";
import { Store, use } from "../page/store.ts";

const reasons: Partial<Record<Hit["matched"], Name>> = {
  name: "byName",
  phone: "byPhone",
  reference: "byReference",
  email: "byEmail",
  "similar-name": "bySimilarName",
  address: "byAddress",
};

// Who was chosen last: whoever goes on at once, before the card is there, is about this customer.
export const chosen = new Store<Hit | null>(null);

// What stands in the search; the number in it goes along when a message is taken.
export const searched = new Store("");
export const looksLikeNumber = (text: string): boolean => /^[+(\d][\d\s()./-]{3,}$/.test(text.trim());

interface Found {
  for: string;
  items: Hit[];
  more: boolean;
  total: number | null; // null: more than were counted
  problem: string;
  records: Referenced[]; // with the reference that was typed, or taken down with the number
  reading: string; // what is wrong with it
  advice: string | null;
}
const nothing: Found = { for: "", items: [], more: false, total: 0, problem: "", records: [], reading: "", advice: null };

interface Answer {
  items: Hit[];
  more: boolean;
  total: number | null;
  records: Referenced[];
  reference: { message: string } | null;
  advice: string | null;
}

async function foundFor(query: string): Promise<Found> {
  try {
    const answer = await get<Answer>(practised(`/customers?limit=20&q=${encodeURIComponent(query)}`));
    return { ...nothing, ...answer, for: query, reading: answer.reference?.message ?? "" };
  } catch (error) {
    const problem = error instanceof ApiError && !error.silent ? error.message : t("searchSilent");
    return { ...nothing, for: query, problem };
  }
}

// What is found for what was typed last. The daemon answers faster than anybody types, so each key asks at once; while a
// question is on its way the next one waits for its answer.
export function useHits(typed: string): Found {
  const [found, setFound] = useState<Found>(nothing);
  const wanted = useRef("");
  const asking = useRef(false);
  const ask = async (): Promise<void> => {
    if (asking.current) return;
    asking.current = true;
    for (let query = ""; query !== wanted.current; ) {
      query = wanted.current;
      const answer = query ? await foundFor(query) : nothing;
      // An earlier answer is better than none.
      if (wanted.current) setFound(answer);
    }
    asking.current = false;
  };
  // Before the key is painted: an effect would wait for that, a frame later.
  useLayoutEffect(() => {
    wanted.current = typed.trim();
    if (!wanted.current) setFound(nothing);
    void ask();
  }, [typed]);
  useEffect(() => () => void (wanted.current = ""), []);
  return found;
}

interface Pickable {
  index: number;
  active: boolean;
  onPick: () => void;
}

function Listed({ index, active, onPick, children }: Pickable & { children: ComponentChildren }) {
  return (
    <li
      id={`hit-${index}`}
      role="option"
      aria-selected={active}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPick}
    >
      {children}
    </li>
  );
}

function Option({ hit, ...pickable }: Pickable & { hit: Hit }) {
  const reason = reasons[hit.matched];
  return (
    <Listed {...pickable}>
      <span class="hit-name">{hit.name || hit.ref}</span>
      <span class="hit-more">{[hit.ref, hit.city, (hit.display ?? hit.phones)[0]].filter(Boolean).join(" · ")}</span>
      {reason && <span class="chip">{t(reason)}</span>}
      {hit.drill && <Practice />}
      {hit.pending && <span class="chip warn">{t("pendingMark")}</span>}
    </Listed>
  );
}

// Something that was taken down, with the reference or number that was typed.
function RecordOption({ record, ...pickable }: Pickable & { record: Referenced }) {
  const what = record.reason ?? record.kind;
  return (
    <Listed {...pickable}>
      <span class="hit-name reference">{record.reference}</span>
      <span class="hit-more">
        {[term(record.label), what && term(what), record.name].filter(Boolean).join(" · ")}
      </span>
      {record.drill && <Practice />}
      {record.pending && <span class="chip warn">{t("pendingMark")}</span>}
    </Listed>
  );
}

function message(found: Found): string {
  if (found.problem) return found.problem;
  if (!found.for) return "";
  if (found.reading) return found.reading;
  const count = found.items.length + found.records.length;
  return count === 0 ? t("noHits") : t("hitsCount", { n: count });
}

export function Search({ preset }: { preset: string }) {
  const typed = use(searched);
  const setTyped = (text: string): void => searched.set(text);
  const [open, setOpen] = useState(preset !== "");
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const hurried = useRef(false); // Enter came before the answer
  const found = useHits(typed);
  const { items, records } = found;
  const count = items.length + records.length;
  useEffect(() => {
    setActive(0);
    if (hurried.current && found.for === typed.trim()) pick(0);
  }, [found]);
  useEffect(() => document.getElementById(`hit-${active}`)?.scrollIntoView({ block: "nearest" }), [active]);
  // Whoever has just signed in begins with a caller, unless a form of theirs is open.
  useEffect(() => {
    setTyped(preset);
    if (preset || !openDraft()) input.current?.focus();
  }, []);

  // Customers come first, then what was taken down.
  const pick = (index: number): void => {
    hurried.current = false;
    const hit = items[index];
    const record = records[index - items.length];
    if (!hit && !record) return;
    setOpen(false);
    setTyped("");
    if (hit) chosen.set(hit);
    if (hit) go("customer", hit.id);
    else if (record) go("record", record.collection, record.id);
  };
  const pressed = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && count > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((active + step + count) % count);
    } else if (event.key === "/" && typed === "") {
      event.preventDefault(); // the key that leads here
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (found.for === typed.trim()) pick(active);
      else hurried.current = true;
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (open) setOpen(false);
      else setTyped("");
    }
  };
  const shown = open && found.for !== "";
  return (
    <div class="search" role="search">
      <label class="sr" for="search">
        {t("search")}
      </label>
      <input
        id="search"
        ref={input}
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls="hits"
        aria-autocomplete="list"
        aria-activedescendant={shown && count > 0 ? `hit-${active}` : undefined}
        aria-keyshortcuts="/"
        data-found={found.for}
        autocomplete="off"
        spellcheck={false}
        placeholder={t("searchHint")}
        value={typed}
        onInput={(event) => {
          hurried.current = false;
          setTyped(event.currentTarget.value);
          setOpen(true);
        }}
        onKeyDown={pressed}
        onBlur={() => setOpen(false)}
      />
      <kbd aria-hidden="true">/</kbd>
      <div class="hits" hidden={!shown}>
        <ul id="hits" role="listbox" hidden={count === 0} aria-label={t("search")}>
          {items.map((hit, index) => (
            <Option key={hit.id} hit={hit} index={index} active={index === active} onPick={() => pick(index)} />
          ))}
          {records.map((record, i) => {
            const index = items.length + i;
            return (
              <RecordOption key={record.id} record={record} index={index} active={index === active} onPick={() => pick(index)} />
            );
          })}
        </ul>
        {items.length > 0 && found.reading && <p class="hint">{found.reading}</p>}
        {found.advice && <p class="hint">{found.advice}</p>}
        {(count === 0 || found.more) && (
          <p class="hint">{items.length === 0
              ? message(found)
              : t("moreHits", { shown: items.length, total: found.total ?? t("moreThan", { n: 100 }) })}</p>
        )}
        {count === 0 && !found.problem && !found.reading && (
          <button
            type="button"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              setOpen(false);
              begin(
                { do: "add", collection: "customer" },
                null,
                looksLikeNumber(found.for) ? { "extra.e164": found.for } : {},
              );
            }}
          >
            {t("addCustomer")}
          </button>
        )}
      </div>
      <span class="sr" role="status">
        {message(found)}
      </span>
    </div>
  );
}
