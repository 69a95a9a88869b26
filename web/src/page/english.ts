// Everything that is said in English, in a file of its own: a page loads the one language it speaks. What the
// daemon says is English already.
export { en as texts } from "./messages_en.ts";
export const refusals: Record<string, string> = {};
