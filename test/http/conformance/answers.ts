/** What a client makes of an answer: its status and body, or that it fails. */
export type Outcome = readonly [status: number, body: string] | "fails";

/** One answer as a server sends it, and what is made of it. */
export interface AnswerCase {
  readonly name: string;
  /** As Latin-1 text. */
  readonly bytes: string;
  /** GET if absent. */
  readonly method?: "GET" | "HEAD";
  /** The server closes the connection after the last byte; otherwise the outcome is there without it. */
  readonly closes?: true;
  readonly outcome: Outcome;
  /** The connection is used again. */
  readonly kept?: true;
  /** Headers that are there, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes that nobody asked for follow it: they are heard when they come, by whoever is awaited then. */
  readonly unasked?: true;
}

const lines = (...all: string[]) => all.join("\r\n");
/** Status line, headers, and the empty line after them. */
const head = (...all: string[]) => lines(...all, "", "");
const ok = "HTTP/1.1 200 OK";
const chunked = (...all: string[]) => head(ok, "Transfer-Encoding: chunked") + lines(...all);
const digits = "0123456789";

/** Heads: status line, line ends, names and values (RFC 9112, 2.2, 4 and 5). */
const heads: AnswerCase[] = [
  // As in llhttp's samples.
  {
    name: "a tab and a space before a value",
    bytes: head(ok, "Header2:\t Value2", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { header2: "Value2" },
  },
  { name: "no headers and no body", bytes: head("HTTP/1.1 404 Not Found"), closes: true, outcome: [404, ""] },
  { name: "no reason phrase", bytes: head("HTTP/1.1 301"), closes: true, outcome: [301, ""] },
  {
    name: "a reason phrase of nothing, after its space",
    bytes: head("HTTP/1.1 200 ", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
  },
  {
    name: "a reason phrase of any words",
    bytes: head("HTTP/1.1 299 What: ever / this is", "Content-Length: 0"),
    outcome: [299, ""],
    kept: true,
  },
  {
    name: "a reason phrase beyond ASCII",
    bytes: head("HTTP/1.1 500 Ori\u00ebntatieprobleem", "Content-Length: 0", "Connection: close"),
    outcome: [500, ""],
  },
  {
    name: "two spaces before the reason phrase",
    bytes: head("HTTP/1.1 200  OK", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
  },
  {
    name: "an underscore in a name",
    bytes: head(ok, "DCLK_imp: v7;x;114750856", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { dclk_imp: "v7;x;114750856" },
  },
  {
    name: "a dollar sign and a leading dot in names",
    bytes: head(ok, "X-$Version: 1", ".et-Cookie: a=b", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { "x-$version": "1", ".et-cookie": "a=b" },
  },
  {
    name: "an empty value, and the next header is its own",
    bytes: head("HTTP/1.0 301 Moved", "Pragma: ", "Location: ", "Content-Length: 0", "Connection: keep-alive"),
    outcome: [301, ""],
    kept: true,
    headers: { pragma: "" },
  },
  { name: "spaces after a length", bytes: `${head(ok, "Content-Length:  3  ")}abc`, outcome: [200, "abc"], kept: true },
  { name: "tabs around a length", bytes: `${head(ok, "Content-Length:\t3\t")}abc`, outcome: [200, "abc"], kept: true },
  // As in h11's tests of readers.
  {
    name: "a value of single letters, and a space at its end",
    bytes: head("HTTP/1.0 200 OK", "Foo: a a a a a ", "Content-Length: 0"),
    outcome: [200, ""],
    headers: { foo: "a a a a a" },
  },
  {
    name: "values of nothing and of white space",
    bytes: head("HTTP/1.0 200 OK", "Foo:", "Bar: \t \t ", "Content-Length: 0"),
    outcome: [200, ""],
    headers: { foo: "", bar: "" },
  },
  {
    name: "no status text and headers",
    bytes: head("HTTP/1.0 200", "Foo: bar", "Content-Length: 0"),
    outcome: [200, ""],
    headers: { foo: "bar" },
  },
  {
    name: "LF alone ends every line",
    bytes: "HTTP/1.1 200 OK\nFoo: bar\nContent-Length: 3\n\nabc",
    outcome: [200, "abc"],
    kept: true,
    headers: { foo: "bar" },
  },
  {
    name: "LF alone ends some lines",
    bytes: "HTTP/1.1 200 OK\r\nFoo: bar\nContent-Length: 3\n\r\nabc",
    outcome: [200, "abc"],
    kept: true,
    headers: { foo: "bar" },
  },
  { name: "LF alone, and no body", bytes: "HTTP/1.1 200 OK\nContent-Length: 0\n\n", outcome: [200, ""], kept: true },
  {
    name: "LF alone, and a body to the close",
    bytes: "HTTP/1.1 200 OK\nConnection: close\n\nto the end",
    closes: true,
    outcome: [200, "to the end"],
  },
  {
    name: "LF alone ends the head before a CR LF CR LF of the body",
    bytes: "HTTP/1.1 200 OK\nContent-Length: 8\n\nab\r\n\r\ncd",
    outcome: [200, "ab\r\n\r\ncd"],
    kept: true,
  },
  {
    name: "a header that goes on in the next lines",
    bytes: head(ok, "Some: multi-line", " header", "\tnonsense", "    \t  I guess", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { some: "multi-line header nonsense I guess" },
  },
  {
    name: "a length that stands in the next line",
    bytes: `${head(ok, "Content-Length:", " 3")}abc`,
    outcome: [200, "abc"],
    kept: true,
  },
  {
    name: "a control character in a cookie",
    bytes: head(ok, "Set-Cookie: ___utmva=kUd\x01UpAt; path=/", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { "set-cookie": "___utmva=kUd\x01UpAt; path=/" },
  },
  // As in urllib3's tests on sockets.
  {
    name: "two headers of one name",
    bytes: head(ok, "Set-Cookie: foo=1", "Set-Cookie: bar=1", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { "set-cookie": "foo=1, bar=1" },
  },
  {
    name: "names in any case",
    bytes: `${head(ok, "CoNtEnT-lEnGtH: 3", "content-TYPE: text/plain")}abc`,
    outcome: [200, "abc"],
    kept: true,
    headers: { "content-type": "text/plain" },
  },
  // Of our own.
  {
    name: "bytes of UTF-8 in a value, a no-break space's at its end",
    bytes: head(ok, "X-Name: \u00c3\u00a0", "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
    headers: { "x-name": "\u00c3\u00a0" },
  },
  {
    name: "a head of 20 KiB",
    bytes: head(ok, `X-Long: ${"x".repeat(20_000)}`, "Content-Length: 0"),
    outcome: [200, ""],
    kept: true,
  },
];

/** What is no head. */
const noHeads: AnswerCase[] = [
  ...(
    [
      // As llhttp's invalid answers.
      ["a protocol of three letters", "HTP/1.1 200 OK"],
      ["a protocol of six letters", "HTTPER/1.1 200 OK"],
      ["RTSP", "RTSP/1.1 200 OK"],
      ["ICE", "ICE/1.1 200 OK"],
      ["two digits of a major version", "HTTP/01.1 200 OK"],
      ["version 11", "HTTP/11.1 200 OK"],
      ["two digits of a minor version", "HTTP/1.01 200 OK"],
      ["a tab after the version", "HTTP/1.1\t200 OK"],
      ["version 5.6", "HTTP/5.6 200 OK"],
      ["version 0.9", "HTTP/0.9 200 OK"],
      ["two spaces before the status", "HTTP/1.1  200 OK"],
      ["a status of one digit", "HTTP/1.1 2 OK"],
      // As urllib3's.
      ["words in place of a status", "HTTP/1.1 Omg What Is This?"],
      ["version 1000", "HTTP/1000 200 OK"],
      ["version 0.5", "HTTP/0.5 200 OK"],
      // Of our own.
      ["another byte than a space after the version", "HTTP/1.1X200 OK"],
      ["no space after the version", "HTTP/1.1200 OK"],
      ["a status of two digits", "HTTP/1.1 20 OK"],
      ["a status of four digits", "HTTP/1.1 2000 OK"],
      ["a status with an exponent", "HTTP/1.1 9e2 OK"],
      ["a status with a sign", "HTTP/1.1 -20 OK"],
      ["a status with a point", "HTTP/1.1 20. OK"],
      ["a status below 100", "HTTP/1.1 099 OK"],
      ["a NUL in the reason phrase", "HTTP/1.1 200 OK\0xxxx"],
      ["lower case", "http/1.1 200 OK"],
    ] as const
  ).map(([name, first]): AnswerCase => ({ name, bytes: head(first, "Content-Length: 0"), outcome: "fails" })),
  ...(
    [
      // As llhttp's, h11's and urllib3's.
      ["a space in a name", "en-US Content-Type: text/xml"],
      ["a space before the colon", "Foo : bar"],
      ["a tab before the colon", "Foo\t: bar"],
      ["no name", ": bar"],
      ["neither name nor value", ":"],
      ["no colon and no value", "NoColon"],
      ["a NUL in a value", "Foo: a\0b"],
      ["a NUL in a name", "F\0o: b"],
      ["a control character in a name", "foo\x01bar: baz"],
      ["a byte beyond ASCII in a name", "foo\u00ffbar: baz"],
      ["a bare CR in a value", "Foo: 1\rBar: 2"],
      ["a bare CR in front of a header", "\rFoo: 1"],
      ["two CRs at a line's end", "Foo: 1\r"],
      ["a colon and a length in one name's place", "Foo: 1\rContent-Length: 9"],
    ] as const
  ).map(([name, header]): AnswerCase => ({ name, bytes: head(ok, header, "Content-Length: 0"), outcome: "fails" })),
  { name: "a bare CR after the status line", bytes: "HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n", outcome: "fails" },
  {
    name: "two CRs after the status line",
    bytes: "HTTP/1.1 200 OK\r\rContent-Length: 4\r\n\r\nEvil",
    outcome: "fails",
  },
  {
    name: "a space in front of the first header",
    bytes: head(ok, " Host: foo", "Content-Length: 0"),
    outcome: "fails",
  },
  { name: "an empty line before the status line", bytes: `\r\n${head(ok, "Content-Length: 0")}`, outcome: "fails" },
  { name: "nothing but an empty line", bytes: "\r\n", outcome: "fails" },
  { name: "a space", bytes: " ", outcome: "fails" },
  { name: "a NUL", bytes: "\0", outcome: "fails" },
  { name: "a handshake of TLS", bytes: "\x16\x03\x03\x00\x31", outcome: "fails" },
  { name: "a page without a head", bytes: "<html>hello</html>", closes: true, outcome: "fails" },
  { name: "half a status line", bytes: "HTTP/1.0 200 OK\r\n", closes: true, outcome: "fails" },
  { name: "half a header", bytes: "HTTP/1.1 200 OK\r\nContent-Le", closes: true, outcome: "fails" },
  { name: "nothing", bytes: "", closes: true, outcome: "fails" },
  {
    name: "a head of more than 64 KiB",
    bytes: head(ok, `X-Long: ${"x".repeat(66_000)}`, "Content-Length: 0"),
    outcome: "fails",
  },
];

/** Where the body ends (RFC 9112, 6.3), and whether the connection outlives it (9.3). */
const framing: AnswerCase[] = [
  // As llhttp's tests of the Connection header.
  {
    name: "Proxy-Connection closes nothing",
    bytes: `${head(ok, "Content-Length: 11", "Proxy-Connection: close")}hello world`,
    outcome: [200, "hello world"],
    kept: true,
  },
  {
    name: "HTTP/1.0 kept alive without a length goes on to the close",
    bytes: `${head("HTTP/1.0 200 OK", "Connection: keep-alive")}HTTP/1.0 200 OK`,
    closes: true,
    outcome: [200, "HTTP/1.0 200 OK"],
  },
  {
    name: "HTTP/1.1 without a length goes on to the close",
    bytes: `${head(ok)}HTTP/1.1 200 OK`,
    closes: true,
    outcome: [200, "HTTP/1.1 200 OK"],
  },
  {
    name: "204 has no body in HTTP/1.0",
    bytes: head("HTTP/1.0 204 No content", "Connection: keep-alive"),
    outcome: [204, ""],
    kept: true,
  },
  { name: "204 has no body in HTTP/1.1", bytes: head("HTTP/1.1 204 No content"), outcome: [204, ""], kept: true },
  { name: "204 that closes", bytes: head("HTTP/1.1 204 No content", "Connection: close"), outcome: [204, ""] },
  {
    name: "204 and bytes of another answer",
    unasked: true,
    bytes: `${head("HTTP/1.1 204 No content")}${head(ok)}`,
    outcome: [204, ""],
  },
  {
    name: "304 has no body whatever its length",
    bytes: head("HTTP/1.1 304 Not Modified", "Content-Length: 10"),
    outcome: [304, ""],
    kept: true,
  },
  {
    name: "304 has no body whatever its coding",
    bytes: head("HTTP/1.1 304 Not Modified", "Transfer-Encoding: chunked"),
    outcome: [304, ""],
    kept: true,
  },
  {
    name: "more than the length, on a connection that closes",
    unasked: true,
    bytes: `${head(ok, "Content-Length: 5", "Connection: close")}2ad731e3-4dcd`,
    outcome: [200, "2ad73"],
  },
  {
    name: "more than the length, on a connection that stays",
    unasked: true,
    bytes: `${head(ok, "Content-Length: 5")}2ad731e3-4dcd`,
    outcome: [200, "2ad73"],
  },
  {
    name: "Upgrade in an answer that is none",
    bytes: `${head(ok, "Connection: upgrade", "Upgrade: h2c", "Content-Length: 4")}body`,
    outcome: [200, "body"],
    kept: true,
  },
  {
    name: "Upgrade and chunks",
    bytes: `${head(ok, "Connection: upgrade", "Upgrade: h2c", "Transfer-Encoding: chunked")}2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n`,
    outcome: [200, "body"],
    kept: true,
  },
  {
    name: "Upgrade and neither",
    bytes: `${head(ok, "Connection: upgrade", "Upgrade: h2c")}body`,
    closes: true,
    outcome: [200, "body"],
  },
  {
    name: "protocols switched unasked",
    bytes: `${head("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: h2c")}proto`,
    closes: true,
    outcome: "fails",
  },
  {
    name: "100, then the answer",
    bytes: `${head("HTTP/1.1 100 Continue")}${head("HTTP/1.1 404 Not Found", "Content-Length: 14")}404: Not Found`,
    outcome: [404, "404: Not Found"],
    kept: true,
  },
  {
    name: "103 with a link, then the answer",
    bytes: `${head("HTTP/1.1 103 Early Hints", "Link: </styles.css>; rel=preload")}${head(ok, "Content-Length: 2")}ok`,
    outcome: [200, "ok"],
    kept: true,
  },
  {
    name: "three interim answers",
    bytes: `${head("HTTP/1.1 102 Processing").repeat(3)}${head(ok, "Content-Length: 2")}ok`,
    outcome: [200, "ok"],
    kept: true,
  },
  { name: "an interim answer, and the end", bytes: head("HTTP/1.1 100 Continue"), closes: true, outcome: "fails" },
  {
    name: "pipelined answers nobody asked for",
    unasked: true,
    bytes: `${head(ok, "Content-Length: 3")}AAA${head("HTTP/1.1 201 Created", "Content-Length: 4")}BBBB`,
    outcome: [200, "AAA"],
  },
  // As llhttp's and urllib3's tests of lengths.
  {
    name: "a body to the close",
    bytes: `${head(ok, "Content-Type: text/plain", "Connection: close")}<a>\nb</a>\n`,
    closes: true,
    outcome: [200, "<a>\nb</a>\n"],
  },
  {
    name: "Content-Length-X is another header",
    bytes: `${head(ok, "Content-Length-X: 0", "Transfer-Encoding: chunked")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
    kept: true,
  },
  {
    name: "HEAD has no body whatever its length",
    method: "HEAD",
    bytes: head(ok, "Content-Length: 256"),
    outcome: [200, ""],
    kept: true,
  },
  {
    name: "HEAD has no body whatever its coding",
    method: "HEAD",
    bytes: head(ok, "Transfer-Encoding: chunked"),
    outcome: [200, ""],
    kept: true,
  },
  { name: "HEAD without any", method: "HEAD", bytes: head(ok), outcome: [200, ""], kept: true },
  {
    name: "less than the length",
    bytes: `${head(ok, "Content-Length: 22")}hello, world`,
    closes: true,
    outcome: "fails",
  },
  { name: "nothing of the length", bytes: head(ok, "Content-Length: 22"), closes: true, outcome: "fails" },
  {
    name: "a multipart body",
    bytes: `${head("HTTP/1.1 404 Not Found", "Content-Type: multipart/mixed; boundary=36e", "Content-Length: 21")}--36e\r\n\r\n1\r\n--36e--\r\n`,
    outcome: [404, "--36e\r\n\r\n1\r\n--36e--\r\n"],
    kept: true,
  },
  { name: "HTTP/1.0 closes", bytes: `${head("HTTP/1.0 200 OK", "Content-Length: 3")}abc`, outcome: [200, "abc"] },
  {
    name: "HTTP/1.0 kept alive",
    bytes: `${head("HTTP/1.0 200 OK", "Content-Length: 3", "Connection: Keep-Alive")}abc`,
    outcome: [200, "abc"],
    kept: true,
  },
  // As h11's tests of headers.
  {
    name: "one length twice",
    bytes: `${head(ok, "Content-Length: 3", "Content-Length: 3")}abc`,
    outcome: [200, "abc"],
    kept: true,
  },
  {
    name: "one length twice in a list",
    bytes: `${head(ok, "Content-Length: 3 , 3")}abc`,
    outcome: [200, "abc"],
    kept: true,
  },
  { name: "two lengths", bytes: `${head(ok, "Content-Length: 1", "Content-Length: 2")}ab`, outcome: "fails" },
  {
    name: "two lengths after one twice",
    bytes: `${head(ok, "Content-Length: 1", "Content-Length: 1", "Content-Length: 2")}ab`,
    outcome: "fails",
  },
  { name: "two lengths in a list", bytes: `${head(ok, "Content-Length: 1 , 1,2")}ab`, outcome: "fails" },
  { name: "a length of letters", bytes: `${head(ok, "Content-Length: asdf")}ab`, outcome: "fails" },
  { name: "a length and a letter", bytes: `${head(ok, "Content-Length: 1x")}ab`, outcome: "fails" },
  { name: "a length of 21 digits", bytes: `${head(ok, `Content-Length: ${"1".repeat(21)}`)}ab`, outcome: "fails" },
  // Of our own.
  {
    name: "a length of 20 digits, most of them zeros in front",
    bytes: `${head(ok, "Content-Length: 00000000000000000003")}abc`,
    outcome: [200, "abc"],
    kept: true,
  },
  { name: "a length of nothing", bytes: `${head(ok, "Content-Length: ")}ab`, outcome: "fails" },
  { name: "a length with a sign", bytes: `${head(ok, "Content-Length: +2")}ab`, outcome: "fails" },
  { name: "a negative length", bytes: `${head(ok, "Content-Length: -2")}ab`, outcome: "fails" },
  { name: "a length in hexadecimal", bytes: `${head(ok, "Content-Length: 0x2")}ab`, outcome: "fails" },
  { name: "a length with a space in it", bytes: `${head(ok, "Content-Length: 1 2")}abcdefghijkl`, outcome: "fails" },
  { name: "a no-break space around a length", bytes: `${head(ok, "Content-Length: \u00a02")}ab`, outcome: "fails" },
  {
    name: "options of Connection that only contain close",
    bytes: `${head(ok, "Connection: closed, not-close", "Content-Length: 2")}ok`,
    outcome: [200, "ok"],
    kept: true,
  },
  {
    name: "close among other options",
    bytes: `${head(ok, "Connection: x, Close", "Content-Length: 2")}ok`,
    outcome: [200, "ok"],
  },
  {
    name: "close in a second line",
    bytes: `${head(ok, "Connection: keep-alive", "Connection: close", "Content-Length: 2")}ok`,
    outcome: [200, "ok"],
  },
];

/** Transfer codings (RFC 9112, 6.1 and 6.3). */
const codings: AnswerCase[] = [
  ...(["chunked", "cHuNkEd", "gzip, chunked", " chunked ", ",chunked"] as const).map(
    (coding): AnswerCase => ({
      name: `"${coding}" is chunked`,
      bytes: `${head(ok, `Transfer-Encoding: ${coding}`)}2\r\nOK\r\n0\r\n\r\n`,
      outcome: [200, "OK"],
      kept: true,
    }),
  ),
  ...(
    [
      "chunked, deflate",
      "chunkedchunked",
      "notchunked",
      "xchunked",
      "gzip",
      "identity",
      "chunked, identity",
      "chunked\u00a0",
      "chunked abc",
    ] as const
  ).map(
    (coding): AnswerCase => ({
      name: `"${coding}" goes on to the close`,
      bytes: `${head(ok, `Transfer-Encoding: ${coding}`)}World`,
      closes: true,
      outcome: [200, "World"],
    }),
  ),
  {
    name: "chunked in one line, identity in the next",
    bytes: `${head(ok, "Transfer-Encoding: chunked", "Transfer-Encoding: identity")}World`,
    closes: true,
    outcome: [200, "World"],
  },
  {
    name: "gzip in one line, chunked in the next",
    bytes: `${head(ok, "Transfer-Encoding: gzip", "Transfer-Encoding: chunked")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
    kept: true,
  },
  {
    name: "chunked that goes on in the next line is another coding",
    bytes: `${head(ok, "Transfer-Encoding: chunked", "  abc")}5\r\nWorld\r\n0\r\n\r\n`,
    closes: true,
    outcome: [200, "5\r\nWorld\r\n0\r\n\r\n"],
  },
  {
    name: "a parameter of chunked",
    bytes: `${head(ok, "Transfer-Encoding: chunked;q=1")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: "fails",
  },
  {
    name: "chunked beside a length",
    bytes: `${head(ok, "Content-Length: 3", "Transfer-Encoding: chunked")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
  },
  {
    name: "a length after chunked",
    bytes: `${head(ok, "Transfer-Encoding: chunked", "Content-Length: 3")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
  },
  {
    name: "chunked beside two lengths",
    bytes: `${head(ok, "Content-Length: 3", "Content-Length: 4", "Transfer-Encoding: chunked")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
  },
  {
    name: "gzip beside a length",
    bytes: `${head(ok, "Content-Length: 3", "Transfer-Encoding: gzip")}World`,
    closes: true,
    outcome: [200, "World"],
  },
  {
    name: "chunked, identity beside a length",
    bytes: `${head(ok, "Content-Length: 3", "Transfer-Encoding: chunked, identity")}World`,
    closes: true,
    outcome: [200, "World"],
  },
  {
    name: "chunked in HTTP/1.0",
    bytes: `${head("HTTP/1.0 200 OK", "Connection: keep-alive", "Transfer-Encoding: chunked")}2\r\nOK\r\n0\r\n\r\n`,
    outcome: [200, "OK"],
  },
];

/** The chunked coding (RFC 9112, 7.1). */
const chunks: AnswerCase[] = [
  // As h11's tests of its reader.
  { name: "no chunks", bytes: chunked("0", "", ""), outcome: [200, ""], kept: true },
  { name: "a trailer", bytes: chunked("0", "Some: header", "", ""), outcome: [200, ""], kept: true },
  {
    name: "two chunks and a trailer",
    bytes: chunked("5", "01234", "10", `${digits}abcdef`, "0", "Some: header", "", ""),
    outcome: [200, `01234${digits}abcdef`],
    kept: true,
  },
  {
    name: "letters of both cases in a size",
    bytes: chunked("aA", "x".repeat(0xaa), "0", "", ""),
    outcome: [200, "x".repeat(0xaa)],
    kept: true,
  },
  { name: "a size of a hundred digits", bytes: chunked("9".repeat(100), "xxx"), outcome: "fails" },
  { name: "a NUL after a size", bytes: chunked("10\0", "xxx"), outcome: "fails" },
  {
    name: "extensions",
    bytes: chunked("5; hello=there", "xxxxx", '0; random="junk"; some=more; canbe=lonnnnngg', "", ""),
    outcome: [200, "xxxxx"],
    kept: true,
  },
  {
    name: "white space after a size",
    bytes: chunked("5   \t ", "01234", "0", "", ""),
    outcome: [200, "01234"],
    kept: true,
  },
  { name: "data longer than its size", bytes: chunked("3", "xxx__1a", ""), outcome: "fails" },
  { name: "another byte than LF after data's CR", bytes: chunked("3", "xxx\r_1a", ""), outcome: "fails" },
  { name: "another byte than CR after data", bytes: chunked("3", "xxx_\n1a", ""), outcome: "fails" },
  { name: "the end within a chunk", bytes: chunked("8", "012345"), closes: true, outcome: "fails" },
  { name: "the end before the last chunk", bytes: chunked("3", "abc", ""), closes: true, outcome: "fails" },
  { name: "the end within the last chunk", bytes: chunked("3", "abc", "0", ""), closes: true, outcome: "fails" },
  // As llhttp's tests of Transfer-Encoding.
  {
    name: "spaces after sizes, also the last",
    bytes: chunked("25  ", "This is the data in the first chunk\r\n", "0  ", "", ""),
    outcome: [200, "This is the data in the first chunk\r\n"],
    kept: true,
  },
  {
    name: "extensions without values",
    bytes: chunked("5;ilovew3;somuchlove=x", "hello", "6;blahblah;blah", " world", "0", "", ""),
    outcome: [200, "hello world"],
    kept: true,
  },
  {
    name: "extensions in quotes",
    bytes: chunked('5;ilovew3="I love; extensions";foo=bar', "hello", "0", "", ""),
    outcome: [200, "hello"],
    kept: true,
  },
  {
    name: "a quote of an extension that does not end",
    bytes: chunked('5;ilovew3="abc";x="def; ghi', "hello", "0", "", ""),
    outcome: [200, "hello"],
    kept: true,
  },
  {
    name: "no name after an extension's semicolon",
    bytes: chunked("2;", "aa", "0", "", ""),
    outcome: [200, "aa"],
    kept: true,
  },
  {
    name: "no semicolon before an extension",
    bytes: chunked("2 erfrferferf", "aa", "0 rrrr", "", ""),
    outcome: "fails",
  },
  {
    name: "no semicolon before an extension of the last chunk",
    bytes: chunked("2", "aa", "0 rrrr", "", ""),
    outcome: "fails",
  },
  // Of our own.
  {
    name: "many zeros before a size",
    bytes: chunked(`${"0".repeat(20)}3`, "abc", "0", "", ""),
    outcome: [200, "abc"],
    kept: true,
  },
  {
    name: "many zeros for the last size",
    bytes: chunked("3", "abc", "0".repeat(20), "", ""),
    outcome: [200, "abc"],
    kept: true,
  },
  { name: "a size in 0x", bytes: chunked("0x3", "abc", "0", "", ""), outcome: "fails" },
  { name: "a size with a sign", bytes: chunked("+3", "abc", "0", "", ""), outcome: "fails" },
  { name: "no size", bytes: chunked("", "abc", "0", "", ""), outcome: "fails" },
  { name: "a bare LF after a size", bytes: chunked("3\nabc", "0", "", ""), outcome: "fails" },
  { name: "a bare LF after an extension", bytes: chunked("3;a\nabc", "0", "", ""), outcome: "fails" },
  { name: "a bare CR after a size", bytes: chunked("3\rabc", "0", "", ""), outcome: "fails" },
  { name: "a bare LF after data", bytes: chunked("3", "abc\n0", "", ""), outcome: "fails" },
  { name: "a bare LF after the last size", bytes: chunked("3", "abc", "0\n", ""), outcome: "fails" },
  { name: "a bare LF for the last line", bytes: chunked("3", "abc", "0", "\n"), outcome: "fails" },
  { name: "a bare LF after a trailer", bytes: chunked("3", "abc", "0", "A: b\n", ""), outcome: "fails" },
  { name: "a trailer without a colon", bytes: chunked("3", "abc", "0", "nothing", "", ""), outcome: "fails" },
  { name: "a trailer without a name", bytes: chunked("3", "abc", "0", ": b", "", ""), outcome: "fails" },
  {
    name: "a trailer that goes on in the next line",
    bytes: chunked("3", "abc", "0", "A: b", " c", "", ""),
    outcome: [200, "abc"],
    kept: true,
  },
  {
    name: "an extension of more than 16 KiB",
    bytes: chunked(`3;${"x".repeat(17_000)}`, "abc", "0", "", ""),
    outcome: "fails",
  },
  {
    name: "bytes after the last chunk",
    unasked: true,
    bytes: `${chunked("3", "abc", "0", "", "")}more`,
    outcome: [200, "abc"],
  },
  {
    name: "an answer after the last chunk",
    unasked: true,
    bytes: `${chunked("3", "abc", "0", "", "")}${head(ok)}`,
    outcome: [200, "abc"],
  },
];

/**
 * How answers are read, as facts: the vectors of llhttp (test/response), h11 (tests/test_io, test_headers,
 * test_connection) and urllib3 (test_socketlevel, test_response) said again, and some of our own.
 */
export const answerCases: readonly AnswerCase[] = [...heads, ...noHeads, ...framing, ...codings, ...chunks];
