import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { cancelledError, SampanError, throwIfCancelled } from "@sampan/core";
import { basic, HttpAgents } from "./http-agents.ts";
import { connectionFailure } from "./http-failure.ts";
import { type HttpOptions, type HttpTarget, shownUrl, urlOfTarget } from "./http-target.ts";

/** An answer whose body has not been read. Its user reads it to the end or destroys it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
  /** Where redirects led. */
  readonly url: URL;
}

/** Gives a connection back when its answer is all there, and closes it rather than hear the rest. */
export function letGo(body: IncomingMessage): void {
  if (body.complete) body.resume();
  else body.destroy();
}

/** Redirects that are followed for one request. */
const maximumRedirects = 5;
const defaultTimeoutMs = 30_000;

/** Asks one server for files, as one user. */
export class HttpClient {
  readonly url: URL;
  readonly timeoutMs: number;
  readonly #target: HttpTarget;
  readonly #agents: HttpAgents;

  /** @throws as {@link urlOfTarget}. */
  constructor(target: HttpTarget, options: HttpOptions) {
    this.url = urlOfTarget(target);
    this.timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#target = target;
    this.#agents = new HttpAgents(options, this.timeoutMs);
  }

  /**
   * Makes a GET request and follows redirects. Credentials go only to the target's own origin, and nothing that came over TLS is
   * followed to where it would not.
   *
   * Any status but a redirect's is an answer. `doing` begins the messages of errors: what for this is asked.
   */
  async get(
    from: URL,
    headers: Readonly<Record<string, string>>,
    doing: string,
    signal?: AbortSignal,
  ): Promise<HttpAnswer> {
    let url = from;
    for (let followed = 0; ; followed++) {
      const body = await this.#ask(url, headers, doing, signal);
      const status = body.statusCode ?? 0;
      if (![301, 302, 303, 307, 308].includes(status)) return { status, headers: body.headers, body, url };
      const { location } = body.headers;
      letGo(body);
      if (followed >= maximumRedirects) {
        throw invalid(`${doing}: more than ${maximumRedirects} redirects, the last to ${shownUrl(url)}`);
      }
      url = redirected(url, location, doing);
    }
  }

  /** Fills `into` from a body, telling of each piece; ends when either ends. Surplus destroys the connection. */
  async fill(
    { body }: HttpAnswer,
    into: Uint8Array,
    doing: string,
    took: (bytes: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    let at = 0;
    const cancel = () => body.destroy(cancelledError(signal?.reason));
    signal?.addEventListener("abort", cancel, { once: true });
    const timer = setTimeout(() => body.destroy(silence(doing, this.timeoutMs)), this.timeoutMs);
    try {
      throwIfCancelled(signal);
      for await (const part of body as AsyncIterable<Buffer>) {
        timer.refresh();
        const used = part.subarray(0, into.length - at);
        into.set(used, at);
        at += used.length;
        took(used.length);
        if (used.length < part.length) break;
      }
    } catch (error) {
      throw connectionFailure(doing, error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", cancel);
    }
  }

  close(): void {
    this.#agents.destroy();
  }

  #ask(
    url: URL,
    headers: Readonly<Record<string, string>>,
    doing: string,
    signal: AbortSignal | undefined,
  ): Promise<IncomingMessage> {
    throwIfCancelled(signal);
    const { secure, headers: ofRoute, ...route } = this.#agents.routeTo(url);
    const { user, password } = this.#target;
    const authorization =
      user !== undefined && password !== undefined && url.origin === this.url.origin
        ? { Authorization: basic(user, password.reveal()) }
        : {};
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request({
        ...route,
        method: "GET",
        // Compressed bytes have other places.
        headers: {
          "Accept-Encoding": "identity",
          "User-Agent": "sampan",
          ...headers,
          ...ofRoute,
          ...authorization,
        },
      });
      const cancel = () => request.destroy(cancelledError(signal?.reason));
      signal?.addEventListener("abort", cancel, { once: true });
      const timer = setTimeout(() => request.destroy(silence(doing, this.timeoutMs)), this.timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", cancel);
      };
      request.once("response", (answer) => {
        settle();
        // Ended by the other side before anybody reads it, a body has an error that nobody else hears.
        answer.on("error", () => undefined);
        resolve(answer);
      });
      request.on("error", (error) => {
        settle();
        reject(connectionFailure(doing, error));
      });
      request.end();
    });
  }
}

function redirected(from: URL, location: string | undefined, doing: string): URL {
  const to =
    location !== undefined && URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (to === undefined || !/^https?:$/.test(to.protocol)) {
    throw invalid(`${doing}: the server redirects to what is no http(s) address`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw invalid(`${doing}: the server redirects from https:// to ${shownUrl(to)}, which is not encrypted`);
  }
  to.username = "";
  to.password = "";
  to.hash = "";
  return to;
}

function invalid(message: string): SampanError {
  return new SampanError("HOST_ANSWER_INVALID", message, {
    hint: "Ask for the address in a browser, and give the one at which the file really lies.",
  });
}

function silence(doing: string, timeoutMs: number): SampanError {
  return new SampanError("HOST_CONNECTION_LOST", `${doing}: no answer for ${timeoutMs / 1000} s`, {
    retryable: true,
    details: { timeoutMs },
  });
}
