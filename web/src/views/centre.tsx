// The views that are fetched when somebody opens one, or soon after a supervisor has signed in: of supervisors and IT, and
// what an agent seldom asks for.
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../page/i18n.ts";
import { Store, use } from "../page/store.ts";

// What they are told is theirs to know.
type Views = Record<string, ComponentType<any>>;
const fetched = new Store<Views | "asked" | "failed" | null>(null);

export function fetchCentre(): void {
  if (fetched.get()) return;
  fetched.set("asked");
  import("../centre/centre.tsx").then(
    ({ views }) => fetched.set(views),
    () => fetched.set("failed"),
  );
}

// Without the daemon a page that is loaded anew is none, and what was typed since would be gone.
const reloadIfThere = (): void =>
  void fetch("/", { cache: "no-store" }).then(
    () => location.reload(),
    () => {},
  );

export function Centre({ place, ...told }: { place: string; [name: string]: unknown }) {
  const views = use(fetched);
  useEffect(fetchCentre, []);
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
