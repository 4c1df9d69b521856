/**
 * What OpenSSL calls the ways a handshake can fail, in words. Of certificates Node speaks plainly itself ("self-signed
 * certificate").
 */
const words: readonly (readonly [reason: RegExp, text: string])[] = [
  [
    /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/,
    "the server does not speak TLS on this port (http:// in place of https://?)",
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "the server speaks no version of TLS that is accepted here"],
  [/CERTIFICATE_REQUIRED|PEER_DID_NOT_RETURN_A_CERTIFICATE/, "the server wants a client certificate"],
  [/ALERT_UNKNOWN_CA/, "the server does not trust the client's certificate"],
  [/ALERT_(?:BAD|UNSUPPORTED)_CERTIFICATE|ALERT_CERTIFICATE_/, "the server refused the client's certificate"],
  [/UNRECOGNIZED_NAME/, "the server has no certificate for this name"],
  [/HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS/, "the server and this client have no cipher or protocol in common"],
];

/** `40B7…:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../deps/…:80:` */
const openSslLine = /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/;

/** A TLS error as people say it, with its code for those who look it up. */
export function tlsWords({ code, message }: { readonly code: string; readonly message: string }): string {
  const reason = openSslLine.exec(message)?.[1]?.trim();
  // undici and `write` have one code for all errors of a handshake.
  const said = code === "EPROTO" && reason !== undefined ? reason.toUpperCase().replaceAll(" ", "_") : code;
  return `TLS: ${words.find(([pattern]) => pattern.test(said))?.[1] ?? reason ?? message} (${code})`;
}

const tlsCode =
  /^(?:ERR_(?:TLS|SSL|OSSL)|EPROTO$|CERT_|.*_CERT(?:_|$)|.*_CERTIFICATE|DEPTH_ZERO_|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|PATH_LENGTH_EXCEEDED)/;

/** Whether an error's code is one of TLS. */
export function isTlsCode(code: string): boolean {
  return tlsCode.test(code);
}
