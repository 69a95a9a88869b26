// The console of a workstation: listens to what the daemon says, and shows it.
import { render } from "preact";
import { App } from "./views/app.tsx";
import "./daemon/keep_drafts.ts";
import { listen } from "./daemon/live.ts";

const root = document.getElementById("app");
if (root) render(<App />, root);
listen();
