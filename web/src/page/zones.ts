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

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
export const allZones = (): string[] => Intl.supportedValuesOf("timeZone");
