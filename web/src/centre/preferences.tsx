// Settings, and the sheet of keys.
import { useEffect, useRef } from "preact/hooks";
import { change, settings, type Settings, type Theme } from "../page/settings.ts";
import { route } from "../page/router.ts";
import { use } from "../page/store.ts";
import { t, type CentreName } from "./text.ts";

const themes: [Theme, CentreName][] = [
  ["system", "system"],
  ["light", "light"],
  ["dark", "dark"],
  ["contrast", "contrast"],
];
const languages: [Settings["language"], string][] = [
  ["en", "English"],
  ["de", "Deutsch"],
  ["pseudo", "[Þšéúđó]"],
];

export function Preferences() {
  const now = use(settings);
  const [, all] = use(route);
  return (
    <>
      <header class="view-head">
        <h1>{t("settings")}</h1>
      </header>
      <section class="card preferences" aria-label={t("settings")}>
        <fieldset>
          <legend>{t("theme")}</legend>
          {themes.map(([theme, name]) => (
            <label key={theme} class="choice">
              <input type="radio" name="theme" checked={now.theme === theme} onChange={() => change({ theme })} />{" "}
              {t(name)}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t("language")}</legend>
          {/* The pseudo-locale is for whoever translates: #/settings/languages. */}
          {languages.filter(([language]) => language !== "pseudo" || now.language === language || all).map(([language, name]) => (
            <label key={language} class="choice">
              <input
                type="radio"
                name="language"
                checked={now.language === language}
                onChange={() => change({ language })}
              />{" "}
              {name}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t("keys")}</legend>
          <label class="choice">
            <input
              type="checkbox"
              checked={now.singleKeys}
              onChange={(event) => change({ singleKeys: event.currentTarget.checked })}
            />{" "}
            {t("singleKeys")}
          </label>
        </fieldset>
        <p class="hint">{t("settingsHint")}</p>
      </section>
    </>
  );
}

const keys: [string, CentreName][] = [
  ["/", "keySearch"],
  ["↑ ↓ Enter", "keyArrows"],
  ["Alt M", "keyMessage"],
  ["Alt B", "keyCallback"],
  ["Alt O", "takeOrder"],
  ["Alt C", "takeComplaint"],
  ["Alt N", "addCustomer"],
  ["Alt W", "keyWindow"],
  ["Alt E", "keyEdit"],
  ["Alt A", "keyAttention"],
  ["Ctrl Enter", "keySave"],
  ["Esc", "keyClose"],
  ["?", "keyHelp"],
];

export function KeySheet({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={onClose}>
      <h2 id="keys-title">{t("keys")}</h2>
      <dl class="keys">
        {keys.map(([combination, name]) => (
          <div key={combination}>
            <dt>
              {combination.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">{t("close")}</button>
      </form>
    </dialog>
  );
}
