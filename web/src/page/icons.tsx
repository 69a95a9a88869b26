// Signs of the page. Each mode has a shape of its own beside its colour and word.
import type { Mode } from "../daemon/status.ts";

const shapes: Record<Mode, string> = {
  online: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm3.2 4.4L7 9.6 4.9 7.5l-1 1L7 11.6l5.2-5.2Z",
  contingency: "M8 1l7.5 14H.5Zm-.8 5v4.5h1.6V6Zm0 6v1.6h1.6V12Z",
  degraded: "M8 1l7.5 14H.5ZM8 4.4L3.1 13.4h9.8Zm-.8 2.4v3.4h1.6V6.8Zm0 4.2v1.5h1.6V11Z",
  "locked-out": "M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7Zm1.7 0h4.6V5a2.3 2.3 0 0 0-4.6 0Z",
  recovering: "M8 .5L15.5 8 8 15.5.5 8Zm-.8 3.4v4.6L5.4 6.8 4.3 7.9 8 11.6l3.7-3.7-1.1-1.1-1.8 1.7V3.9Z",
  "not-enrolled": "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 1.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 2.6Z",
  starting: "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Zm0 1.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 8 2.6Z",
  silent:
    "M5 1h6l4 4v6l-4 4H5l-4-4V5Zm.8 3.7L4.7 5.8 6.9 8l-2.2 2.2 1.1 1.1L8 9.1l2.2 2.2 1.1-1.1L9.1 8l2.2-2.2-1.1-1.1L8 6.9Z",
  "read-only": "M2 2h12v12H2Zm2.5 5.2v1.6h7V7.2Z",
};

export function ModeIcon({ mode }: { mode: Mode }) {
  return (
    <svg class="mode-icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[mode]} fill-rule="evenodd" />
    </svg>
  );
}

const colours: Record<Mode, string> = {
  online: "#1a7f45",
  contingency: "#b26200",
  recovering: "#1f66c1",
  degraded: "#b26200",
  "locked-out": "#b3261e",
  "not-enrolled": "#5a6675",
  starting: "#5a6675",
  silent: "#b3261e",
  "read-only": "#b3261e",
};

// The icon of the tab.
export function tabIcon(mode: Mode): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="${colours[mode]}" fill-rule="evenodd" d="${shapes[mode]}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
