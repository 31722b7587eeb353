import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { cancelledError, SampanError, type Secret, throwIfCancelled } from "@sampan/core";
import { invalidAnswer } from "./answer.ts";
import { channelBindingOf } from "./ntlm/channel-binding.ts";
import { NtlmLogin } from "./ntlm/ntlm-login.ts";
import type { SessionSecurity } from "./ntlm/session-security.ts";
import { isSealed, sealBody, sealedContentType, unsealBody } from "./sealed-body.ts";
import { splitUser, type WinrmTarget } from "./winrm-target.ts";

/** How a user shows who he is: NTLM, or the password itself, which only goes over TLS. */
export type WinrmLogin = "negotiate" | "basic";

/** What a connection to WinRM needs. */
export interface WinrmEndpoint extends WinrmTarget {
  readonly title: string;
  readonly password: Secret;
  readonly login: WinrmLogin;
  /** Authorities to trust in the place of the system's, as PEM. */
  readonly ca?: string | undefined;
}

/** An answer: its status, and the envelope in it. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Envelopes are 150 KiB at most; nothing that answers more is WinRM. */
const maxAnswerBytes = 1024 * 1024;
const connectTimeoutMs = 20_000;

/** The socket that was logged in is gone: nothing was sent. */
export class StaleConnection extends Error {}

interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One connection to WinRM that is logged in: NTLM logs in a connection, not a request, and seals in order, so that one request
 * follows the other on it. Without TLS every envelope is sealed, and an answer that is not is refused.
 */
export class HttpConnection {
  readonly #endpoint: WinrmEndpoint;
  readonly #agent: http.Agent;
  #socket: Socket | undefined;
  #session: SessionSecurity | undefined;
  #broken = false;

  constructor(endpoint: WinrmEndpoint) {
    this.#endpoint = endpoint;
    const options = { keepAlive: true, maxSockets: 1, keepAliveMsecs: 30_000 };
    this.#agent = endpoint.tls ? new https.Agent(options) : new http.Agent(options);
  }

  /** Whether something was asked over it before. */
  get loggedIn(): boolean {
    return this.#socket !== undefined;
  }

  /** False once it cannot be used any more. */
  get usable(): boolean {
    return !this.#broken && (this.#socket === undefined || !this.#socket.destroyed);
  }

  /**
   * Sends an envelope and gives the answer, faults included; logs in first where that is not done.
   *
   * @throws `HOST_UNREACHABLE`, `HOST_CERTIFICATE_REFUSED`, `HOST_LOGIN_REFUSED`, `HOST_ENCRYPTION_REFUSED`, `HOST_CONNECTION_LOST`, `HOST_ANSWER_INVALID`.
   */
  async post(envelope: string, timeoutMs: number, signal?: AbortSignal): Promise<HttpAnswer> {
    const { login, tls } = this.#endpoint;
    try {
      if (login === "negotiate" && this.#socket === undefined) await this.#logIn(signal);
      const bytes = Buffer.from(envelope, "utf8");
      const session = tls ? undefined : this.#session;
      const answer = await this.#request(
        session === undefined ? bytes : sealBody(session, bytes),
        {
          "content-type": session === undefined ? "application/soap+xml;charset=UTF-8" : sealedContentType,
          ...(login === "basic" ? { authorization: this.#basic() } : {}),
        },
        timeoutMs,
        signal,
      );
      return { status: answer.status, text: this.#open(answer, session) };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#broken = true;
    this.#agent.destroy();
    this.#socket?.destroy();
  }

  /** The envelope of an answer. */
  #open(answer: RawAnswer, session: SessionSecurity | undefined): string {
    const { status, headers, body } = answer;
    if (status === 401 && this.#session !== undefined) {
      throw lost(this.#endpoint.title, "the host has forgotten who is logged in");
    }
    if (status === 401) throw this.#refused("it does not take this user and password");
    const type = headers["content-type"] ?? "";
    if (session !== undefined) {
      if (!isSealed(type)) {
        throw invalidAnswer(`its status is ${status}, and it is not sealed, as everything is without TLS`);
      }
      return unsealBody(session, body).toString("utf8");
    }
    if (!/^application\/soap\+xml\b/i.test(type)) {
      throw invalidAnswer(`its status is ${status}, and it is no SOAP: what listens there is not WinRM`);
    }
    return body.toString("utf8");
  }

  async #logIn(signal: AbortSignal | undefined): Promise<void> {
    const { host, port, user, password } = this.#endpoint;
    const service = host.includes(":") ? `HTTP/[${host}]` : `HTTP/${host}`;
    const login = new NtlmLogin({ ...splitUser(user), password, target: service });
    const step = (message: Buffer) =>
      this.#request(
        Buffer.alloc(0),
        { authorization: `Negotiate ${message.toString("base64")}` },
        connectTimeoutMs,
        signal,
      );
    const challenged = await step(login.begin());
    if (challenged.status !== 401) {
      throw invalidAnswer(
        `port ${port} answers a login with status ${challenged.status}: what listens there is not WinRM`,
      );
    }
    const offers = challenged.headers["www-authenticate"] ?? "";
    const token = /(?:^|,\s*)(?:Negotiate|NTLM)\s+([A-Za-z0-9+/=]{1,16384})(?:,|$)/i.exec(offers)?.[1];
    if (token === undefined) throw this.#offersOther(offers);
    const challenge = Buffer.from(token, "base64");
    const certificate =
      this.#socket instanceof TLSSocket ? this.#socket.getPeerCertificate(true).raw : undefined;
    const binding = certificate === undefined ? undefined : channelBindingOf(certificate);
    const { message, session } = await login.answer(challenge, binding);
    const answered = await step(message);
    if (answered.status === 401) throw this.#refused("it does not take this user and password");
    this.#session = session;
  }

  #offersOther(offers: string): SampanError {
    const names = offers
      .split(",")
      .map((offer) => /^\s*([A-Za-z]{1,20})\b/.exec(offer)?.[1])
      .filter((name) => name !== undefined)
      .slice(0, 8);
    const found = names.length === 0 ? "offers no way to log in" : `offers only ${names.join(", ")}`;
    return new SampanError(
      "HOST_ENCRYPTION_REFUSED",
      `logging in to ${this.#endpoint.title}: the host ${found}, without NTLM; Kerberos is not spoken`,
      { details: { offers: names } },
    );
  }

  #refused(found: string): SampanError {
    const { title, user } = this.#endpoint;
    return new SampanError("HOST_LOGIN_REFUSED", `logging in to ${title} as ${user}: ${found}`, {
      hint: "Check the password, and that the user is an administrator there; without a domain, a local user other than Administrator needs LocalAccountTokenFilterPolicy.",
    });
  }

