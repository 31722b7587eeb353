import type { Readable } from "node:stream";

/** Longest text of log-in scripts that is passed over. */
const mostGarbageBytes = 256 * 1024;

/** What came first: the line, with what else stood on it; the end of the stream, after some text; or too much text. */
export type Greeting = { readonly text: string } | { readonly ended: string } | "garbage";

/**
 * Reads a stream up to a line that begins with `mark` and gives what else stands on it; what follows stays in the stream. What
 * comes before is passed over: log-in scripts may print what they like.
 */
export function takeGreeting(stream: Readable, mark: string): Promise<Greeting> {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0);
    const finish = (answer: Greeting) => {
      stream.off("readable", onReadable);
      stream.off("end", onEnd);
      stream.off("close", onEnd);
      stream.off("error", onEnd);
      resolve(answer);
    };
    const onEnd = () => finish({ ended: heard.toString("latin1", 0, 1000) });
    const onReadable = () => {
      const part = stream.read() as Buffer | null;
      if (part === null) return;
      heard = Buffer.concat([heard, part]);
      const at = heard.indexOf(mark);
      const end = at < 0 ? -1 : heard.indexOf("\n", at);
      if (end >= 0) {
        const rest = heard.subarray(end + 1);
        if (rest.length > 0) stream.unshift(rest);
        finish({ text: heard.toString("latin1", at + mark.length, end).trim() });
      } else if (heard.length > mostGarbageBytes) {
        finish("garbage");
      }
    };
    stream.on("readable", onReadable);
    stream.on("end", onEnd);
    stream.on("close", onEnd);
    stream.on("error", onEnd);
  });
}
