// The console of a workstation: listens to what the daemon says, and shows it.
import { render } from "preact";
import { App } from "./views/app.tsx";
import "./daemon/keep_drafts.ts";
import { listen } from "./daemon/live.ts";
import { speak } from "./page/i18n.ts";

const root = document.getElementById("app");
const begin = (): void => {
  if (root) render(<App />, root);
  listen();
};
// A browser does not ask twice for a file that it did not get.
speak().then(begin, () => setTimeout(() => location.reload(), 1_000));
