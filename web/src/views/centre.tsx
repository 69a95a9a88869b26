// The views that are fetched when somebody opens one, or soon after a supervisor has signed in: of supervisors and IT, and
// what an agent seldom asks for.
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../page/i18n.ts";
import { Store, use } from "../page/store.ts";

const parts = { centre: () => import("../centre/centre.tsx"), wall: () => import("../wall/wall.tsx") };
type Part = keyof typeof parts;
// What they are told is theirs to know.
type Views = Record<string, ComponentType<any>>;
type Fetched = Views | "asked" | "failed" | null;
const fetched: Record<Part, Store<Fetched>> = { centre: new Store<Fetched>(null), wall: new Store<Fetched>(null) };

export function fetchCentre(part: Part = "centre"): void {
  const store = fetched[part];
  if (store.get()) return;
  store.set("asked");
  parts[part]().then(
    ({ views }) => store.set(views),
    () => store.set("failed"),
  );
}

// Without the daemon a page that is loaded anew is none, and what was typed since would be gone.
const reloadIfThere = (): void =>
  void fetch("/", { cache: "no-store" }).then(
    () => location.reload(),
    () => {},
  );

export function Centre({ place, ...told }: { place: string; [name: string]: unknown }) {
  const part = place === "overview" ? "wall" : "centre";
  const views = use(fetched[part]);
  useEffect(() => fetchCentre(part), [part]);
  if (views === null || views === "asked") return <p class="hint">{t("loading")}…</p>;
  // A browser does not ask twice for a file that it did not get.
  if (views === "failed")
    return (
      <p class="error" role="alert">
        {t("silent")}{" "}
        <button type="button" onClick={reloadIfThere}>
          {t("again")}
        </button>
      </p>
    );
  const View = views[place];
  return View ? <View {...told} /> : null;
}
