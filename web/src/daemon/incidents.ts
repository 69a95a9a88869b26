// The documents of the local API about outages, as far as the page reads them.

export interface Standing {
  service: "normal" | "degraded" | "contingency" | "recovery";
  since: string | null;
  cause: string;
  incident: IncidentHead | null; // that says so
}
export interface IncidentHead {
  id: string;
  short: string;
  title: string;
  reason: string;
  phase: "active" | "recovering" | "closed" | "cancelled";
  drill: boolean;
  confirmed: boolean;
  scopes: string[];
  begins: string;
  ended: string | null;
  expected: string | null;
}
export interface Signature {
  person: string;
  role: string;
  reason: string;
  at: string;
}
export interface Code {
  code: string;
  spoken: string;
  until: string;
}
export interface Incident extends IncidentHead {
  steps: (Signature & { step: string; overridden: boolean; idle: boolean })[];
  estimates: (Signature & { expected: string })[];
  exceptions: (Signature & { point: string })[];
  checklist: { point: string; text: string; left: number | null; done: boolean; excepted: Signature | null }[];
  code: Code | null;
}
export interface Contingency extends Standing {
  gate: { looks_well: boolean; open: boolean; opens_in_s: number };
  undecided: { incident: string; other: string }[];
  codes: boolean;
  incidents: Incident[];
}
