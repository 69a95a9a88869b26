// One customer: what is known, how old it is, what is not at the hub yet, and what was taken down about them.
import { useEffect } from "preact/hooks";
import { begin, localTime, type About } from "../daemon/drafts.ts";
import { collectionOf, editedTogether, fieldOf, labelOf, newFields } from "../daemon/schema.ts";
import { practised } from "../daemon/status.ts";
import type { Disputed, FieldForm, Shown, Wish } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { go } from "../page/router.ts";
import { Store } from "../page/store.ts";
import { Belongings, belongingsOf } from "./belongings.tsx";
import { History } from "./history.tsx";
import { useLoaded, Waiting } from "./load.tsx";
import { Merged, mayMerge } from "./merged.tsx";
import { beginEdit, beginEditAll, isGiven, nameOf, Pending, Practice, promised, rowsOf, shownValue, text, valuesOf, written } from "./record.tsx";

function EditLink({ record, field, about }: { record: Shown; field: FieldForm; about: About }) {
  const labels = editedTogether(record.collection, field.name).map((name) => term(labelOf(record.collection, name)));
  return (
    <button
      type="button"
      class="link"
      aria-label={`${t("edit")}: ${labels.join(", ")}`}
      onClick={() => beginEdit(record, field.name, about)}
    >
      {t("edit")}
    </button>
  );
}

const conflictsOf = (record: Shown): Disputed[] => record.conflicts ?? [];
const InConflict = ({ of }: { of: Disputed | undefined }) =>
  of ? (
    <a class="chip bad" href={`#/conflicts/${of.id}`}>
      {t("stateConflict")}
    </a>
  ) : null;

