const words: Readonly<Record<string, string>> = {
  blocked: "waiting for a connection",
  dns: "looking up the name",
  connect: "connecting",
  tls: "securing the connection",
  firstByte: "waiting for the first byte",
  download: "reading the answer",
};

/** A phase of a request as people say it; a name that is none of ours as it is. */
export function phaseWords(name: string): string {
  return words[name] ?? name;
}
