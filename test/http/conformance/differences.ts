import type { Outcome } from "./answers.ts";

/** Where this client makes something else of an answer than llhttp does, on purpose. */
export interface Difference {
  /** Names of cases. */
  readonly answers: readonly string[];
  /** What `node:http` and undici make of them, where that is not what this client does. */
  readonly node?: Outcome;
  readonly undici?: Outcome;
  /** The paragraph that is followed. */
  readonly because: string;
}

const bothFail = { node: "fails", undici: "fails" } as const;

export const differences: readonly Difference[] = [
  // More is read than they read: no server whose answer Locust reads may fail here, where no harm can come of it.
  {
    answers: [
      "LF alone ends every line",
      "LF alone ends some lines",
      "LF alone, and no body",
      "LF alone, and a body to the close",
      "LF alone ends the head before a CR LF CR LF of the body",
    ],
    ...bothFail,
    because: "RFC 9112, 2.2: a recipient may take a single LF for the end of a header's line",
  },
  {
    answers: ["spaces after a length", "tabs around a length"],
    undici: "fails",
    because: "RFC 9112, 5: white space around a value is no part of it",
  },
  {
    answers: [
      "a header that goes on in the next lines",
      "a length that stands in the next line",
      "a trailer that goes on in the next line",
      "chunked that goes on in the next line is another coding",
    ],
    ...bothFail,
    because: "RFC 9112, 5.2: a user agent must put a space in place of a line break within a value",
  },
  {
    answers: ["a control character in a cookie"],
    ...bothFail,
    because: "RFC 9110, 5.5: control characters other than CR, LF and NUL may be kept",
  },
  {
    answers: ["a head of 20 KiB"],
    ...bothFail,
    because: "RFC 9110, 5.4: there is no limit for headers; 64 KiB is ours, 16 KiB is llhttp's",
  },
  {
    answers: ["100, then the answer"],
    undici: "fails",
    because: "RFC 9110, 15.2: a client must be able to read interim answers, though it did not ask for them",
  },
  {
    answers: ["one length twice", "one length twice in a list"],
    ...bothFail,
    because: "RFC 9110, 8.6: a recipient may take a list of one and the same length for that length",
  },
  {
    answers: [
      "chunked beside a length",
      "a length after chunked",
      "chunked beside two lengths",
      "gzip beside a length",
      "chunked, identity beside a length",
    ],
    ...bothFail,
    because: "RFC 9112, 6.3: Transfer-Encoding overrides Content-Length; nothing else is read from that connection",
  },
  {
    answers: ["extensions", "white space after a size", "spaces after sizes, also the last"],
    ...bothFail,
    because: "RFC 9110, 5.6.3: bad white space must be read and removed",
  },
  {
    answers: ["a quote of an extension that does not end", "no name after an extension's semicolon"],
    ...bothFail,
    because: "RFC 9112, 7.1.1: extensions that are not understood must be ignored",
  },
  // Less is read than they read.
  {
    answers: ["RTSP", "ICE", "version 0.9"],
    node: [200, ""],
    undici: [200, ""],
    because: "RFC 9112, 2.3: the answer to HTTP/1.1 is HTTP/1.x",
  },
  {
    answers: ["a status below 100"],
    node: [99, ""],
    because: "RFC 9110, 15: a status is a number from 100 on",
  },
  {
    answers: ["a NUL in the reason phrase"],
    node: [200, ""],
    undici: [200, ""],
    because: "RFC 9112, 4: a reason phrase is text",
  },
  {
    answers: ["two CRs after the status line"],
    undici: [200, "Evil"],
    because: "RFC 9112, 2.2: a CR without LF makes a head invalid",
  },
  {
    answers: ["an empty line before the status line"],
    node: [200, ""],
    undici: [200, ""],
    because: "RFC 9112, 2.2: a server may step over empty lines before a request; of answers nothing is said",
  },
  {
    answers: ["a parameter of chunked"],
    node: [200, "2\r\nOK\r\n0\r\n\r\n"],
    undici: [200, "2\r\nOK\r\n0\r\n\r\n"],
    because: "RFC 9112, 7.1: chunked has no parameters, and one should be an error",
  },
  {
    answers: ["an extension of more than 16 KiB"],
    undici: [200, "abc"],
    because: "RFC 9112, 7.1.1: the length of extensions ought to be limited",
  },
  {
    answers: [
      "more than the length, on a connection that closes",
      "more than the length, on a connection that stays",
      "bytes after the last chunk",
    ],
    node: "fails",
    because: "RFC 9112, 6.3: an answer ends where its length says; what comes after it is dropped with the connection",
  },
];
