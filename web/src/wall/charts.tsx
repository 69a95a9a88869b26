// The charts of the wallboard, and the same in words and numbers.
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "./chart_styles.ts";
import { clock } from "../page/i18n.ts";
import { samples, take, type Desk } from "./samples.ts";
import { t } from "./texts.ts";

export interface QuarterHour {
  from: string;
  taken: number;
}

const quarter_s = 900;
const dashes = [[], [12, 6], [3, 5], [12, 4, 3, 4], [24, 8], [6, 3]];
const inks = ["--accent", "--warn", "--ok", "--bad", "--text", "--quiet"];

// The page's colours are pairs for light and dark; a drawing takes the one that holds now.
const probe = document.createElement("span");
function ink(name: string): string {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

// At full screen the writing grows with the screen.
function axesFor(large: boolean): uPlot.Axis[] {
  const px = large ? innerHeight * 0.022 : 12;
  const common: uPlot.Axis = {
    stroke: () => ink("--quiet"),
    grid: { stroke: () => ink("--line"), width: 1 },
    ticks: { show: false },
    font: `${px}px system-ui, sans-serif`,
  };
  return [
    { ...common, size: px * 2, space: px * 7, values: (_, splits) => splits.map((s) => clock(s * 1000)) },
    { ...common, size: px * 3.5, space: px * 2.5, values: (_, splits) => splits.map((n) => (Number.isInteger(n) ? String(n) : "")) },
  ];
}
const from_zero: uPlot.Range.Function = (_, _min, max) => [0, Math.max(4, Math.ceil((max ?? 0) * 1.15))];

// Drawn anew where other lines are shown; with other numbers only those.
interface Drawing {
  series: uPlot.Series[];
  data: uPlot.AlignedData;
  range: [number, number];
  large: boolean;
}
function Drawn({ series, data, range, large }: Drawing) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot>();
  const shown = useRef(range);
  shown.current = range;
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const size = (): { width: number; height: number } => ({ width: current.clientWidth, height: current.clientHeight });
    const options: uPlot.Options = {
      ...size(),
      series: [{}, ...series],
      axes: axesFor(large),
      scales: { x: { time: true, range: () => shown.current }, y: { range: from_zero } },
      legend: { show: false },
      cursor: { show: false },
    };
    const plot = (drawn.current = new uPlot(options, data, current));
    const watch = new ResizeObserver(() => plot.setSize(size()));
    watch.observe(current);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const again = (): void => plot.redraw(false, true);
    dark.addEventListener("change", again);
    return () => {
      watch.disconnect();
      dark.removeEventListener("change", again);
      plot.destroy();
    };
  }, [series.map(({ label }) => String(label)).join("\n"), large]);
  useEffect(() => drawn.current?.setData(data), [data]);
  return <div class="drawn" ref={place} aria-hidden="true" />;
}

function Numbers({ heads, rows }: { heads: string[]; rows: string[][] }) {
  return (
    <details>
      <summary>{t("inNumbers")}</summary>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]}>
              {row.map((cell, i) => (
                <td key={i}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

// What no quarter of an hour was told for is nothing, not a gap.
function filled(quarters: QuarterHour[], since: number, now: number): [number[], number[]] {
  const taken = new Map(quarters.map((one) => [Date.parse(one.from) / 1000, one.taken]));
  const first = Math.floor(since / quarter_s) * quarter_s;
  const times = Array.from({ length: Math.floor((now - first) / quarter_s) + 1 }, (_, i) => first + i * quarter_s);
  return [times, times.map((time) => taken.get(time) ?? 0)];
}

const bars: uPlot.Series[] = [
  { label: "taken", stroke: () => ink("--accent"), fill: () => ink("--accent"), width: 0, points: { show: false }, paths: uPlot.paths.bars!({ size: [0.8, 60], align: 1 }) },
];

export function TakenChart({ quarters, since, large }: { quarters: QuarterHour[]; since: string; large: boolean }) {
  const now = Date.now() / 1000;
  const begins = Math.max(Date.parse(since) / 1000, now - 48 * 3600);
  const [times, taken] = filled(quarters, begins, now);
  const most = Math.max(0, ...taken);
  const at = times[taken.indexOf(most)] ?? 0;
  const words = most > 0 ? t("perQuarterSum", { all: taken.reduce((a, b) => a + b, 0), most, time: clock(at * 1000) }) : t("nothingTaken");
  const rows = times.flatMap((time, i) => (taken[i] ? [[clock(time * 1000), String(taken[i])]] : []));
  return (
    <figure class="chart">
      <figcaption>
        <strong>{t("perQuarter")}</strong>: {words}
      </figcaption>
      <Drawn series={bars} data={[times, taken]} range={[times[0] ?? begins, Math.max(now, begins + 4 * quarter_s)]} large={large} />
      {rows.length > 0 && <Numbers heads={[t("from"), t("takenSince")]} rows={rows} />}
    </figure>
  );
}

function line(name: string, i: number): uPlot.Series {
  return { label: name, stroke: () => ink(inks[i] ?? "--text"), width: 3, dash: dashes[i] ?? [], paths: uPlot.paths.stepped!({ align: 1 }) };
}

export function WaitingChart({ desks, since, large }: { desks: Desk[]; since: string; large: boolean }) {
  useMemo(() => take(desks), [desks]);
  const seen = samples(Date.parse(since));
  const now = Date.now() / 1000;
  const most = new Map<string, number>();
  for (const { waiting } of seen) for (const [name, n] of Object.entries(waiting)) most.set(name, Math.max(n, most.get(name) ?? 0));
  const names = [...most.keys()].sort((a, b) => (most.get(b) ?? 0) - (most.get(a) ?? 0) || a.localeCompare(b)).slice(0, inks.length);
  const times = seen.map(({ at }) => at / 1000);
  const data: uPlot.AlignedData = [times, ...names.map((name) => seen.map(({ waiting }) => waiting[name] ?? 0))];
  const latest = seen.at(-1)?.waiting ?? {};
  return (
    <figure class="chart">
      <figcaption>
        <strong>{t("waitingPerDesk")}</strong>: {names.length > 0 ? t("seenSince", { time: clock(seen[0]?.at) }) : t("nothingWaits")}
      </figcaption>
      {names.length > 0 && (
        <>
          <Drawn series={names.map(line)} data={data} range={[times[0] ?? now, Math.max(now, (times[0] ?? now) + quarter_s)]} large={large} />
          <ul class="lines">
            {names.map((name, i) => (
              <li key={name}>
                <svg viewBox="0 0 40 10" aria-hidden="true">
                  <path d="M0 5H40" fill="none" stroke={`var(${inks[i]})`} stroke-width="4" stroke-dasharray={dashes[i]?.join(" ")} />
                </svg>{" "}
                {name}: {latest[name] ?? 0}
              </li>
            ))}
          </ul>
        </>
      )}
    </figure>
  );
}
