// Signing in, and changing the person at a page without losing what the one before has typed.
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../daemon/api.ts";
import { beginChange, lastName, session, signIn } from "../daemon/session.ts";
import { seen } from "../daemon/status.ts";
import { t } from "../page/i18n.ts";
import { use } from "../page/store.ts";

function problemOf(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.silent) return t("silent");
  return error.retryAfter > 0 ? `${error.message} ${t("tryAgainIn", { n: error.retryAfter })}` : error.message;
}

export function SignIn() {
  const { person, changing, over } = use(session);
  const { status } = use(seen);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  // Whose sign-in has ended by itself is most likely the one who comes back.
  const own = over ? lastName() : "";
  useEffect(() => (own ? password : name).current?.focus(), []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !name.current || !password.current) return;
    setBusy(true);
    setProblem("");
    try {
      await signIn(name.current.value.trim(), password.current.value);
    } catch (error) {
      setProblem(problemOf(error));
      password.current.value = "";
      password.current.focus();
    }
    setBusy(false);
  };

  return (
    <main id="content" class="sign-in" tabIndex={-1}>
      <form onSubmit={(event) => void submit(event)} novalidate>
        <p class="brand">
          Holdline <span class="quiet">{status?.workstation?.name}</span>
        </p>
        <h1>{t(changing ? "changePerson" : "signIn")}</h1>
        {changing && person && <p class="hint">{t("changePersonHint", { name: person.name })}</p>}
        {over && <p class="note">{t("signedOutHint")}</p>}
        {problem && (
          <p class="error" role="alert">
            {problem}
          </p>
        )}
        <label for="sign-in-name">{t("name")}</label>
        <input
          id="sign-in-name"
          ref={name}
          name="username"
          defaultValue={own}
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <label for="sign-in-password">{t("password")}</label>
        <input
          id="sign-in-password"
          ref={password}
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <div class="actions">
          <button class="primary" type="submit" aria-disabled={busy}>
            {t(busy ? "signingIn" : "signIn")}
          </button>
          {changing && (
            <button type="button" onClick={() => beginChange(false)}>
              {t("cancel")}
            </button>
          )}
        </div>
        <p class="hint">{t("signInWorksOffline")}</p>
      </form>
    </main>
  );
}
