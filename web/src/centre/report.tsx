// The report about an outage, as a file that is kept: the hub makes it.
import { useState } from "preact/hooks";
import { getFile } from "../daemon/api.ts";
import { Problem, wordsOf } from "../views/sending.tsx";
import { t } from "./text.ts";

const formats = ["pdf", "html", "json"] as const;

async function keep(incident: string, format: string): Promise<void> {
  const place = URL.createObjectURL(await getFile(`/reports/${incident}?format=${format}`));
  const link = document.createElement("a");
  link.href = place;
  link.download = `outage-${incident.slice(0, 6)}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(place), 60_000);
}

export function Report({ incident }: { incident: string }) {
  const [problem, setProblem] = useState("");
  const ask = (format: string): void => {
    setProblem("");
    keep(incident, format).catch((error: unknown) => setProblem(wordsOf(error)));
  };
  return (
    <div class="decisions">
      {t("report")}
      {formats.map((format) => (
        <button key={format} type="button" onClick={() => ask(format)}>
          {format.toUpperCase()}
        </button>
      ))}
      <Problem text={problem} />
    </div>
  );
}
