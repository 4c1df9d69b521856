/**
 * The first 64 bytes of a ZMTP 3.0 connection (rfc.zeromq.org/spec/23): signature, version, mechanism, whose side
 * serves, filler. We speak the mechanism NULL and nothing else, as Locust does.
 */
export const greetingBytes = 64;

const signatureHead = 0xff;
const signatureTail = 0x7f;
const mechanismAt = 12;
const mechanismBytes = 20;

export function encodeGreeting(): Buffer {
  const greeting = Buffer.alloc(greetingBytes);
  greeting[0] = signatureHead;
  greeting[9] = signatureTail;
  greeting[10] = 3;
  greeting.write("NULL", mechanismAt, "ascii");
  return greeting;
}

/** What is wrong with the start of a peer's greeting, as far as it is there; undefined while it may be one. */
export function greetingFault(bytes: Buffer): string | undefined {
  if (bytes.length > 0 && bytes[0] !== signatureHead) return "does not speak ZMTP";
  if (bytes.length > 9 && bytes[9] !== signatureTail) return "does not speak ZMTP";
  if (bytes.length > 10 && (bytes[10] as number) < 3) return "speaks a ZMTP older than 3.0";
  if (bytes.length < mechanismAt + mechanismBytes) return undefined;
  const mechanism = bytes.toString("latin1", mechanismAt, mechanismAt + mechanismBytes).replace(/\0+$/, "");
  return mechanism === "NULL" ? undefined : "wants a security mechanism other than NULL";
}
