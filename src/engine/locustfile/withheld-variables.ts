import { sep } from "node:path";
import { formatPlace, isUserFile, type Place, userPlace } from "../../base/user-place.ts";

/** Names of withheld variables that are looked for; a machine with more has its first ones watched. */
const mostNames = 1000;

/**
 * Says when a locustfile reads an environment variable that is set but was not passed on to it: it would see `undefined`
 * and send requests without the key, or take a default nobody meant. Each name is reported once, and only where a file
 * of the user's own asks: packages look for many a variable that they can do without.
 * @param host whose `env` is watched from now on: the thread's `process`
 * @param root paths in the message are shown relative to it
 */
export function watchWithheld(
  names: readonly string[],
  options: { readonly host: { env: NodeJS.ProcessEnv }; readonly root: string; readonly warn: (text: string) => void },
): void {
  const { host, root, warn } = options;
  const left = new Set(names.slice(0, mostNames));
  if (left.size === 0) return;
  host.env = new Proxy(host.env, {
    get(env, name) {
      if (typeof name === "string" && left.has(name) && env[name] === undefined) note(name);
      return Reflect.get(env, name);
    },
  });

  function note(name: string): void {
    const place = readerOf(new Error().stack);
    if (!place) return;
    left.delete(name);
    warn(
      `${formatPlace(place, root)} reads ${name}, which is set but withheld from locustfiles: ` +
        `pass it on with \`env: ${name}\` in the workflow or configuration, or --env ${name} on the command line`,
    );
  }
}

/** Where the read stands, if in a file of the user's; undefined if a package reads. */
function readerOf(stack: string | undefined): Place | undefined {
  for (const line of (stack ?? "").split("\n").slice(1)) {
    const place = userPlace(line, () => true);
    if (place && isUserFile(place.file)) return place;
    if (place?.file.includes(`${sep}node_modules${sep}`)) return undefined;
  }
  return undefined;
}
