import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SampanError } from "@sampan/core";

/** Something that is served until it is closed. */
export interface Served {
  /** Where it is, with the port it got: `http://127.0.0.1:9464`. */
  readonly origin: string;
  /** Ends it; connections that are open are ended too. */
  close(): Promise<void>;
}

/** Whether an address is one of this machine alone. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * Begins to listen; `what` says for whom in the error.
 *
 * @throws `FLEET_LISTEN_FAILED` where the address is taken or is none of this machine.
 */
export async function listen(
  server: Server,
  { port, host }: { readonly port: number; readonly host: string },
  what: string,
): Promise<Served> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  }).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new SampanError("FLEET_LISTEN_FAILED", `serving ${what} at ${host}:${port}: ${code}`, { cause });
  });
  // What fails from now on, such as taking a connection when no more files may be open, is that connection's end and not the program's.
  server.on("error", () => undefined);
  const { port: given } = server.address() as AddressInfo;
  return {
    origin: `http://${host.includes(":") ? `[${host}]` : host}:${given}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * Whether a request to a server on this machine was really meant for it. A page from elsewhere whose name is made to point to this machine
 * sends its own name as `Host`.
 */
export function isForThisMachine(request: IncomingMessage): boolean {
  const host = request.headers.host ?? "";
  const name = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host);
  if (name === null) return false;
  const port = Number(name[2] ?? 80);
  return port === request.socket.localPort && isLoopback((name[1] ?? "").replace(/^\[|\]$/g, ""));
}

/** The token of `Authorization: Bearer TOKEN`; `undefined` where there is none. */
export function bearerOf(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** Whether two secrets are the same, in a time that tells nothing of where they differ. */
export function sameSecret(given: string | undefined, secret: string): boolean {
  if (given === undefined) return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
