// Where in the page one is: "#/customer/ID" and the like, so that back, reload and bookmarks work.
import { Store } from "./store.ts";

const path = (): string[] => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean);

export const route = new Store<string[]>(path());
addEventListener("hashchange", () => route.set(path()));

export function go(...parts: string[]): void {
  location.hash = `#/${parts.join("/")}`;
}

// ?number=… of a softphone, once: it is taken out of the address, so that it does not stay in the browser's history.
export function takeNumber(): string {
  const number = new URLSearchParams(location.search).get("number") ?? "";
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  return number;
}
