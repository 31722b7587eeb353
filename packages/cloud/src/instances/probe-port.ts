import { connect } from "node:net";

/** What a TCP port answered. */
export interface PortAnswer {
  readonly open: boolean;
  /** First line the service sent by itself, such as `SSH-2.0-OpenSSH_9.2`; `null` when it sent none. */
  readonly banner: string | null;
  /** Why it is not open, as the network said; `null` when it is. */
  readonly reason: string | null;
}

const longestBanner = 255;

/**
 * Connects to a TCP port and reads the first line the service sends, if any comes in time. Never rejects for what the network
 * does.
 */
export function probePort(
  host: string,
  port: number,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<PortAnswer> {
  return new Promise((resolve) => {
    let text = "";
    let open = false;
    const socket = connect({ host, port });
    const end = (reason: string | null) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      socket.destroy();
      const line = text.split(/[\r\n]/)[0] ?? "";
      const banner = line.replace(/\p{Cc}/gu, "").slice(0, longestBanner);
      resolve({
        open,
        banner: banner === "" ? null : banner,
        reason: open ? null : (reason ?? "closed at once"),
      });
    };
    const timer = setTimeout(() => end("no answer in time"), timeoutMs);
    const onAbort = () => end("cancelled");
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("connect", () => {
      open = true;
    });
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (/[\r\n]/.test(text) || text.length >= longestBanner) end(null);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.on("close", () => end("closed at once"));
  });
}
