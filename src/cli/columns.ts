/** Rows with their columns aligned, as a terminal shows them. What others wrote cannot leave its cell. */
export function drawTable(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((cell) => cell.replace(/\p{Cc}+/gu, " ")));
  const widths = (safe[0] ?? []).map((_, column) => Math.max(...safe.map((row) => (row[column] ?? "").length)));
  return safe
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
