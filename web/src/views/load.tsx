// What a view shows, asked of the daemon when it opens and again with everything that is saved.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get } from "../daemon/api.ts";
import { savedCount } from "../daemon/save.ts";
import { seen } from "../daemon/status.ts";
import { t } from "../page/i18n.ts";
import { use } from "../page/store.ts";

export interface Loaded<T> {
  data: T | null;
  problem: ApiError | null;
  again: () => void;
}

// The latest answer stays on the screen while another is asked for, and when there is none.
export function useLoaded<T>(path: string): Loaded<T> {
  const [answer, setAnswer] = useState<{ path: string; data: T | null; problem: ApiError | null }>({
    path,
    data: null,
    problem: null,
  });
  const [tries, setTries] = useState(0);
  const count = use(savedCount);
  const { mode, status } = use(seen);
  const changed = `${status?.outbox?.waiting} ${status?.outbox?.quarantined} ${status?.replica?.cn} ${mode === "silent"}`;
  const asked = useRef("");
  useEffect(() => {
    const ended = new AbortController();
    // Looking again because something came from elsewhere is nobody's request.
    const wanted = `${path} ${count} ${tries}`;
    const watches = asked.current === wanted;
    asked.current = wanted;
    get<T>(path, { signal: ended.signal, watches }).then(
      (data) => setAnswer({ path, data, problem: null }),
      (error) => {
        if (ended.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setAnswer((before) => ({ path, data: before.path === path ? before.data : null, problem: error }));
      },
    );
    return () => ended.abort();
  }, [path, count, tries, changed]);
  const again = (): void => setTries(tries + 1);
  return answer.path === path ? { ...answer, again } : { data: null, problem: null, again };
}

export function Waiting<T>({ of, children }: { of: Loaded<T>; children: (data: T) => ComponentChildren }) {
  if (of.data) return <>{children(of.data)}</>;
  if (!of.problem) return <p class="hint">{t("loading")}…</p>;
  return (
    <p class="error" role="alert">
      {of.problem.silent
        ? t("silent")
        : of.problem.status === 404
          ? t("gone")
          : t("unknownError", { why: of.problem.message })}{" "}
      <button type="button" onClick={of.again}>
        {t("again")}
      </button>
    </p>
  );
}
