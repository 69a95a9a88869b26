// All guides in one place: what to do and say in a case.
import { useState } from "preact/hooks";
import { guides } from "../daemon/schema.ts";
import type { Guide } from "../daemon/types.ts";
import { use } from "../page/store.ts";
import { One } from "../views/guides.tsx";
import { t } from "./text.ts";

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// Every word stands somewhere in it.
const speaksOf = (guide: Guide, words: string[]): boolean => {
  const text = folded(`${guide.title} ${guide.text}`);
  return words.every((word) => text.includes(word));
};

// So many are read at a glance; of more, the titles.
const few = 4;

export function Guides() {
  const [typed, setTyped] = useState("");
  const words = folded(typed).split(/\s+/).filter(Boolean);
  const all = use(guides);
  const found = all.filter((guide) => speaksOf(guide, words));
  return (
    <>
      <header class="view-head">
        <h1>{t("guides")}</h1>
        <p class="hint">{t("guidesHint")}</p>
      </header>
      <section class="card" aria-label={t("guides")}>
        <div class="inline">
          <label for="guide-search">{t("guideSearch")}</label>
          <input
            id="guide-search"
            autocomplete="off"
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </div>
        {found.map((guide) => (
          <One key={`${guide.name} ${found.length <= few}`} guide={guide} open={found.length <= few} />
        ))}
        <p class="quiet" role="status">
          {all.length === 0 ? t("noGuides") : words.length === 0 ? "" : t("hitsCount", { n: found.length })}
        </p>
      </section>
    </>
  );
}