export function Facts({ record, about }: { record: Shown; about: About }) {
  const all = rowsOf(record);
  const disputed = (field: FieldForm) => conflictsOf(record).find(({ fields }) => fields.includes(field.name));
  const rows = all.filter((field) => isGiven(record, field) || record.pending.includes(field.name) || disputed(field));
  const missing = all.filter((field) => !rows.includes(field)).map((field) => term(field.label));
  // Of fields that are changed together the first one leads to all of them.
  const leads = (field: FieldForm): boolean =>
    !field.read_only && field.position > 0 && (!field.group || rows.find((one) => one.group === field.group) === field);
  return (
    <dl class="facts">
      {missing.length > 0 && (
        <div class="missing">
          <dt>{t("notGiven")}</dt>
          <dd class="quiet">{missing.join(", ")}</dd>
        </div>
      )}
      {rows.map((field) => {
        const value = record.fields[field.name] ?? null;
        return (
          <div key={field.name}>
            <dt>{term(field.label)}</dt>
            <dd>
              {value === null || value === "" ? <span class="quiet">–</span> : (record.display?.[field.name] ?? shownValue(field, value))}
              {record.pending.includes(field.name) && <Pending />}
              <InConflict of={disputed(field)} />
              {leads(field) && <EditLink record={record} field={field} about={about} />}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

const lineOf: Record<string, (record: Shown) => string> = {
  phone: (record) =>
    [written(record, "e164"), text(record, "extension") && `ext. ${text(record, "extension")}`].filter(Boolean).join(" "),
  email: (record) => text(record, "addr"),
  address: (record) =>
    ["street", "postcode", "city", "region", "country"]
      .map((part) => text(record, part))
      .filter(Boolean)
      .join(", "),
};

// What can be changed of a number or address that is there; another number is another record.
const changeable: Record<string, () => string[]> = {
  phone: () => ["kind", "use"],
  address: () => newFields("address").map((field) => field.name),
};

function EditChild({ record, about }: { record: Shown; about: About }) {
  const fields = changeable[record.collection]?.() ?? [];
  if (fields.length === 0) return null;
  const change = (): void => {
    begin({ do: "edit", collection: record.collection, record, fields }, about, valuesOf(record, fields));
  };
  return (
    <button
      type="button"
      class="link"
      aria-label={`${t("edit")}: ${lineOf[record.collection]?.(record) ?? ""}`}
      onClick={change}
    >
      {t("edit")}
    </button>
  );
}

function wishText(wish: Wish): string {
  const purpose = wish.purpose === "any" ? t("forAnything") : t("forPurpose", { purpose: term(wish.purpose) });
  const said = { purpose, channel: term(wish.channel), time: clock(wish.since) };
  return wish.channel === "any" ? t("doNotContact", said) : t("doNotContactBy", said);
}

function DoNotCall({ record, about }: { record: Shown; about: About }) {
  const line = lineOf[record.collection]?.(record) ?? "";
  const contact = record.collection === "email" ? { email: text(record, "addr") } : { number: text(record, "e164") };
  const label = t(record.collection === "email" ? "doNotWrite" : "doNotCall");
  return (
    <button
      type="button"
      class="link"
      aria-label={`${label}: ${line}`}
      onClick={() =>
        begin({ do: "suppress", collection: "suppression", contact }, about, { channel: "any", purpose: "any" })
      }
    >
      {label}
    </button>
  );
}

function Children({ customer, kind, title }: { customer: Shown; kind: "phone" | "email" | "address"; title: string }) {
  const records = customer.children?.[kind] ?? [];
  const about = { id: customer.id, name: nameOf(customer) };
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>
          {title} {records.length === 0 && <span class="quiet none">{t("none")}</span>}
        </h2>
        <button
          type="button"
          aria-label={`${t("add")}: ${title}`}
          onClick={() => begin({ do: "add-to", collection: kind, customer: customer.id }, about, {})}
        >
          {t("add")}
        </button>
      </header>
      <ul class="rows">
        {records.map((record) => {
          const barred = record.fields.use === "do_not_use";
          const kindText = record.fields.kind ? term(String(record.fields.kind)) : "";
          return (
            <li key={record.id}>
              <span class={barred ? "barred" : ""}>{lineOf[kind]?.(record)}</span> <span class="quiet">{kindText}</span>
              {barred && <span class="chip bad">{t("doNotUse")}</span>}
              {record.pending.length > 0 && <Pending />}
              <InConflict of={conflictsOf(record)[0]} />
              {record.do_not_call?.map((wish) => (
                <span key={wish.id} class="chip bad">
                  {wishText(wish)}
                </span>
              ))}
              {kind !== "address" && <DoNotCall record={record} about={about} />}
              <EditChild record={record} about={about} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

// In which outage, and whether that was for practice.
function TakenIn({ item }: { item: Shown }) {
  const name = text(item, "incident").slice(0, 6).toUpperCase();
  return (
    <>
      {item.fields.drill === true && <Practice />}
      {name && <span class="quiet"> {t("takenIn", { name })}</span>}
    </>
  );
}

function Taken({ customer, path, title }: { customer: Shown; path: string; title: string }) {
  const loaded = useLoaded<{ items: Shown[]; more: boolean }>(practised(`/customers/${customer.id}/${path}`));
  const none = loaded.data?.items.length === 0;
  return (
    <section class="card" aria-label={title}>
      <h2>
        {title} {none && <span class="quiet none">{t("none")}</span>}
      </h2>
      <Waiting of={loaded}>
        {({ items, more }) => (
          <ul class="rows">
            {items.map((item) => (
              <li key={item.id}>
                <span class="quiet">
                  {[
                    clock(["event_time", "taken_at", "received_at", "recorded_at"].map((at) => text(item, at)).find(Boolean)),
                    text(item, "operator") || text(item, "taken_by"),
                  ]
                    .filter(Boolean)
                    .join(" · ")}{" "}
                </span>
                <a href={`#/record/${item.collection}/${item.id}`}>
                  {term(text(item, "kind") || text(item, "state") || "open")}
                </a>{" "}
                {text(item, "note") || text(item, "reason") || text(item, "what_happened")}{" "}
                {promised(item) && <span>· {promised(item)} </span>}
                {text(item, "reference") && <span class="quiet reference">{text(item, "reference")}</span>}
                <TakenIn item={item} />
                {item.pending.length > 0 && <Pending />}
              </li>
            ))}
            {more && <li class="quiet">{t("moreTaken", { n: items.length })}</li>}
          </ul>
        )}
      </Waiting>
    </section>
  );
}

// Whoever has gone through it with the caller says so.
function Unverified({ record, about }: { record: Shown; about: About }) {
  const verified = "verified_at";
  const now = localTime(new Date().toISOString());
  return (
    <>
      <span class="chip warn">{t("unverified", { source: text(record, "source") })}</span>
      {fieldOf("customer", verified) && (
        <button
          type="button"
          class="link"
          onClick={() => begin({ do: "edit", collection: "customer", record, fields: [verified] }, about, { [verified]: now })}
        >
          {t("verify")}
        </button>
      )}
    </>
  );
}

function Card({ record }: { record: Shown }) {
  const about = { id: record.id, name: nameOf(record) };
  return (
    <>
      <header class="view-head">
        <div>
          <h1>
            {about.name} {record.fields.drill === true && <Practice />}
          </h1>
          <p class="hint">
            {[text(record, "ref"), text(record, "org"), t("asOf", { time: clock(record.as_of) })]
              .filter(Boolean)
              .join(" · ")}{" "}
            <InConflict of={conflictsOf(record).find(({ fields }) => fields.length === 0)} />
            {record.unverified && <Unverified record={record} about={about} />}
          </p>
        </div>
        <p class="actions">
          {mayMerge() && !record.merged_into && (
            <button type="button" onClick={() => go("merge", record.id)}>
              {t("mergeWith")}
            </button>
          )}
          <button type="button" onClick={() => print()}>
            {t("print")}
          </button>
        </p>
      </header>
      <Merged record={record} />
      <div class="columns">
        <div class="column">
          <section class="card" aria-label={t("details")}>
            <header>
              <h2>{t("details")}</h2>
              <button type="button" aria-keyshortcuts="Alt+E" onClick={() => beginEditAll(record, about)}>
                {t("editAll")} <kbd>Alt E</kbd>
              </button>
            </header>
            <Facts record={record} about={about} />
          </section>
          <History of={`/customers/${record.id}`} />
        </div>
        <div class="column">
          <Children customer={record} kind="phone" title={t("phones")} />
          <Children customer={record} kind="email" title={t("emails")} />
          <Children customer={record} kind="address" title={t("addresses")} />
          {belongingsOf(record).map((kind) => (
            <Belongings key={kind} customer={record} kind={kind} />
          ))}
          {collectionOf("complaint") && <Taken customer={record} path="complaints" title={t("complaints")} />}
          <Taken customer={record} path="entries" title={t("callerEntries")} />
          <Taken customer={record} path="callbacks" title={t("callerCallbacks")} />
        </div>
      </div>
    </>
  );
}

// The record as it was loaded last: what is taken down is about this customer, whether or not the daemon answers.
export const onScreen = new Store<Shown | null>(null);

export function Customer({ id }: { id: string }) {
  const loaded = useLoaded<Shown>(`/customers/${encodeURIComponent(id)}`);
  useEffect(() => {
    if (loaded.data) onScreen.set(loaded.data);
  }, [loaded.data]);
  return <Waiting of={loaded}>{(record) => <Card record={record} />}</Waiting>;
}
