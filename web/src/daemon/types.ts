// The documents of the local API (docs/api.md) as far as the page reads them. Unknown members are ignored.
import type { Standing } from "./incidents.ts";

export interface Finding {
  field: string;
  code: string;
  message: string;
  weight: "refused" | "asked" | "told";
}

export type Cause = "none" | "my-network" | "site-network" | "central-service";
export interface Status {
  version: string;
  enrolled: boolean;
  mode: "online" | "degraded" | "recovering" | "contingency" | "locked-out" | "not-enrolled";
  contingency?: Standing;
  link?: {
    state: "online" | "slow" | "offline" | "locked-out";
    since: string | null;
    cause: Cause;
    takes_writes: boolean;
    held: boolean; // it is back, and came and went too often to be believed yet
  };
  systems?: { state: "normal" | "degraded"; since: string | null; cause: Cause; failing: string };
  practice?: boolean; // of the world in which this person practises
  proposal?: { about: string; people: number; since: string } | null;
  person?: { name: string; role: string } | null;
  workstation?: { name: string; scopes: string[] };
  forms?: number; // their version: other ones are asked for
  sync?: {
    connected: boolean;
    last_contact: string | null;
    bootstrap: { done: number; total: number };
    error?: { code: string; message: string };
  };
  replica?: { as_of: string | null; cn: string };
  outbox?: {
    health: "writable" | "read-only";
    advice: string;
    waiting: string;
    oldest: string | null;
    quarantined: string;
  };
  open_conflicts?: number | null; // null: not counted yet
  health?: { code: string; message: string }[];
}

export interface Element {
  tag: string;
  text: string;
}
export type Value = string | number | boolean | null | Element[];

export interface Shown {
  id: string;
  collection: string;
  scope: string;
  fields: Record<string, Value>;
  pending: string[];
  attention: ActionRef[];
  cn: string;
  as_of: string | null;
  display?: Record<string, string>; // telephone numbers as people here write them
  children?: Record<string, Shown[]>;
  do_not_call?: Wish[];
  merged_into?: Brief | null; // of a customer who turned out to be one with another
  aliases?: Brief[]; // who turned out to be this one
  conflicts?: Disputed[];
  unverified?: boolean; // a file brought this customer, and nobody has checked it since
}
// What two people changed at once, and nobody has decided; no fields of a deletion.
export interface Disputed {
  id: string;
  fields: string[];
}
export interface Brief {
  id: string;
  ref?: string;
  name?: string;
}

// What the do-not-call list says of a number or an address.
export interface Wish {
  id: string;
  channel: string;
  purpose: string;
  since: string;
}

// A step in the life of a record: who, when, where, from which value.
export interface Step {
  cn: string;
  at: string | null;
  person: string;
  name: string;
  device: string;
  device_name: string;
  collection: string;
  kind: string;
  accepted?: { hints: string[]; because: string };
  changes: { field: string; from: string | null; to: string | null }[];
}

// Who is here already and looks like the customer that is being typed.
export interface Duplicate {
  id: string;
  name: string;
  city: string;
  same: string;
  similarity: number;
}

export interface ActionRef {
  lane: number;
  number: string;
}

export interface Hit {
  id: string;
  ref: string;
  name: string;
  city: string;
  phones: string[];
  display?: string[];
  matched: "name" | "similar-name" | "phone" | "reference" | "email" | "address" | "none";
  drill: boolean;
  pending: boolean;
}

export interface FieldForm {
  name: string;
  label: string;
  type: "text" | "integer" | "boolean" | "time" | "picklist" | "phone" | "email" | "reference" | "set" | "list";
  required: boolean;
  read_only: boolean;
  position: number;
  retired?: boolean; // not asked for any more; what stands in it is shown
  max_length?: number;
  options?: string[];
  transitions?: Record<string, string[]>;
  group?: string;
  format?: "country" | "time_zone";
  zone?: string; // of a time: the field with the zone by whose clock it is typed
}
export interface CollectionForm {
  name: string;
  label: string;
  fields: FieldForm[];
}

// A form with a name of its own, and what is said to the caller first.
export interface Stop {
  name: string;
  when: Record<string, string[]>;
  text: string;
  call: string;
}
export interface Template {
  name: string;
  label: string;
  collection: "manual_entry" | "callback_request";
  fields: string[];
  required: string[];
  sets: Record<string, string>;
  stops: Stop[];
}

// What bears the reference that was typed into the search.
export interface Referenced {
  id: string;
  collection: string;
  label: string;
  reference: string;
  name?: string;
  customer?: string;
  kind?: string;
  reason?: string;
  drill: boolean;
  pending: boolean;
}

export interface Guide {
  name: string;
  title: string;
  text: string;
  forms: string[];
  kinds: string[];
}

export interface Saved {
  action: ActionRef;
  created: string[];
  references: string[];
  repeated: boolean;
  notes: Finding[];
}

export interface OutboxItem extends ActionRef {
  incident?: string; // in force when it was saved
  practice: boolean; // and counts nowhere
  event_time: string;
  what: string; // in English; the three that follow are its parts
  act: string;
  of: string;
  about: string[];
  reference: string;
  person: string;
  collection: string;
  kind: "create" | "edit" | "delete";
  record: string;
  state: "saved" | "held" | "conflict" | "needs-attention" | "decided" | "replaced" | "given-up" | "waiting";
  code: string;
  text: string;
  conflicts: string[];
  undecided: string[]; // of those
  accepted?: { hints: string[]; because: string };
}
export interface Op {
  kind: string;
  collection: string;
  record: string;
  changes: Record<string, { value: Value }>;
}
