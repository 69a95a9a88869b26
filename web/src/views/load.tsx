// What a view shows, asked of the daemon when it opens and again with everything that is saved.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, get } from "../daemon/api.ts";
import { missed } from "../daemon/live.ts";
import { savedCount } from "../daemon/save.ts";
import { seen } from "../daemon/status.ts";
import { t } from "../page/i18n.ts";
import { ticks, use } from "../page/store.ts";

const watch_pause_ms = 1_500;
const refresh_ms = 20_000; // workstations tell of themselves about once a minute

export interface Loaded<T> {
  data: T | null;
  problem: ApiError | null;
  again: () => void;
}

// The latest answer stays on the screen while another is asked for, and when there is none. It is asked for again when
// `also` is another, too.
export function useLoaded<T>(path: string, also = ""): Loaded<T> {
  const [answer, setAnswer] = useState<{ path: string; data: T | null; problem: ApiError | null }>({
    path,
    data: null,
    problem: null,
  });
  const [tries, setTries] = useState(0);
  const count = use(savedCount);
  const { mode, status } = use(seen);
  const changed = `${status?.outbox?.waiting} ${status?.outbox?.quarantined} ${status?.replica?.cn} ${mode === "silent"} ${use(missed)} ${also}`;
  const askedAt = useRef(0);
  const running = useRef<AbortController>();
  const load = async (watches: boolean): Promise<void> => {
    running.current?.abort();
    const { signal } = (running.current = new AbortController());
    askedAt.current = ticks();
    try {
      const data = await get<T>(path, { signal, watches });
      setAnswer({ path, data, problem: null });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      setAnswer((before) => ({ path, data: before.path === path ? before.data : null, problem: error }));
    }
  };
  // What somebody did or asked for is there at once: nothing that happens elsewhere breaks off this question.
  useEffect(() => void load(false), [path, count, tries]);
  // Looking again because something came from elsewhere is nobody's request. In a busy centre something comes all the time.
  const known = useRef(changed);
  useEffect(() => {
    if (known.current === changed) return;
    known.current = changed;
    const timer = setTimeout(() => void load(true), askedAt.current + watch_pause_ms - ticks());
    return () => clearTimeout(timer);
  }, [path, changed]);
  useEffect(() => () => running.current?.abort(), []);
  const again = (): void => setTries(tries + 1);
  return answer.path === path ? { ...answer, again } : { data: null, problem: null, again };
}

// For what changes elsewhere without a word to this workstation: asked for again and again, and when contact comes or goes.
export function useRefreshed<T>(path: string): Loaded<T> {
  const { mode } = use(seen);
  const [beats, setBeats] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setBeats(beats + 1), refresh_ms);
    return () => clearTimeout(timer);
  }, [beats]);
  return useLoaded<T>(path, `${mode} ${beats}`);
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
