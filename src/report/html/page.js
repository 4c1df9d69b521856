/* What the page does once it is open: sorts, filters, draws. Everything shown comes from the page itself. */
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** Dashes beside colours, so that lines differ for everybody. */
  const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [12, 4], [4, 2, 4, 8]];

  for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table);
  for (const input of document.querySelectorAll("input[data-filters]")) makeFilter(input);
  const charts = [...document.querySelectorAll("[data-chart]")].map(makeChart);
  dark.addEventListener("change", () => {
    for (const chart of charts) chart.draw();
  });

  function makeSortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
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
        const key = (row) => {
          const cell = row.cells[column];
          return cell.hasAttribute("data-v") ? Number(cell.getAttribute("data-v")) : cell.textContent;
        };
        const rows = [...body.rows].map((row) => ({ row, key: key(row) }));
        // What has no number stays at the end, whichever way.
        const empty = (value) => value === "–" || value === "";
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

  function makeFilter(input) {
    const table = document.getElementById(input.getAttribute("data-filters"));
    const told = document.getElementById(input.getAttribute("aria-describedby"));
    const rows = [...table.tBodies[0].rows];
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
        if (!row.hidden) shown++;
      }
      told.textContent = `${shown} of ${rows.length} shown`;
    });
  }

  function colors() {
    const style = getComputedStyle(document.documentElement);
    const get = (name) => style.getPropertyValue(name).trim();
    const lines = dark.matches
      ? ["#79b8ff", "#ffa657", "#d2a8ff", "#56d364", "#ff7b72", "#e3b341"]
      : ["#0550ae", "#bc4c00", "#8250df", "#1a7f37", "#cf222e", "#9a6700"];
    return { ink: get("--soft"), grid: get("--line"), tint: get("--tint"), lines };
  }

  function makeChart(holder) {
    const chart = data.charts[holder.getAttribute("data-chart")];
    let plot = null;
    const width = () => Math.max(240, holder.clientWidth);
    function draw() {
      if (plot) plot.destroy();
      plot = new uPlot(optionsOf(chart, width(), colors()), chart.data, holder);
    }
    draw();
    new ResizeObserver(() => {
      if (Math.abs(plot.width - width()) > 1) plot.setSize({ width: width(), height: plot.height });
    }).observe(holder);
    addTable(holder, chart);
    return { draw };
  }

  function short(value) {
    if (value == null) return "–";
    const size = Math.abs(value);
    if (size >= 1000) return Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
    return String(Number(value.toPrecision(3)));
  }

  function moment(seconds) {
    const pad = (value) => String(Math.floor(value)).padStart(2, "0");
    return `${pad(seconds / 60)}:${pad(seconds % 60)}`;
  }

  function xText(chart, value) {
    if (value == null) return "–";
    if (chart.x === "time") return moment(value);
    // A percentile stands at log10(1 / (1 - p)); the last point is the maximum.
    if (chart.x === "percentile")
      return value >= chart.data[0][chart.data[0].length - 1] ? "max" : `p${short(100 - 100 / 10 ** value)}`;
    return `${short(10 ** value)} ms`;
  }

  function optionsOf(chart, width, { ink, grid, tint, lines }) {
    const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid } };
    const ticks = {
      percentile: () =>
        [0, 0.30103, 1, 1.30103, 2, 3, 4, 5].filter((at) => at <= chart.data[0][chart.data[0].length - 1]),
      latency: (_u, _index, min, max) => {
        const at = [];
        for (let power = Math.floor(min); power <= Math.ceil(max); power++) {
          for (const mantissa of [1, 2, 5]) at.push(power + Math.log10(mantissa));
        }
        return at.filter((value) => value >= min && value <= max);
      },
    };
    return {
      width,
      height: 230,
      cursor: { y: false },
      scales: { x: { time: false }, y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
      axes: [
        {
          ...axis,
          values: (_u, values) => values.map((value) => xText(chart, value)),
          ...(ticks[chart.x]
            ? { splits: ticks[chart.x] }
            : { incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600] }),
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
          stroke: lines[i % lines.length],
          width: 2,
          dash: dashes[i % dashes.length],
          points: { show: chart.data[0].length < 3 },
          value: (_u, value) => short(value),
          ...(chart.bars
            ? { paths: uPlot.paths.bars({ size: [0.9, 60] }), fill: `${lines[i % lines.length]}55`, dash: [] }
            : {}),
        })),
      ],
      hooks: { drawClear: [(u) => shade(u, chart, tint, grid)], draw: [(u) => limits(u, chart, lines[4])] },
    };
  }

  /** Phases that are not judged lie on a tinted ground. */
  function shade(u, chart, tint, grid) {
    const { ctx, bbox } = u;
    ctx.save();
    for (const { from, to } of chart.unjudged || []) {
      const left = Math.max(bbox.left, u.valToPos(from, "x", true));
      const right = Math.min(bbox.left + bbox.width, u.valToPos(to, "x", true));
      ctx.fillStyle = tint;
      ctx.fillRect(left, bbox.top, Math.max(0, right - left), bbox.height);
      ctx.fillStyle = grid;
      ctx.fillRect(right, bbox.top, 1, bbox.height);
    }
    ctx.restore();
  }

  /** What was promised, as a dashed line across. */
  function limits(u, chart, color) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.setLineDash([3, 3]);
    for (const value of chart.limits || []) {
      const y = u.valToPos(value, "y", true);
      if (y < bbox.top || y > bbox.top + bbox.height) continue;
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  /** The numbers of a chart, for those who do not see it; made when asked for. */
  function addTable(holder, chart) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = "The numbers as a table";
    details.append(summary);
    details.addEventListener(
      "toggle",
      () => {
        const table = document.createElement("table");
        const add = (parent, tag, text) => {
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
        chart.data[0].forEach((x, i) => {
          const row = body.insertRow();
          add(row, "th", xText(chart, x)).scope = "row";
          for (const values of chart.data.slice(1)) add(row, "td", short(values[i])).className = "n";
        });
        const scroll = document.createElement("div");
        scroll.className = "scroll";
        scroll.tabIndex = 0;
        scroll.setAttribute("role", "region");
        scroll.setAttribute("aria-label", "The numbers of the chart");
        scroll.append(table);
        details.append(scroll);
      },
      { once: true },
    );
    holder.parentElement.append(details);
  }
})();
