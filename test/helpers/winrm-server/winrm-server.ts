import { randomUUID } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { type FakeWindows, fakePowershell, type ProgramEnd } from "./fake-powershell.ts";
import { type Account, NtlmServer, type NtlmServerOptions, type ServerSession } from "./ntlm-server.ts";

/*
 * A WinRM service that speaks the wire: SOAP of MS-WSMV over HTTP(S), NTLM with sealed messages, and behind it a fake Windows.
 * Written from the specification, and tried with Debian's python3-winrm; shares no code with the client it tests.
 */

/** Account of the specification's examples: its NT hash is MS-NLMP 4.2.2.1.2's, of the password "Password". */
export const account: Account = {
  user: "Administrator",
  domain: "",
  ntHash: "a4f49c406510bdcab6824ee7c30fd852",
};

/** What a test may want of the server. */
export interface WinrmServerOptions extends Partial<Omit<NtlmServerOptions, "binding">> {
  readonly windows?: FakeWindows;
  readonly tls?: { readonly key: string; readonly cert: string; readonly der: Buffer; readonly hash: string };
  /** Password that Basic takes; without it Basic is not offered. */
  readonly basicPassword?: string;
  /** Offers of the first answer, in the place of Negotiate. */
  readonly offers?: string;
  /** Bytes of output in one answer. */
  readonly chunkBytes?: number;
  /** Looks at a request before it is served: may answer a fault, destroy the connection, or answer otherwise. */
  readonly before?: (
    action: string,
    count: number,
  ) =>
    | "drop"
    | "unsealed"
    | "tampered"
    | "replayed"
    | { readonly fault: number; readonly reason: string }
    | undefined;
  /** A program that does not end before it is told to. */
  readonly hangs?: boolean;
}

interface Command {
  readonly words: readonly string[];
  readonly input: Buffer[];
  output: { stdout: Buffer; stderr: Buffer; exitCode: number } | undefined;
  running: Promise<void> | undefined;
}

interface Connection {
  ntlm: NtlmServer | undefined;
  session: ServerSession | undefined;
  authenticated: boolean;
  lastBody: Buffer | undefined;
}

/** The running server. */
export interface WinrmServer {
  readonly port: number;
  /** Shells that are there now. */
  readonly shells: ReadonlyMap<string, ReadonlyMap<string, Command>>;
  /** Actions served, by their last word. */
  readonly served: readonly string[];
  readonly connections: () => number;
  /** Headers and bodies as they came over the wire, all connections. */
  readonly wire: () => Buffer;
  readonly refusals: readonly string[];
  /** Ends every connection, as a restart of the service does. */
  dropConnections(): void;
  close(): Promise<void>;
}

const shellSpace = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell";

