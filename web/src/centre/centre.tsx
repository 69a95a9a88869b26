// The views of supervisors and IT, in a file of their own: nobody else waits for them.
import type { ComponentType } from "preact";
import { Outages } from "./outages.tsx";
import { Overview } from "./overview.tsx";
import { Paper } from "./paper.tsx";
import { Runbook } from "./runbook.tsx";
import { Workstations } from "./workstations.tsx";

// By the first part of their place.
export const views: Record<string, ComponentType> = {
  outages: Outages,
  overview: Overview,
  paper: Paper,
  runbook: Runbook,
  workstations: Workstations,
};
