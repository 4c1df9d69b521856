import type UPlot from "uplot";
import type { Chart } from "./charts.ts";

/* What the page does once it is open: sorts, filters, draws. Everything shown comes from the page itself. */

/** Of the script that stands before this one in the page. */
declare const uPlot: typeof UPlot;

type Pair = readonly [number, number];

interface Colors {
  readonly ink: string;
  readonly grid: string;
  readonly tint: string;
  readonly paper: string;
  readonly lines: readonly [string, string, string, string, string, string];
}

(() => {
  const data = JSON.parse(byId("data").textContent) as { readonly charts: Readonly<Record<string, Chart>> };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** Dashes beside colours, so that lines differ for everybody. */
  const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 4], [4, 2, 4, 8]];

  for (const table of document.querySelectorAll<HTMLTableElement>("table[data-sortable]")) makeSortable(table);
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-filters]")) makeFilter(input);
  const charts = [...document.querySelectorAll<HTMLElement>("[data-chart]")].map(makeChart);
  dark.addEventListener("change", () => {
    for (const chart of charts) chart.draw();
  });

  /** Throws where the page lacks what it was made with. */
  function there<T>(found: T | null | undefined): T {
    if (found === null || found === undefined) throw new TypeError("the page is not whole");
    return found;
  }

  function byId(id: string): HTMLElement {
    return there(document.getElementById(id));
  }

  function makeSortable(table: HTMLTableElement): void {
    const body = there(table.tBodies[0]);
    const heads = [...there(table.tHead?.rows[0]).cells];
    heads.forEach((head, column) => {
      const button = head.querySelector("button");
      if (!button) return;
      button.addEventListener("click", () => {
        const down =
          head.getAttribute("aria-sort") === "none"
            ? head.classList.contains("n")
            : head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row: HTMLTableRowElement) => {
          const cell = there(row.cells[column]);
          return cell.hasAttribute("data-v") ? Number(cell.getAttribute("data-v")) : cell.textContent;
        };
        const rows = [...body.rows].map((row) => ({ row, key: key(row) }));
        // What has no number stays at the end, whichever way.
        const empty = (value: number | string) => value === "–" || value === "";
        rows.sort((a, b) => {
          if (empty(a.key) || empty(b.key)) return Number(empty(a.key)) - Number(empty(b.key));
          const order =
            typeof a.key === "number" && typeof b.key === "number"
              ? a.key - b.key
              : String(a.key).localeCompare(String(b.key));
          return down ? -order : order;
        });
        body.append(...rows.map(({ row }) => row));
      });
    });
  }

  function makeFilter(input: HTMLInputElement): void {
    const table = byId(there(input.getAttribute("data-filters"))) as HTMLTableElement;
    const count = byId(there(input.getAttribute("aria-describedby")));
    const rows = [...there(table.tBodies[0]).rows];
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !there(row.cells[0]).textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown++;
      }
      count.textContent = `${shown} of ${rows.length} shown`;
    });
  }

  function colors(): Colors {
    const style = getComputedStyle(document.documentElement);
    const get = (name: string) => style.getPropertyValue(name).trim();
    const lines: Colors["lines"] = dark.matches
      ? ["#79b8ff", "#ffa657", "#d2a8ff", "#56d364", "#ff7b72", "#e3b341"]
      : ["#0550ae", "#bc4c00", "#8250df", "#1a7f37", "#cf222e", "#9a6700"];
    return { ink: get("--soft"), grid: get("--line"), tint: get("--tint"), paper: get("--paper"), lines };
  }

  function makeChart(holder: HTMLElement): { readonly draw: () => void } {
    const chart = there(data.charts[there(holder.getAttribute("data-chart"))]);
    let plot: UPlot | undefined;
    const width = () => Math.max(240, holder.clientWidth);
    function draw() {
      plot?.destroy();
      const values = (chart.stacked ? stack(chart.data) : chart.data) as UPlot.AlignedData;
      plot = new uPlot(optionsOf(chart, width(), colors()), values, holder);
    }
    draw();
    new ResizeObserver(() => {
      if (plot && Math.abs(plot.width - width()) > 1) plot.setSize({ width: width(), height: plot.height });
    }).observe(holder);
    addTable(holder, chart);
    return { draw };
  }

  /** Every value upon those of the labels before it. */
  function stack([x = [], ...lists]: Chart["data"]): Chart["data"] {
    const sum = x.map(() => 0);
    const upon = (value: number | null, i: number) => {
      const total = (sum[i] ?? 0) + (value ?? 0);
      sum[i] = total;
      return total;
    };
    return [x, ...lists.map((values) => values.map(upon))];
  }

  /** Values of an axis that are at least so many pixels apart; the first of two neighbours stays. */
  function apart(values: readonly number[], [min, max]: Pair, width: number, gap: number): number[] {
    let last = Number.NEGATIVE_INFINITY;
    return values.filter((value) => {
      const at = ((value - min) / (max - min || 1)) * width;
      if (at < 0 || at > width + 1 || at - last < gap) return false;
      last = at;
      return true;
    });
  }

  function short(value: number | null | undefined): string {
    if (value == null) return "–";
    const size = Math.abs(value);
    if (size >= 1000) return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
    return String(Number(value.toPrecision(3)));
  }

  function moment(seconds: number): string {
    const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");
    return `${pad(seconds / 60)}:${pad(seconds % 60)}`;
  }

  function xText(chart: Chart, value: number | null | undefined): string {
    if (value == null) return "–";
    if (chart.x === "time") return moment(value);
    // A percentile stands at log10(1 / (1 - p)); the last point is the maximum.
    if (chart.x === "percentile")
      return value >= (chart.data[0]?.at(-1) ?? Number.POSITIVE_INFINITY)
        ? "max"
        : `p${short(100 - 100 / 10 ** value)}`;
    return `${short(10 ** value)} ms`;
  }

  /** The top of the scale: what is drawn, and limits that are not far beyond it. */
  function highest(chart: Chart, max: number): number {
    const near = (chart.limits ?? []).map(({ value }) => value).filter((value) => value <= 3 * max);
    const top = Math.max(max, ...near);
    return top > 0 ? top * 1.12 : 1;
  }

  function optionsOf(chart: Chart, width: number, { ink, grid, tint, paper, lines }: Colors): UPlot.Options {
    const color = (i: number) => lines[(chart.colors?.[i] ?? i) % lines.length] ?? lines[0];
    const dashed = (i: number) => !chart.bars && !chart.stacked && (chart.dashed ? chart.dashed[i] === true : i > 0);
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid } };
    const ticks: Partial<Record<Chart["x"], (u: UPlot, axis: number, min: number, max: number) => number[]>> = {
      percentile: (u, _index, min, max) =>
        apart([0.30103, 1, 1.30103, 2, 3, 4, 5], [min, max], u.bbox.width / devicePixelRatio, 38),
      latency: (u, _index, min, max) => {
        const at: number[] = [];
        for (let power = Math.floor(min); power <= Math.ceil(max); power++) {
          for (const mantissa of [1, 2, 5]) at.push(power + Math.log10(mantissa));
        }
        return apart(at, [min, max], u.bbox.width / devicePixelRatio, 52);
      },
    };
    const splits = ticks[chart.x];
    const marked = {
      dash: (_u: UPlot, i: number) => (dashed(i - 1) ? "dashed" : "solid"),
      ...(chart.stacked ? { fill: (_u: UPlot, i: number) => `${color(i - 1)}99` } : {}),
    };
    return {
      width,
      height: 230,
      cursor: { y: false },
      legend: { markers: marked },
      scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, highest(chart, max)] } },
      axes: [
        {
          ...axis,
          values: (_u, values) => values.map((value) => xText(chart, value)),
          ...(splits ? { splits } : { incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600] }),
        },
        { ...axis, size: 64, label: chart.unit, labelSize: 18, values: (_u, values) => values.map(short) },
      ],
      series: [
        {
          label: chart.x === "time" ? "time" : chart.x === "percentile" ? "percentile" : "from",
          value: (_u, value) => xText(chart, value),
        },
        ...chart.labels.map((label, i) => ({
          label,
          stroke: color(i),
          width: chart.stacked ? 1 : 2,
          dash: (dashed(i) ? dashes[chart.dashed ? 1 : i % dashes.length] : undefined) ?? [],
          points: { show: (chart.data[0]?.length ?? 0) < 3 },
          value: (_u: UPlot, _value: number, series: number, index: number | null) =>
            index == null ? "" : short(chart.data[series]?.[index]),
          ...(chart.bars
            ? { paths: there(uPlot.paths.bars)({ size: [0.9, 60] }), fill: `${color(i)}55` }
            : chart.stacked
              ? { fill: `${color(i)}${i === 0 ? "99" : "00"}` }
              : {}),
        })),
      ],
      ...(chart.stacked
        ? {
            bands: chart.labels
              .slice(1)
              .map((_, i): UPlot.Band => ({ series: [i + 2, i + 1], fill: `${color(i + 1)}99` })),
          }
        : {}),
      hooks: {
        drawClear: [(u) => shade(u, chart, tint, grid)],
        draw: [(u) => limits(u, chart, lines[4], paper), (u) => marks(u, chart, ink, paper)],
      },
    };
  }

  /** Phases that are not judged lie on a tinted ground. */
  function shade(u: UPlot, chart: Chart, tint: string, grid: string): void {
    const { ctx, bbox } = u;
    ctx.save();
    for (const { from, to } of chart.unjudged ?? []) {
      const left = Math.max(bbox.left, u.valToPos(from, "x", true));
      const right = Math.min(bbox.left + bbox.width, u.valToPos(to, "x", true));
      ctx.fillStyle = tint;
      ctx.fillRect(left, bbox.top, Math.max(0, right - left), bbox.height);
      ctx.fillStyle = grid;
      ctx.fillRect(right, bbox.top, 1, bbox.height);
    }
    ctx.restore();
  }

  /** Limits, as dashed lines across with what they are. */
  function limits(u: UPlot, chart: Chart, color: string, paper: string): void {
    const { ctx, bbox } = u;
    ctx.save();
    for (const { value, text } of chart.limits ?? []) {
      const y = u.valToPos(value, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      dashedLine(ctx, [bbox.left, y, bbox.left + bbox.width, y], color);
      write(ctx, text, [bbox.left + 6 * devicePixelRatio, y - 4 * devicePixelRatio], color, paper);
    }
    ctx.restore();
  }

  /** Moments at which something began, upright; of two that stand close only the line. */
  function marks(u: UPlot, chart: Chart, color: string, paper: string): void {
    const { ctx, bbox } = u;
    ctx.save();
    let written = Number.NEGATIVE_INFINITY;
    for (const { at, text } of chart.marks ?? []) {
      const x = u.valToPos(at, "x", true);
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      dashedLine(ctx, [x, bbox.top, x, bbox.top + bbox.height], color);
      const place = Math.min(x + 4 * devicePixelRatio, bbox.left + bbox.width - 42 * devicePixelRatio);
      if (place - written > 46 * devicePixelRatio) {
        write(ctx, text, [place, bbox.top + 12 * devicePixelRatio], color, paper);
        written = place;
      }
    }
    ctx.restore();
  }

  function dashedLine(
    ctx: CanvasRenderingContext2D,
    [fromX, fromY, toX, toY]: readonly [number, number, number, number],
    color: string,
  ): void {
    ctx.strokeStyle = color;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.lineTo(toX, toY);
    ctx.stroke();
  }

  /** Text on a rim of paper, so that lines beneath leave it readable. */
  function write(ctx: CanvasRenderingContext2D, text: string, [x, y]: Pair, color: string, paper: string): void {
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.strokeStyle = paper;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = color;
    ctx.fillText(text, x, y);
  }

  /** The numbers of a chart, for those who do not see it; made when asked for. */
  function addTable(holder: HTMLElement, chart: Chart): void {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const figure = there(holder.parentElement);
    const title = there(figure.querySelector("figcaption b")).textContent;
    summary.textContent = "The numbers as a table";
    // A page has a dozen of these: read out of their place, each says whose it is.
    summary.setAttribute("aria-label", `The numbers as a table: ${title}`);
    details.append(summary);
    details.addEventListener(
      "toggle",
      () => {
        const table = document.createElement("table");
        const add = (parent: Element, tag: "th" | "td", text: string) => {
          const cell = document.createElement(tag);
          cell.textContent = text;
          parent.append(cell);
          return cell;
        };
        const head = table.createTHead().insertRow();
        for (const label of [
          chart.x === "time" ? "Time" : chart.x === "percentile" ? "Percentile" : "From",
          ...chart.labels,
        ])
          add(head, "th", label).scope = "col";
        const body = table.createTBody();
        (chart.data[0] ?? []).forEach((x, i) => {
          const row = body.insertRow();
          add(row, "th", xText(chart, x)).scope = "row";
          for (const values of chart.data.slice(1)) add(row, "td", short(values[i])).className = "n";
        });
        const scroll = document.createElement("div");
        scroll.className = "scroll";
        scroll.tabIndex = 0;
        scroll.setAttribute("role", "region");
        scroll.setAttribute("aria-label", `The numbers: ${title}`);
        scroll.append(table);
        details.append(scroll);
      },
      { once: true },
    );
    figure.append(details);
  }
})();
