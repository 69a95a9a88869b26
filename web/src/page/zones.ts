// Times by the clock of a zone, as an <input type="datetime-local"> has them: "2026-12-01T10:00".

// Empty when the time or the zone is none.
export function wallTime(utc: string, zone: string): string {
  try {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return format.format(new Date(utc)).replace(" ", "T");
  } catch {
    return "";
  }
}

// The moment at which that clock shows it; in the hour that a clock skips or shows twice one near it.
export function momentOf(wall: string, zone: string): string {
  const asUtc = Date.parse(`${wall}Z`);
  let moment = asUtc;
  for (let i = 0; i < 2; ++i) moment += asUtc - Date.parse(`${wallTime(new Date(moment).toISOString(), zone)}Z`);
  return Number.isNaN(moment) ? wall : new Date(moment).toISOString();
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
export const allZones = (): string[] => Intl.supportedValuesOf("timeZone");
