// The console of a workstation: begins to ask for the status, and shows what it says.
import { render } from "preact";
import { App } from "./views/app.tsx";
import "./daemon/keep_drafts.ts";
import { look } from "./daemon/status.ts";

const root = document.getElementById("app");
if (root) render(<App />, root);
void look();
