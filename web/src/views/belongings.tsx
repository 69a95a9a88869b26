// What belongs to a customer beside numbers and addresses.
import { collectionOf } from "../daemon/schema.ts";
import type { Shown } from "../daemon/types.ts";
import { term } from "../page/i18n.ts";
import { isGiven, Pending, rowsOf, shownValue } from "./record.tsx";

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

const own_cards = ["phone", "email", "address"];
export const belongingsOf = (customer: Shown): string[] =>
  Object.entries(customer.children ?? {}).flatMap(([kind, records]) =>
    own_cards.includes(kind) || records.length === 0 ? [] : [kind],
  );
