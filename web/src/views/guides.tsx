// What to do and say in a case, beside the form it is for. It is on this PC.
import type { Draft } from "../daemon/drafts.ts";
import { guides } from "../daemon/schema.ts";
import type { Guide } from "../daemon/types.ts";
import { t } from "../page/i18n.ts";
import { use } from "../page/store.ts";

// Lines that begin with "- " are the steps of a list.
function Text({ text }: { text: string }) {
  const parts: (string | string[])[] = [];
  for (const line of text.split("\n")) {
    const last = parts.at(-1);
    if (!line.startsWith("- ")) parts.push(line);
    else if (Array.isArray(last)) last.push(line.slice(2));
    else parts.push([line.slice(2)]);
  }
  return (
    <>
      {parts.map((part, i) =>
        typeof part === "string" ? (
          <p key={i}>{part}</p>
        ) : (
          <ol key={i}>
            {part.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        ),
      )}
    </>
  );
}

export function One({ guide, open = false }: { guide: Guide; open?: boolean }) {
  return (
    <details class="guide" open={open}>
      <summary>{guide.title}</summary>
      <Text text={guide.text} />
    </details>
  );
}

// Those of the form and of the kind that is taken down; those for a kind come first.
export function GuidesFor({ draft }: { draft: Draft }) {
  const kind = draft.values.kind ?? "";
  const fitting = use(guides).filter(
    ({ forms, kinds }) => forms.includes(draft.purpose.collection) && (kinds.length === 0 || !kind || kinds.includes(kind)),
  );
  if (draft.purpose.do !== "add" || fitting.length === 0) return null;
  const sorted = [...fitting].sort((a, b) => b.kinds.length - a.kinds.length);
  return (
    <section class="guides" aria-label={t("guides")}>
      {sorted.map((guide) => (
        <One key={guide.name} guide={guide} />
      ))}
    </section>
  );
}
