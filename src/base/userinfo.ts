/** User name and password as a URL has them (RFC 3986, 3.2.1), percent-encoded, and the URL without them. */
export interface WithoutUserinfo {
  readonly url: string;
  /** `user:password`, or `user`; null where there is none. */
  readonly userinfo: string | null;
}

const written = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#\\]*)@/i;

export function withoutUserinfo(url: string): WithoutUserinfo {
  const [, scheme, userinfo = ""] = written.exec(url) ?? [];
  if (scheme === undefined) return { url, userinfo: null };
  return { url: url.replace(written, "$1"), userinfo: userinfo === "" ? null : userinfo };
}

export function withUserinfo(url: string, userinfo: string | null): string {
  return userinfo === null ? url : url.replace("://", `://${userinfo}@`);
}

/** The value of `Authorization` (RFC 7617). */
export function basicAuthorization(userinfo: string): string {
  const { user, password } = partsOf(userinfo);
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

/** All of it that is secret, in every form it may be echoed in; a name is one where there is no password. */
export function secretsOfUserinfo(userinfo: string): string[] {
  const { user, password } = partsOf(userinfo);
  const token = Buffer.from(`${user}:${password}`).toString("base64");
  return [userinfo, `${user}:${password}`, token, password === "" ? user : password];
}

function partsOf(userinfo: string): { readonly user: string; readonly password: string } {
  const [user = "", ...rest] = userinfo.split(":");
  return { user: decoded(user), password: decoded(rest.join(":")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
