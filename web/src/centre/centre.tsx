// The views of supervisors and IT, complaints, what follows an outage, and what is seldom asked for, in a file of their
// own: nobody who takes a message waits for them.
import type { ComponentType } from "preact";
import { laterRefusals } from "../page/i18n.ts";
import { Calling } from "./calling.tsx";
import { Checks } from "./checks.tsx";
import { Complaints } from "./complaints.tsx";
import { Conflicts } from "./conflicts.tsx";
import { Guides } from "./guides.tsx";
import { Steps } from "./history.tsx";
import { Merging } from "./merging.tsx";
import { Outages } from "./outages.tsx";
import { Paper } from "./paper.tsx";
import { KeySheet, Preferences } from "./preferences.tsx";
import { RecordView } from "./record_view.tsx";
import { centre_refusals_de } from "./words/refusals_de.ts";
import { Runbook } from "./runbook.tsx";
import { PostingView } from "./posting.tsx";
import { ReleaseView } from "./release.tsx";
import { Taken } from "./taken.tsx";
import { keepListed, Workstations } from "./workstations.tsx";

// By the first part of their place.
export const views: Record<string, ComponentType<any>> = {
  calling: Calling,
  checks: Checks,
  complaints: Complaints,
  conflicts: Conflicts,
  guides: Guides,
  keys: KeySheet,
  merge: Merging,
  outages: Outages,
  taken: Taken,
  paper: Paper,
  runbook: Runbook,
  posting: PostingView,
  record: RecordView,
  release: ReleaseView,
  settings: Preferences,
  steps: Steps,
  workstations: Workstations,
};

Object.assign(laterRefusals, centre_refusals_de);
keepListed();
