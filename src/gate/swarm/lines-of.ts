import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Longer lines are cut: a process that never ends its line must not fill our memory. Characters. */
export const longestLine = 65_536;

/** Gives a stream line by line, the last one too if nothing ends it. */
export async function linesOf(stream: Readable | null, onLine: (line: string) => void): Promise<void> {
  if (!stream) return;
  const decoder = new StringDecoder("utf8");
  let open = "";
  let cut = 0;
  const end = () => {
    const line = open.endsWith("\r") ? open.slice(0, -1) : open;
    onLine(cut > 0 ? `${line}… (${cut} more characters)` : line);
    open = "";
    cut = 0;
  };
  const extend = (text: string) => {
    const room = longestLine - open.length;
    if (text.length > room) cut += text.length - room;
    open += text.length > room ? text.slice(0, room) : text;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const text = decoder.write(chunk);
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      extend(text.slice(from, at));
      end();
      from = at + 1;
    }
    extend(text.slice(from));
  }
  extend(decoder.end());
  if (open !== "" || cut > 0) end();
}
