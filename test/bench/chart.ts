/** One line of points in a small chart. */
export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly unit: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A promise, drawn as a dashed line. */
  readonly bound?: number;
}

const width = 300;
const height = 190;
const inset = { left: 46, right: 14, top: 30, bottom: 36 };
const columns = 3;

/** Panels side by side as one SVG; x is logarithmic, y begins at 0. Readable on light and dark pages. */
export function chart(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / columns);
  const drawn = panels.map((panel, i) => {
    const at = `translate(${(i % columns) * width} ${Math.floor(i / columns) * height})`;
    return `<g transform="${at}">${drawPanel(panel)}</g>`;
  });
  const size = { w: columns * width, h: rows * height };
  const style =
    "text{font:11px system-ui,sans-serif;fill:#777}.t{font-weight:600}.l{fill:none;stroke:#2a78d6;stroke-width:2}" +
    ".d{fill:#2a78d6}.a{stroke:#999;stroke-width:1}.b{stroke:#d6532a;stroke-dasharray:4 3}";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.w} ${size.h}" width="${size.w}" height="${size.h}" ` +
    `role="img"><title>What swarmgate costs as the work grows</title><style>${style}</style>\n${drawn.join("\n")}\n</svg>\n`
  );
}

function drawPanel({ title, xTitle, unit, points, bound }: Panel): string {
  const [left, right, top, bottom] = [inset.left, width - inset.right, inset.top, height - inset.bottom];
  const xs = points.map(([x]) => Math.log10(x));
  const [lowX, highX] = [Math.min(...xs), Math.max(...xs)];
  const highest = rounded(Math.max(...points.map(([, y]) => y), bound ?? 0));
  const px = (x: number) => left + ((Math.log10(x) - lowX) / (highX - lowX || 1)) * (right - left);
  const py = (y: number) => bottom - (y / highest) * (bottom - top);
  const line = points.map(([x, y]) => `${px(x).toFixed(1)},${py(y).toFixed(1)}`).join(" ");
  const dots = points.map(([x, y]) => `<circle class="d" cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="3"/>`);
  const xLabels = points.map(
    ([x]) => `<text x="${px(x).toFixed(1)}" y="${bottom + 14}" text-anchor="middle">${short(x)}</text>`,
  );
  const yLabels = [0, highest / 2, highest].map(
    (y) => `<text x="${left - 6}" y="${(py(y) + 4).toFixed(1)}" text-anchor="end">${short(y)}</text>`,
  );
  const limit =
    bound === undefined
      ? ""
      : `<line class="b" x1="${left}" x2="${right}" y1="${py(bound).toFixed(1)}" y2="${py(bound).toFixed(1)}"/>`;
  return [
    `<text class="t" x="${left}" y="16">${title}, ${unit}</text>`,
    `<line class="a" x1="${left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>`,
    limit,
    `<polyline class="l" points="${line}"/>`,
    ...dots,
    ...xLabels,
    ...yLabels,
    `<text x="${(left + right) / 2}" y="${bottom + 29}" text-anchor="middle">${xTitle}</text>`,
  ].join("");
}

/** The next 1, 2 or 5 with noughts. */
function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}

function short(value: number): string {
  return value >= 1000 ? `${+(value / 1000).toFixed(1)}k` : String(+value.toPrecision(3));
}
