// Sends what a person decides. However often it is pressed while no answer comes it is made once: the same decision goes
// under the same key until it is answered, and is another one after that.
import { useState } from "preact/hooks";
import { ApiError, ask, newKey } from "../daemon/api.ts";
import { tell, warn } from "../daemon/save.ts";
import type { Saved } from "../daemon/types.ts";
import { t } from "../page/i18n.ts";

// What to say of a request that was not taken; an error of the page's own is thrown on. That somebody else was first is
// said as a notice as well.
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 409) warn(error.message);
  return error.silent ? t("silent") : error.message;
}

// What was saved, which is told as well; null where it was not: `problem` says why.
export type Send = (path: string, body: object) => Promise<Saved | null>;

export function useSending(): [problem: string, send: Send, say: (problem: string) => void] {
  const [problem, say] = useState("");
  const [keys] = useState<Record<string, string>>({});
  const send: Send = async (path, body) => {
    const decision = path + JSON.stringify(body);
    keys[decision] ??= newKey();
    try {
      const saved = await ask<Saved>("POST", path, body, { key: keys[decision] });
      delete keys[decision];
      say("");
      tell(saved);
      return saved;
    } catch (error) {
      say(wordsOf(error));
      if (error instanceof ApiError && !error.silent) delete keys[decision];
      return null;
    }
  };
  return [problem, send, say];
}

export const Problem = ({ text }: { text: string }) =>
  text ? (
    <p class="error" role="alert">
      {text}
    </p>
  ) : null;
