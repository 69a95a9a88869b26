// Everything that is said in German, in a file of its own.
export { de as texts } from "./messages_de.ts";
export { refusals_de as refusals } from "./refusals_de.ts";
