import { isSampanError, SampanError, throwIfCancelled } from "@sampan/core";
import { type Fault, invalidAnswer, operationTimedOut, readAnswer, type XmlElement } from "./answer.ts";
import { action, type Request, writeEnvelope } from "./envelope.ts";
import { type HttpAnswer, HttpConnection, StaleConnection, type WinrmEndpoint } from "./http-connection.ts";

/** A user has so many operations at once on WinRM 2.0; commands beyond it wait here. */
const maxConnections = 5;
/** How long the host may be later with its answer than it was told. */
const graceMs = 30_000;

/** Faults that mean: the shell, or the host's service, is gone. */
const lostFaults = new Set([995, 2_150_858_843, 2_150_858_999]);
/** Quotas of shells, operations and processes of a user. */
const quotaFaults = new Set([2_150_859_173, 2_150_859_174, 2_150_859_175, 2_150_859_176]);
const accessDenied = 5;

/**
 * The connections to one host. A request takes one that is idle, or a new one up to five, and otherwise waits its turn; one that
 * broke is not used again.
 */
export class ConnectionPool {
  readonly #endpoint: WinrmEndpoint;
  readonly #idle: HttpConnection[] = [];
  readonly #busy = new Set<HttpConnection>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(endpoint: WinrmEndpoint) {
    this.#endpoint = endpoint;
  }

  get title(): string {
    return this.#endpoint.title;
  }

  /**
   * Asks the host; `undefined` when it says that the answer is not there yet.
   *
   * @throws what {@link HttpConnection.post} throws; `HOST_COMMAND_FAILED` for faults of the host, `HOST_LOGIN_REFUSED` where it
   * denies access, `HOST_CONNECTION_LOST` where the shell is gone.
   */
  async ask(request: Omit<Request, "to">, signal?: AbortSignal): Promise<XmlElement | undefined> {
    const { host, port, tls, title } = this.#endpoint;
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    const { text, messageId } = writeEnvelope({
      ...request,
      to: `${tls ? "https" : "http"}://${authority}/wsman`,
    });
    const timeoutMs = request.timeoutSeconds * 1000 + graceMs;
    // A shell that was made and not heard of ends by itself, so that making one may be asked for twice.
    const answer = await this.#post(text, timeoutMs, request.action === action.create, signal);
    const read = readAnswer(answer.text, messageId);
    if ("body" in read) {
      if (answer.status === 200) return read.body;
      throw invalidAnswer(`its status is ${answer.status}, without a fault`);
    }
    if (read.fault.code === operationTimedOut) return undefined;
    throw faultError(title, read.fault);
  }

  async #post(
    text: string,
    timeoutMs: number,
    repeatable: boolean,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    for (;;) {
      const connection = await this.#take(signal);
      const { loggedIn } = connection;
      try {
        return await connection.post(text, timeoutMs, signal);
      } catch (error) {
        // The host closed a connection that lay idle: another one does where nothing was sent, or twice does no harm.
        const stale = isSampanError(error) && error.cause instanceof StaleConnection;
        const closed = repeatable && loggedIn && isSampanError(error, "HOST_CONNECTION_LOST");
        if (!stale && !closed) throw error;
      } finally {
        this.#release(connection);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const connection of [...this.#idle, ...this.#busy]) connection.close();
    this.#idle.length = 0;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #take(signal: AbortSignal | undefined): Promise<HttpConnection> {
    while (this.#busy.size >= maxConnections && !this.#closed) {
      throwIfCancelled(signal);
      await this.#turn(signal);
    }
    throwIfCancelled(signal);
    if (this.#closed) {
      throw new SampanError("HOST_CONNECTION_LOST", `asking ${this.title}: the connection was closed`);
    }
    let connection = this.#idle.pop();
    while (connection !== undefined && !connection.usable) connection = this.#idle.pop();
    connection ??= new HttpConnection(this.#endpoint);
    this.#busy.add(connection);
    return connection;
  }

  /** Waits until a connection is free, or waiting is over; who gives up takes no turn from others. */
  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener("abort", give);
        resolve();
      };
      const give = () => {
        const at = this.#waiting.indexOf(wake);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      this.#waiting.push(wake);
      signal?.addEventListener("abort", give, { once: true });
    });
  }

  #release(connection: HttpConnection): void {
    this.#busy.delete(connection);
    if (connection.usable && !this.#closed) this.#idle.push(connection);
    else connection.close();
    this.#waiting.shift()?.();
  }
}

function faultError(title: string, { code, reason }: Fault): SampanError {
  const details = { fault: code };
  const told = `${reason}${code === null ? "" : ` (WSManFault ${code})`}`;
  if (code === accessDenied) {
    return new SampanError("HOST_LOGIN_REFUSED", `asking ${title}: ${told}`, { details });
  }
  if (code !== null && lostFaults.has(code)) {
    return new SampanError("HOST_CONNECTION_LOST", `asking ${title}: ${told}`, { retryable: true, details });
  }
  if (code !== null && quotaFaults.has(code)) {
    return new SampanError("HOST_COMMAND_FAILED", `asking ${title}: ${told}`, {
      hint: "Other sessions of this user use up what WinRM allows; end them, or raise its quotas on the host.",
      retryable: true,
      details,
    });
  }
  return new SampanError("HOST_COMMAND_FAILED", `asking ${title}: ${told}`, { details });
}
