/** The two versions that are started beside each other. */
export type ServiceArm = "head" | "base";

/** Where a service is said to be when nobody says anything else. */
export const defaultUrl = "http://localhost:$PORT";

const variable = /\$(?:\{(PORT|SWARMGATE_ARM)\}|(PORT|SWARMGATE_ARM)(?![A-Za-z0-9_]))/g;

/** Whether the two versions would have different URLs. */
export function tellsArmsApart(template: string): boolean {
  return template.search(variable) >= 0;
}

/** The URL of one version, without the slash at its end. */
export function fillUrl(template: string, { arm, port }: { readonly arm: ServiceArm; readonly port: number }): string {
  const values: Readonly<Record<string, string>> = { PORT: String(port), SWARMGATE_ARM: arm };
  return template
    .replace(variable, (_, braced?: string, plain?: string) => values[braced ?? plain ?? ""] ?? "")
    .replace(/\/+$/, "");
}
