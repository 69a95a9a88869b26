// The texts of the whole page and of this part of it.
import { tellerWith } from "../page/i18n.ts";
import { centre_de } from "./messages_de.ts";
import { centre_en } from "./messages_en.ts";

export const t = tellerWith(centre_en, centre_de);
export type CentreName = Parameters<typeof t>[0];
