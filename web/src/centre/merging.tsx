// Two customers who turned out to be one: found, put side by side with what becomes of what, and parted again when it was
// a mistake. Nothing moves: the one that goes stays as an alias of the other (docs/decisions/0018).
import { useEffect, useState } from "preact/hooks";
import { ask } from "../daemon/api.ts";
import { newFields } from "../daemon/schema.ts";
import type { Brief, Duplicate, FieldForm, Shown } from "../daemon/types.ts";
import { term } from "../page/i18n.ts";
import { go, route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { sameAs } from "../views/duplicates.tsx";
import { useLoaded, Waiting } from "../views/load.tsx";
import { briefly } from "../views/merged.tsx";
import { Reasoned } from "../views/reasoned.tsx";
import { isGiven, nameOf, rowsOf, shownValue, text, written } from "../views/record.tsx";
import { useHits } from "../views/search.tsx";
import { t } from "./text.ts";

// Who is here and looks like this customer.
function useSimilar(record: Shown): Duplicate[] {
  const [found, setFound] = useState<Duplicate[]>([]);
  useEffect(() => {
    const given = newFields("customer").filter((field) => field.name !== "ref" && isGiven(record, field));
    const of = (kind: string, name: string) => record.children?.[kind]?.map((one) => ({ [name]: text(one, name) })) ?? [];
    const asked = {
      fields: Object.fromEntries(given.map(({ name }) => [name, record.fields[name]])),
      phones: of("phone", "e164"),
      emails: of("email", "addr"),
    };
    ask<{ duplicates: Duplicate[] }>("POST", "/customers/check", asked).then(
      ({ duplicates }) => setFound(duplicates.filter((one) => one.id !== record.id)),
      () => setFound([]), // then one is searched for
    );
  }, [record.id]);
  return found;
}

function Candidate({ own, other, what }: { own: string; other: Brief; what: string }) {
  return (
    <li>
      <a href={`#/merge/${own}/${other.id}`}>{briefly(other)}</a> <span class="quiet">{what}</span>
    </li>
  );
}

function Pick({ record }: { record: Shown }) {
  const [typed, setTyped] = useState("");
  const similar = useSimilar(record);
  const { items } = useHits(typed);
  const others = items.filter((hit) => hit.id !== record.id);
  return (
    <section class="card" aria-label={t("mergeWith")}>
      <p class="hint">{t("mergePickHint")}</p>
      <ul class="rows">
        {similar.map((one) => (
          <Candidate key={one.id} own={record.id} other={one} what={[one.city, sameAs(one)].filter(Boolean).join(" · ")} />
        ))}
      </ul>
      <div class="inline">
        <label for="merge-search">{t("search")}</label>
        <input
          id="merge-search"
          autocomplete="off"
          placeholder={t("searchHint")}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <ul class="rows" aria-live="polite">
        {others.map((hit) => (
          <Candidate
            key={hit.id}
            own={record.id}
            other={hit}
            what={[hit.city, (hit.display ?? hit.phones)[0]].filter(Boolean).join(" · ")}
          />
        ))}
      </ul>
    </section>
  );
}

const unitOf = (field: FieldForm): string => field.group ?? field.name;

// What stands afterwards: the value of the one that stays, where it has any of those that belong together.
function afterwards(stays: Shown, goes: Shown, fields: FieldForm[], field: FieldForm): "stays" | "goes" {
  const has = fields.some((one) => unitOf(one) === unitOf(field) && isGiven(stays, one));
  return has || !isGiven(goes, field) ? "stays" : "goes";
}

const lines: [string, string, string][] = [
  ["phone", "e164", "phones"],
  ["email", "addr", "emails"],
];
const linesOf = (record: Shown, kind: string, name: string): string =>
  record.children?.[kind]?.map((one) => written(one, name)).join(", ") || "–";

function Sides({ stays, goes }: { stays: Shown; goes: Shown }) {
  const fields = [...new Map([...rowsOf(stays), ...rowsOf(goes)].map((field) => [field.name, field])).values()];
  const given = fields.filter((field) => isGiven(stays, field) || isGiven(goes, field));
  const value = (record: Shown, field: FieldForm): string =>
    isGiven(record, field) ? shownValue(field, record.fields[field.name] ?? null) : "–";
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("mergeTitle")}>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">
              {nameOf(stays)} <span class="chip">{t("mergeStays")}</span>
            </th>
            <th scope="col">
              {nameOf(goes)} <span class="chip warn">{t("mergeGoes")}</span>
            </th>
            <th scope="col">{t("mergeAfter")}</th>
          </tr>
        </thead>
        <tbody>
          {given.map((field) => {
            const [own, other] = [value(stays, field), value(goes, field)];
            const taken = afterwards(stays, goes, fields, field) === "goes";
            const after = taken ? other : own;
            return (
              <tr key={field.name} class={own !== other && own !== "–" && other !== "–" ? "differs" : ""}>
                <th scope="row">{term(field.label)}</th>
                <td class="clash" data-label={t("mergeStays")}>{own}</td>
                <td class="clash" data-label={t("mergeGoes")}>{other}</td>
                <td data-label={t("mergeAfter")}>
                  <strong>{after}</strong> {other !== "–" && other !== after && <span class="quiet">{t("mergeKept")}</span>}
                </td>
              </tr>
            );
          })}
          {lines.map(([kind, name, title]) => (
            <tr key={kind}>
              <th scope="row">{t(title as "phones" | "emails")}</th>
              <td data-label={t("mergeStays")}>{linesOf(stays, kind, name)}</td>
              <td data-label={t("mergeGoes")}>{linesOf(goes, kind, name)}</td>
              <td data-label={t("mergeAfter")}>{t("mergeAll")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Pair({ stays, goes }: { stays: Shown; goes: Shown }) {
  return (
    <section class="card" aria-label={t("merge")}>
      <p>{t("mergeWhat", { goes: nameOf(goes), stays: nameOf(stays) })}</p>
      <Sides stays={stays} goes={goes} />
      <p>
        <a href={`#/merge/${goes.id}/${stays.id}`}>{t("mergeSwap", { name: nameOf(goes) })}</a>
      </p>
      <Reasoned
        id="merge-reason"
        primary
        choices={[{ label: t("merge"), path: `/customers/${goes.id}/merge`, body: { into: stays.id } }]}
        onDone={() => go("customer", stays.id)}
        onCancel={() => go("customer", stays.id)}
      />
    </section>
  );
}

function WithOther({ record, other }: { record: Shown; other: string }) {
  const loaded = useLoaded<Shown>(`/customers/${encodeURIComponent(other)}`);
  return <Waiting of={loaded}>{(goes) => <Pair stays={record} goes={goes} />}</Waiting>;
}

function One({ id, other }: { id: string; other: string | undefined }) {
  const loaded = useLoaded<Shown>(`/customers/${encodeURIComponent(id)}`);
  return (
    <Waiting of={loaded}>
      {(record) => (
        <>
          <header class="view-head">
            <h1>{t("mergeTitle")}</h1>
            <a href={`#/customer/${record.id}`}>{nameOf(record)}</a>
          </header>
          {other ? <WithOther record={record} other={other} /> : <Pick record={record} />}
        </>
      )}
    </Waiting>
  );
}

// #/merge/ID: with whom; #/merge/ID/OTHER: side by side, ID being the one that stays.
export function Merging() {
  const [, id = "", other] = use(route);
  return <One key={id} id={id} other={other} />;
}
