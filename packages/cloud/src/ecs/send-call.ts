import type * as OpenApiModule from "@alicloud/openapi-core";
import { isSampanError } from "@sampan/core";
import type { Agents } from "../connecting/agents.ts";
import { exchangeSmall, type SmallAnswer } from "../connecting/small-exchange.ts";
import type { CloudCredentials } from "../credentials/credentials.ts";
import { fieldsOf, jsonOf, numberIn, textIn } from "../credentials/key-answer.ts";
import { acs3Headers, queryString } from "../sts/acs3-signature.ts";

type VendorClient = Pick<OpenApiModule.default, "callApi"> & { _endpoint?: string };

/** How a client's calls are sent. */
export interface CallSending {
  readonly protocol: "http" | "https";
  readonly credentials: CloudCredentials;
  readonly agents: Agents;
  readonly connectMs: number;
  /** Longest wait for an answer, in milliseconds, unless the call says another. */
  readonly answerMs: number;
}

/** A page of a hundred instances or images is some 300 KiB of JSON. */
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * Has one of the vendor's typed RPC clients send its calls through Sampan's own HTTP.
 *
 * The client accepts proxies and ignores them, and has no way to be given an agent (openapi-core 1.0.8, httpx 2.3): all its calls go through
 * `callApi`, which takes their parameters and gives the answer's JSON. Requests, models and checks stay the vendor's; signing
 * (ACS3-HMAC-SHA256), sockets and bounds are handled here. What is thrown has the fields the vendor's errors have.
 */
export function sendThrough(client: VendorClient, sending: CallSending): void {
  client.callApi = async (params, request, runtime) => {
    const { protocol, credentials, agents, connectMs } = sending;
    const host = client._endpoint ?? "";
    const query = textsOf(request.query);
    const form = request.body === undefined || request.body === null ? undefined : textsOf(request.body);
    const signed = acs3Headers(
      {
        host,
        action: params.action ?? "",
        version: params.version ?? "",
        query,
        ...(form === undefined
          ? {}
          : { body: queryString(form), contentType: "application/x-www-form-urlencoded" }),
      },
      credentials,
      Date.now(),
    );
    const answer = await exchangeSmall(
      {
        method: "POST",
        url: new URL(`${protocol}://${host}/`),
        path: `/?${queryString(query)}`,
        headers: { ...signed, "user-agent": "sampan" },
        ...(form === undefined ? {} : { body: queryString(form) }),
        connectMs,
        answerMs: runtime.readTimeout ?? sending.answerMs,
        maxAnswerBytes,
      },
      agents,
    ).catch((error: unknown) => {
      throw isSampanError(error) ? error : timed(error);
    });
    return bodyOf(answer);
  };
}

function bodyOf(answer: SmallAnswer) {
  const { status, headers, text } = answer;
  const body = jsonOf(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new SyntaxError(`an answer with status ${status} that is no JSON object`);
  }
  if (status < 400) return { headers, statusCode: status, body: body as Record<string, unknown> };
  const fields = fieldsOf(body);
  const code = textIn(fields, "Code") ?? textIn(fields, "code");
  const waitMs = numberIn(headers, "x-acs-retry-after");
  throw Object.assign(new Error(code ?? `status ${status}`), {
    code,
    statusCode: status,
    requestId: textIn(fields, "RequestId") ?? textIn(fields, "requestId"),
    data: fields,
    accessDeniedDetail: fields.AccessDeniedDetail ?? fields.accessDeniedDetail,
    ...(waitMs === undefined ? {} : { retryAfter: waitMs }),
  });
}

/** A time-out under the name the vendor's clients give it. */
function timed(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === "ETIMEDOUT"
    ? Object.assign(new Error("no answer in time"), { name: "RequestTimeoutError" })
    : error;
}

/** Parameters as text; what is absent is left out. */
function textsOf(values: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fieldsOf(values))) {
    if (value !== undefined && value !== null) texts[name] = String(value);
  }
  return texts;
}
