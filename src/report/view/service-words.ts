import type { Report } from "../document/report.ts";
import type { ReportService } from "../document/service-schema.ts";
import { type Headline, words } from "./headline-words.ts";
import { cleanLines } from "./safe-text.ts";

const notGot: Readonly<Record<ReportService["step"], string>> = {
  checkout: "could not be checked out",
  build: "did not build",
  start: "did not start",
  load: "ended under load",
};

/** `the base version did not build`; our own words alone. */
function serviceInWords({ arm, step, ending }: ReportService): string {
  const how = step === "load" && ending !== null && /^(?:exit code \d+|the signal SIG[A-Z0-9]+)$/.test(ending);
  return `the ${arm} version ${notGot[step]}${how ? ` with ${ending}` : ""}`;
}

/** What became of the services, in the heading: it is the reason where one ended, and an addition where one is missing. */
export function withServices(headline: Headline, { services = [], verdict }: Report): Headline {
  const died = services.find(({ step }) => step === "load");
  const [reason] = verdict.reasons;
  if (died && reason?.code === "target-gone") {
    return { icon: headline.icon, ...words(`not judged: ${serviceInWords(died)}`) };
  }
  if (died && verdict.reasons.some(({ code: id }) => id === "service-died") && verdict.conclusion === "fail") {
    return { icon: headline.icon, ...words(serviceInWords(died)) };
  }
  const missing = services.find(({ step }) => step !== "load");
  if (!missing) return headline;
  const icon = headline.icon === "✅" || headline.icon === "ℹ️" || headline.icon === "🚀" ? "⚠️" : headline.icon;
  const said = `; ${serviceInWords(missing)}`;
  // Where there is no culprit the words after it are part of the sentence all the same.
  return { ...headline, icon, after: `${headline.after}${said}` };
}

/** What each version printed last where it did not get as far as it should, for a terminal. */
export function servicesText({ services = [] }: Report): string {
  return services
    .flatMap(({ message, lines, arm }) => [
      message,
      ...cleanLines(lines.join("\n"))
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => `  ${arm} | ${line.replaceAll("##[", "# #[")}`),
      "",
    ])
    .join("\n");
}
