// What a person likes, kept by the browser. Nothing about customers is ever kept there.
import { Store } from "./store.ts";

export type Theme = "system" | "light" | "dark" | "contrast";
export interface Settings {
  theme: Theme;
  language: "en" | "de" | "pseudo";
  singleKeys: boolean; // "/", "?" and the like; Alt and Ctrl combinations always work
}

const place = "holdline.settings";

function kept(): Settings {
  const preset: Settings = {
    theme: "system",
    language: navigator.language.startsWith("de") ? "de" : "en",
    singleKeys: true,
  };
  try {
    return { ...preset, ...JSON.parse(localStorage.getItem(place) ?? "{}") };
  } catch {
    return preset; // a browser may refuse to keep anything
  }
}

export const settings = new Store<Settings>(kept());

export function change(some: Partial<Settings>): void {
  settings.set({ ...settings.get(), ...some });
  try {
    localStorage.setItem(place, JSON.stringify(settings.get()));
  } catch {
    // then it holds until the page is closed
  }
}

function show(): void {
  const { theme, language } = settings.get();
  document.documentElement.dataset.theme = theme;
  document.documentElement.lang = language === "pseudo" ? "en" : language;
}
show();
settings.follow(show);
