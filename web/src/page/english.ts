// Everything that is said in English, in a file of its own: a page loads the one language it speaks. What the schema and
// the daemon say is English already.
export { en as texts } from "./messages_en.ts";
export const terms: Record<string, string> = {};
export const refusals: Record<string, string> = {};
