import { optionNames } from "./layers.ts";

/**
 * The command line with options written out that were cut short, as argparse lets one: `--skip-log` for
 * `--skip-log-setup`. Undefined if there is none, or only such as could mean several.
 * @param unknown tells whether nobody knew the option, spelled with its dashes: the locustfile's own come first
 */
export function writtenOut(
  argv: readonly string[],
  unknown: (option: string) => boolean,
): readonly string[] | undefined {
  let changed = false;
  const words = argv.map((word) => {
    const [, option, value = ""] = /^(--[^=]+)(=.*)?$/s.exec(word) ?? [];
    if (option === undefined || !unknown(option)) return word;
    const meant = optionNames.filter((name) => name.startsWith(option));
    if (meant.length !== 1) return word;
    changed = true;
    return `${meant[0]}${value}`;
  });
  return changed ? words : undefined;
}