  #basic(): string {
    const { user, password } = this.#endpoint;
    return `Basic ${Buffer.from(`${user}:${password.reveal()}`, "utf8").toString("base64")}`;
  }

  #request(
    body: Buffer,
    headers: http.OutgoingHttpHeaders,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<RawAnswer> {
    throwIfCancelled(signal);
    const { host, port, tls, ca, title } = this.#endpoint;
    return new Promise((resolve, reject) => {
      let connected = this.#socket !== undefined;
      const options: https.RequestOptions = {
        host,
        port,
        path: "/wsman",
        method: "POST",
        agent: this.#agent,
        headers: {
          ...headers,
          "content-length": body.length,
          "user-agent": "Sampan",
          connection: "Keep-Alive",
        },
        ...(ca === undefined ? {} : { ca }),
      };
      const request = tls ? https.request(options) : http.request(options);
      const fail = (error: unknown) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", cancel);
        request.destroy();
        reject(error);
      };
      const timer = setTimeout(() => {
        const waited = `nothing for ${Math.round(timeoutMs / 1000)} s`;
        fail(connected ? lost(title, waited) : unreachable(title, waited));
      }, timeoutMs);
      const cancel = () => fail(cancelledError(signal?.reason));
      signal?.addEventListener("abort", cancel, { once: true });
      request.on("error", (error) => {
        fail(connected ? lost(title, reasonOf(error), error) : unreachable(title, reasonOf(error), error));
      });
      request.on("socket", (socket) => {
        if (this.#socket !== undefined && this.#socket !== socket) {
          fail(lost(title, "the host has closed the connection", new StaleConnection()));
          return;
        }
        this.#socket = socket;
        const ready = tls && !connected ? "secureConnect" : "connect";
        if (!socket.connecting) connected = true;
        else socket.once(ready, () => (connected = true));
        request.end(body);
      });
      request.on("response", (response) => {
        connected = true;
        const parts: Buffer[] = [];
        let length = 0;
        response.on("data", (part: Buffer) => {
          length += part.length;
          if (length > maxAnswerBytes) {
            fail(
              new SampanError(
                "HOST_ANSWER_TOO_LONG",
                `asking ${title}: it answers more than ${maxAnswerBytes} bytes`,
              ),
            );
          } else parts.push(part);
        });
        response.on("error", (error) => fail(lost(title, reasonOf(error), error)));
        response.on("end", () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", cancel);
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          });
        });
      });
    });
  }
}

function reasonOf(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === "string" ? error.code : error.message.slice(0, 200);
}

function unreachable(title: string, found: string, cause?: Error): SampanError {
  if (cause !== undefined && /CERT|SIGNATURE|ALTNAME|SELF_SIGNED|ISSUER/.test(reasonOf(cause))) {
    return new SampanError("HOST_CERTIFICATE_REFUSED", `connecting to ${title}: ${found}`, { cause });
  }
  return new SampanError("HOST_UNREACHABLE", `connecting to ${title}: ${found}`, {
    hint: "On the host, `winrm quickconfig` makes it listen; check the firewall between.",
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

function lost(title: string, found: string, cause?: Error): SampanError {
  return new SampanError("HOST_CONNECTION_LOST", `asking ${title}: ${found}`, {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
