import { shortestSecret } from "../base/redact.ts";
import { secretsOfUserinfo, withoutUserinfo } from "../base/userinfo.ts";
import type { Settings } from "./settings.ts";

/** `user:password` of each target, percent-encoded as in its URL. */
export type TargetUserinfo = { readonly [N in "host" | "base-host"]: string | null };

type Targets = Pick<Settings, "host" | "base-host">;

/** Credentials are taken out of URLs before anybody can print, compare or store one. */
export function bareTargets(settings: Targets): { readonly targets: Targets; readonly userinfo: TargetUserinfo } {
  const taken = (url: string | null) => (url === null ? { url, userinfo: null } : withoutUserinfo(url));
  const [host, baseHost] = [taken(settings.host), taken(settings["base-host"])];
  return {
    targets: { host: host.url, "base-host": baseHost.url },
    userinfo: { host: host.userinfo, "base-host": baseHost.userinfo },
  };
}

/** All of them that is secret and long enough to be hidden. */
export function secretsIn(userinfo: TargetUserinfo): string[] {
  const given = Object.values(userinfo).filter((one) => one !== null);
  return given.flatMap(secretsOfUserinfo).filter((secret) => secret.length >= shortestSecret);
}

/** What is hidden only in part is a notice. */
export function shortPasswords(userinfo: TargetUserinfo): string[] {
  return (["host", "base-host"] as const).flatMap((name) => {
    const secret = secretsOfUserinfo(userinfo[name] ?? "").at(-1) ?? "";
    if (userinfo[name] === null || secret.length >= shortestSecret) return [];
    return [
      `${name}: its password is shorter than ${shortestSecret} characters and is masked only where it stands with the user's name`,
    ];
  });
}
