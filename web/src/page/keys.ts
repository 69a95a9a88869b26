// The keys of the page. Those without Alt or Ctrl count only outside of inputs, and can be turned off.
import { useEffect } from "preact/hooks";
import { settings } from "./settings.ts";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select"));

// "alt+m", "ctrl+enter", "escape", "/".
function nameOf(event: KeyboardEvent): string {
  const prefix = `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}`;
  // With Alt some keyboards make another letter of it.
  const key = event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : event.key;
  return prefix + key.toLowerCase();
}

export function useKeys(actions: Record<string, () => void>): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const name = nameOf(event);
      const action = actions[name];
      if (!action || event.defaultPrevented || event.isComposing) return;
      if (name.length === 1 && (isTyping(event.target) || !settings.get().singleKeys)) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });
}

// `atEnd`: behind what stands there.
export function focusOn(id: string, atEnd = false): void {
  requestAnimationFrame(() => {
    const found = document.getElementById(id);
    found?.focus();
    if (atEnd && (found instanceof HTMLTextAreaElement || (found instanceof HTMLInputElement && found.type === "text")))
      found.setSelectionRange(found.value.length, found.value.length);
  });
}
