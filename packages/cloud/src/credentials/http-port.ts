import { isSampanError, SampanError, throwIfCancelled } from "@sampan/core";
import { makeAgents } from "../connecting/agents.ts";
import { exchangeSmall } from "../connecting/small-exchange.ts";
import type { ConnectionOptions } from "../connection-options.ts";
import { networkReason } from "../vendor-failure.ts";

/** One small request to a service that hands out or judges keys. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** True where the path may be a secret: then no log for debugging shows it. */
  readonly hidePath?: boolean;
  /** Never through a proxy: for what is on this machine's own link. */
  readonly direct?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** The beginning of a sentence, for the error: `asking STS for a role`. */
  readonly doing: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request and gives the whole answer, whatever its status; redirects are not followed, since they would carry
 * tokens along.
 *
 * @throws `CLOUD_UNREACHABLE` (retryable), `CLOUD_ANSWER_INVALID` for an answer beyond 256 KiB.
 */
export type HttpPort = (request: HttpRequest) => Promise<HttpAnswer>;

const maxAnswerBytes = 256 * 1024;

/** Makes a port over Node's own HTTP. It keeps no connection, so it needs no closing. */
export function httpPort(connection: ConnectionOptions): HttpPort {
  return async (request) => {
    throwIfCancelled(request.signal);
    const agents = makeAgents(request.direct ? {} : connection);
    try {
      const { method, url, headers = {}, body = "", timeoutMs, signal, hidePath } = request;
      const bounds = { connectMs: timeoutMs, answerMs: timeoutMs, maxAnswerBytes };
      return await exchangeSmall({ method, url, headers, body, signal, hidePath, ...bounds }, agents);
    } catch (thrown) {
      throwIfCancelled(request.signal);
      if (isSampanError(thrown)) throw thrown;
      const code = (thrown as NodeJS.ErrnoException).code;
      throw new SampanError(
        "CLOUD_UNREACHABLE",
        `${request.doing}: ${networkReason(code, request.url.host)}`,
        {
          retryable: true,
          details: { endpoint: request.url.host, networkCode: code ?? null },
        },
      );
    } finally {
      agents.destroy();
    }
  };
}
