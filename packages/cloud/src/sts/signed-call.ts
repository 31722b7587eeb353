import type { SampanError } from "@sampan/core";
import { type CloudCredentials, secretsOf } from "../credentials/credentials.ts";
import type { HttpAnswer } from "../credentials/http-port.ts";
import { fieldsOf, jsonOf, textIn } from "../credentials/key-answer.ts";
import type { CredentialPorts } from "../credentials/ports.ts";
import { type FailedCall, invalidAnswer, refusal } from "../vendor-failure.ts";
import { acs3Headers, queryString } from "./acs3-signature.ts";

/** What small calls need of the world. */
export type CallPorts = Pick<CredentialPorts, "http" | "clock">;

/** One small call of an RPC service, made without the vendor's client: loading that takes longer than the call. */
export interface SignedCall {
  readonly service: FailedCall["service"];
  readonly version: string;
  readonly action: string;
  readonly url: URL;
  readonly query: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What is being done, for an error. */
  readonly doing: string;
}

/** Makes a call signed with a key, and gives the JSON of its answer. */
export async function signedCall(
  { service, version, action, url, query, timeoutMs, doing }: SignedCall,
  credentials: CloudCredentials,
  ports: CallPorts,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const { host, ...headers } = acs3Headers(
    { host: url.host, action, version, query },
    credentials,
    ports.clock.now(),
  );
  url.search = queryString(query);
  const answer = await ports.http({
    method: "POST",
    url,
    headers: { Host: host ?? url.host, ...headers },
    timeoutMs,
    signal,
    doing,
  });
  return resultOf({ service, action, doing, endpoint: url.host, secrets: secretsOf(credentials) }, answer);
}

/** The JSON of an answer; a refusal by the vendor's code, without a sentence of whoever answered. */
export function resultOf(call: FailedCall, { status, text }: HttpAnswer): unknown {
  const body = jsonOf(text);
  if (body === undefined) throw notJson(call, status);
  if (status >= 200 && status < 300) return body;
  const fields = fieldsOf(body);
  const code = textIn(fields, "Code");
  // Who hands out keys may answer with one, and who stands between with what it was sent: no sentence of theirs is repeated.
  throw refusal(call, {
    vendorCode: code !== undefined && /^[A-Za-z][A-Za-z.]{0,63}$/.test(code) ? code : undefined,
    httpStatus: status,
    requestId: textIn(fields, "RequestId")?.match(/^[0-9A-Fa-f-]{8,64}$/)?.[0],
    message: undefined,
  });
}

function notJson(call: FailedCall, status: number): SampanError {
  return invalidAnswer(call, "the answer is not JSON", { retryable: true, httpStatus: status });
}