export async function startWinrmServer(options: WinrmServerOptions = {}): Promise<WinrmServer> {
  const shells = new Map<string, Map<string, Command>>();
  const states = new WeakMap<Socket, Connection>();
  const sockets = new Set<Socket>();
  const served: string[] = [];
  const refusals: string[] = [];
  const heard: Buffer[] = [];
  let accepted = 0;

  const stateOf = (socket: Socket) => {
    const state = states.get(socket) ?? {
      ntlm: undefined,
      session: undefined,
      authenticated: false,
      lastBody: undefined,
    };
    states.set(socket, state);
    return state;
  };

  const handler = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    heard.push(Buffer.from(request.rawHeaders.join("\n")), body);
    const state = stateOf(request.socket);
    if (!logIn(request, response, state)) return;
    if (body.length === 0) {
      response.writeHead(200, { "content-length": 0 }).end();
      return;
    }
    const sealed = request.headers["content-type"]?.startsWith("multipart/encrypted") === true;
    if (sealed !== (options.tls === undefined)) {
      response.writeHead(500).end();
      return;
    }
    const text = sealed ? unwrap(body, state) : body.toString("utf8");
    if (text === undefined) {
      response.writeHead(400).end();
      return;
    }
    const action = /<a:Action[^>]*>[^<]*\/(\w+)<\/a:Action>/.exec(text)?.[1] ?? "";
    served.push(action);
    const odd = options.before?.(action, served.filter((one) => one === action).length);
    if (odd === "drop") {
      request.socket.destroy();
      return;
    }
    const messageId = /<a:MessageID>([^<]+)</.exec(text)?.[1] ?? "";
    const answer =
      typeof odd === "object"
        ? fault(odd.fault, odd.reason)
        : await serve(action, text).catch((error: Error) => fault(1, error.message));
    const envelope = Buffer.from(
      `<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="${shellSpace}"><s:Header><a:MessageID>uuid:${randomUUID()}</a:MessageID><a:RelatesTo>${messageId}</a:RelatesTo></s:Header><s:Body>${answer.body}</s:Body></s:Envelope>`,
    );
    if (!sealed || odd === "unsealed") {
      response
        .writeHead(answer.status, { "content-type": "application/soap+xml;charset=UTF-8" })
        .end(envelope);
      return;
    }
    let wrapped = wrap(envelope, state);
    if (odd === "tampered") wrapped[wrapped.length - 60] = (wrapped[wrapped.length - 60] as number) ^ 1;
    if (odd === "replayed") wrapped = state.lastBody ?? wrapped;
    state.lastBody = wrapped;
    response
      .writeHead(answer.status, {
        "content-type":
          'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"',
      })
      .end(wrapped);
  };

  /** Whether the connection is logged in; answers the steps to that. */
  function logIn(request: http.IncomingMessage, response: http.ServerResponse, state: Connection): boolean {
    const { basicPassword, offers } = options;
    const refuse = (
      reason: string,
      offer = offers ?? `Negotiate${basicPassword === undefined ? "" : ', Basic realm="WSMAN"'}`,
    ) => {
      if (reason !== "") refusals.push(reason);
      response.writeHead(401, { "www-authenticate": offer, "content-length": 0 }).end();
      return false;
    };
    const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
    if (basicPassword !== undefined && scheme === "Basic") {
      const expected = `${account.user}:${basicPassword}`;
      return Buffer.from(token, "base64").toString("utf8") === expected || refuse("basic");
    }
    if (scheme !== "Negotiate" || offers !== undefined) return state.authenticated || refuse("");
    const message = Buffer.from(token, "base64");
    if (message.readUInt32LE(8) === 1) {
      const { accounts = [account], flags, timestamp, tls } = options;
      state.ntlm = new NtlmServer({
        accounts,
        ...(flags === undefined ? {} : { flags }),
        ...(timestamp === undefined ? {} : { timestamp }),
        binding: tls === undefined ? null : { certificate: tls.der, hash: tls.hash },
      });
      return refuse("", `Negotiate ${state.ntlm.challenge(message).toString("base64")}`);
    }
    const session = state.ntlm?.authenticate(message);
    if (session === undefined) return refuse(state.ntlm?.refusal ?? "no challenge");
    state.session = session;
    state.authenticated = true;
    return true;
  }

  async function serve(action: string, text: string): Promise<{ status: number; body: string }> {
    const ok = (body: string) => ({ status: 200, body });
    const largest = Number(/<w:MaxEnvelopeSize[^>]*>(\d+)</.exec(text)?.[1]);
    if (Buffer.byteLength(text) > Math.min(largest, 153_600))
      return fault(2_150_858_770, "the request is too large");
    if (action === "Create") {
      const id = randomUUID().toUpperCase();
      shells.set(id, new Map());
      return ok(
        `<x:ResourceCreated><a:Address>http://web-01/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>${shellSpace}/cmd</w:ResourceURI><w:SelectorSet><w:Selector Name="ShellId">${id}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>`,
      );
    }
    const shellId = /<w:Selector Name="ShellId">([^<]+)</.exec(text)?.[1] ?? "";
    const shell = shells.get(shellId);
    if (shell === undefined) return fault(2_150_858_843, "The shell was not found on the server.");
    if (action === "Delete") {
      shells.delete(shellId);
      return ok("");
    }
    if (action === "Command") {
      const id = randomUUID().toUpperCase();
      const program = content(text, "rsp:Command");
      const words = [program, ...content(text, "rsp:Arguments").split(" ")];
      shell.set(id, { words, input: [], output: undefined, running: undefined });
      return ok(`<rsp:CommandResponse><rsp:CommandId>${id}</rsp:CommandId></rsp:CommandResponse>`);
    }
    const commandId = /CommandId="([^"]+)"/.exec(text)?.[1] ?? "";
    const command = shell.get(commandId);
    if (command === undefined) return fault(2_150_858_843, "no such command");
    if (action === "Signal") {
      shell.delete(commandId);
      return ok("<rsp:SignalResponse/>");
    }
    if (action === "Send") {
      command.input.push(Buffer.from(content(text, "rsp:Stream"), "base64"));
      if (/<rsp:Stream[^>]*End="true"/i.test(text) && options.hangs !== true) {
        command.running = fakePowershell(
          command.words,
          Buffer.concat(command.input),
          options.windows ?? {},
        ).then((end: ProgramEnd) => {
          command.output = { ...end };
        });
      }
      return ok("<rsp:SendResponse/>");
    }
    if (action !== "Receive") return fault(2_150_858_812, "no such action");
    await command.running;
    const { output } = command;
    if (output === undefined)
      return fault(
        2_150_858_793,
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.",
      );
    const take = options.chunkBytes ?? 32_768;
    const streams = (["stdout", "stderr"] as const).map((name) => {
      const part = output[name].subarray(0, take);
      output[name] = output[name].subarray(take);
      const end = output[name].length === 0 ? ' End="true"' : "";
      return `<rsp:Stream Name="${name}" CommandId="${commandId}"${end}>${part.toString("base64")}</rsp:Stream>`;
    });
    const done = output.stdout.length === 0 && output.stderr.length === 0;
    const state = done ? `<rsp:ExitCode>${output.exitCode}</rsp:ExitCode>` : "";
    return ok(
      `<rsp:ReceiveResponse>${streams.join("")}<rsp:CommandState CommandId="${commandId}" State="${shellSpace}/CommandState/${done ? "Done" : "Running"}">${state}</rsp:CommandState></rsp:ReceiveResponse>`,
    );
  }

  const server =
    options.tls === undefined
      ? http.createServer(handler)
      : https.createServer({ key: options.tls.key, cert: options.tls.cert }, handler);
  server.on("connection", (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    shells,
    served,
    refusals,
    connections: () => accepted,
    wire: () => Buffer.concat(heard),
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Text of an element, entities undone. */
function content(text: string, tag: string): string {
  const found = new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`).exec(text)?.[1] ?? "";
  const plain: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return found.replace(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name?: string) =>
    code === undefined ? (plain[name ?? ""] ?? "") : String.fromCharCode(Number(code)),
  );
}

function fault(code: number, reason: string): { status: number; body: string } {
  return {
    status: 500,
    body: `<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang="en-US">${reason}</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="${code}" Machine="web-01"><f:Message>${reason}</f:Message></f:WSManFault></s:Detail></s:Fault>`,
  };
}

const line = "--Encrypted Boundary";

function unwrap(body: Buffer, { session }: Connection): string | undefined {
  const marker = Buffer.from("\tContent-Type: application/octet-stream\r\n");
  const start = body.indexOf(marker) + marker.length;
  const end = body.lastIndexOf(`${line}--\r\n`);
  const told = Number(/Length=(\d+)/.exec(body.toString("latin1", 0, start))?.[1]);
  if (start < marker.length || end < start || body.readUInt32LE(start) !== 16) return undefined;
  const text = session?.unseal(body.subarray(start + 4, start + 20), body.subarray(start + 20, end));
  return text?.length === told ? text.toString("utf8") : undefined;
}

function wrap(text: Buffer, { session }: Connection): Buffer {
  const { signature, sealed } = (session as ServerSession).seal(text);
  return Buffer.concat([
    Buffer.from(
      `${line}\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=${text.length}\r\n${line}\r\n\tContent-Type: application/octet-stream\r\n`,
    ),
    Buffer.from([16, 0, 0, 0]),
    signature,
    sealed,
    Buffer.from(`${line}--\r\n`),
  ]);
}
