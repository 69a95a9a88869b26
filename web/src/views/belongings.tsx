// What belongs to a customer beside numbers and addresses, and who turned out to be one with them.
import { collectionOf } from "../daemon/schema.ts";
import type { Brief, Shown } from "../daemon/types.ts";
import { clock, t, term } from "../page/i18n.ts";
import { useLoaded } from "./load.tsx";
import { isGiven, Pending, rowsOf, shownValue, text } from "./record.tsx";

// What else belongs to the customer, whatever the schema has: to be read.
export function Belongings({ customer, kind }: { customer: Shown; kind: string }) {
  const title = term(collectionOf(kind)?.label ?? kind);
  return (
    <section class="card" aria-label={title}>
      <h2>{title}</h2>
      <ul class="rows">
        {customer.children?.[kind]?.map((record) => {
          const [first, ...rest] = rowsOf(record).filter((field) => isGiven(record, field));
          return (
            <li key={record.id}>
              {first && <strong>{shownValue(first, record.fields[first.name] ?? null)}</strong>}
              {record.pending.length > 0 && <Pending />}
              <p class="hint">
                {rest
                  .map((field) => `${term(field.label)}: ${shownValue(field, record.fields[field.name] ?? null)}`)
                  .join(" · ")}
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

// What they have complained about, as far as it is among the latest.
export function ComplaintsOf({ customer }: { customer: Shown }) {
  const loaded = useLoaded<{ items: Shown[] }>("/records/complaint?limit=200");
  const own = loaded.data?.items.filter((one) => text(one, "customer") === customer.id) ?? [];
  if (own.length === 0) return null;
  return (
    <section class="card" aria-label={t("complaints")}>
      <header>
        <h2>{t("complaints")}</h2>
        <a href="#/complaints">{t("complaints")}</a>
      </header>
      <ul class="rows">
        {own.map((one) => (
          <li key={one.id}>
            <span class="quiet">
              {[clock(text(one, "received_at")), text(one, "reference")].filter(Boolean).join(" · ")}{" "}
            </span>
            <strong>{term(text(one, "state") || "open")}</strong> {text(one, "what_happened")}
            {one.pending.length > 0 && <Pending />}
          </li>
        ))}
      </ul>
    </section>
  );
}

const own_cards = ["phone", "email", "address"];
export const belongingsOf = (customer: Shown): string[] =>
  Object.entries(customer.children ?? {}).flatMap(([kind, records]) =>
    own_cards.includes(kind) || records.length === 0 ? [] : [kind],
  );

const briefly = (other: Brief): string => [other.name, other.ref].filter(Boolean).join(", ") || other.id;

// Two customers who turned out to be one.
export function Merged({ record }: { record: Shown }) {
  const { merged_into: into, aliases = [] } = record;
  return (
    <>
      {into && (
        <p class="note">
          {t("mergedInto")} <a href={`#/customer/${into.id}`}>{briefly(into)}</a>
        </p>
      )}
      {aliases.length > 0 && (
        <p class="hint">
          {t("aliases")}{" "}
          {aliases.map((alias, i) => (
            <>
              {i > 0 && " · "}
              <a href={`#/customer/${alias.id}`}>{briefly(alias)}</a>
            </>
          ))}
        </p>
      )}
    </>
  );
}
