// What waited at each workstation while the wallboard was open. Nobody else keeps it: workstations tell what waits now.
// It survives that the page is loaded anew, and ends with the tab.
export interface Desk {
  name: string;
  waiting: number;
}
export interface Sample {
  at: number;
  waiting: Record<string, number>; // of those where something waits
}

const place = "holdline.waited";
const every_ms = 60_000;
const most = 720; // twelve hours

function kept(): Sample[] {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "[]");
  } catch {
    return [];
  }
}
const taken = kept();

// One a minute; the latest is always of now.
export function take(desks: Desk[]): void {
  const waiting = Object.fromEntries(desks.filter((desk) => desk.waiting > 0).map((desk) => [desk.name, desk.waiting]));
  const [before, last] = taken.slice(-2);
  if (before && last && last.at - before.at < every_ms) taken.pop();
  taken.push({ at: Date.now(), waiting });
  taken.splice(0, taken.length - most);
  try {
    sessionStorage.setItem(place, JSON.stringify(taken));
  } catch {
    // then it ends with the page
  }
}

export const samples = (since: number): Sample[] => taken.filter(({ at }) => at >= since);
