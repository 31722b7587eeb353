import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { FaultEffect } from "../faults.ts";
import { type Answer, type AnswerSpoiling, sendAnswer } from "../http/answer.ts";
import { ConnectionLostError, drainBody, readWholeBody } from "../http/body.ts";
import { htmlAnswer, spoilingOf } from "../http/spoil.ts";
import { flatHeaders, parseForm, parseRequestTarget } from "../http/url.ts";
import { type LoggedRequest, shownParameters } from "../request-log.ts";
import type { World } from "../world.ts";
import { authorizeRpc } from "./access/authorize.ts";
import { authenticateRpc, NonceTable } from "./auth/authenticate.ts";
import type { RpcAction, RpcService } from "./call.ts";
import { ecsService, vpcService } from "./ecs/service.ts";
import { RpcError } from "./errors.ts";
import { parameterPattern, RpcParameters } from "./parameters.ts";
import { ramService } from "./ram/service.ts";
import { stsService } from "./sts/service.ts";

const services: readonly RpcService[] = [ecsService, vpcService, ramService, stsService];
const bodyLimitBytes = 4 * 1024 * 1024;

/** Parameters every action takes: those of the classic signature, and old ones the cloud accepts without effect. */
const commonParameters = new Set(
  (
    "Action Version Format Timestamp SignatureNonce SignatureMethod SignatureVersion SignatureType AccessKeyId " +
    "Signature SecurityToken RegionId OwnerId OwnerAccount ResourceOwnerId ResourceOwnerAccount AcceptLanguage"
  ).split(" "),
);

/** A call as it arrived, before it is known what it means. */
interface ParsedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly parameters: readonly (readonly [string, string])[];
  readonly action: string;
  readonly version: string;
}

/** Serves ECS, RAM and STS: parse, let a fault strike, authenticate, dispatch, run, serialise. Always answers JSON. */
export class RpcServer {
  readonly #world: World;
  readonly #nonces = new NonceTable();

  constructor(world: World) {
    this.#world = world;
  }

  async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const requestId = randomUUID().toUpperCase();
    const entry = this.#begin(incoming, requestId);
    let answer: Answer;
    let spoiling: AnswerSpoiling = {};
    try {
      const call = await parse(incoming);
      entry.requestBytes = call.body.length;
      const outcome = await this.#work(call, entry, requestId, incoming.socket.remoteAddress);
      answer = outcome.answer;
      spoiling = spoilingOf(outcome.effect);
      if (outcome.effect?.kind === "loseAnswer")
        throw new ConnectionLostError("the answer was lost by a fault");
    } catch (error) {
      if (error instanceof ConnectionLostError) {
        incoming.socket.resetAndDestroy();
        return;
      }
      await drainBody(incoming);
      const refusal = asRpcError(error);
      entry.code = refusal.code;
      answer = errorAnswer(refusal, requestId, incoming.headers.host ?? "");
    }
    entry.status = answer.status;
    const date = new Date(this.#world.clock.serviceNow()).toUTCString();
    const headers = { Date: date, "x-acs-request-id": requestId };
    entry.answerBytes = await sendAnswer(response, answer, headers, spoiling);
    entry.durationMs = Math.round(performance.now() - startedMs);
  }

  #begin(incoming: IncomingMessage, requestId: string): LoggedRequest {
    const at = new Date(this.#world.clock.serviceNow()).toISOString();
    return this.#world.requests.begin(incoming, { at, service: "rpc", requestId });
  }

  async #work(
    call: ParsedCall,
    entry: LoggedRequest,
    requestId: string,
    remoteAddress: string | undefined,
  ): Promise<{ readonly answer: Answer; readonly effect: FaultEffect | undefined }> {
    const world = this.#world;
    const service = services.find((candidate) => candidate.version === call.version);
    entry.service = service?.service ?? "rpc";
    entry.operation = call.action || "Unknown";
    entry.parameters = shownParameters(call.parameters);
    const effect = world.faults.strike({
      service: service?.service ?? "rpc",
      operation: entry.operation,
      bucket: null,
      key: null,
      partNumber: null,
    });
    entry.fault = effect?.kind ?? null;
    const instead = await applyBefore(effect);
    if (instead) return { answer: instead, effect };
    const unsigned = service?.unsignedActions?.find((candidate) => candidate.name === call.action);
    if (unsigned) {
      this.#refuseUnknown(unsigned, call);
      const parameters = new RpcParameters(call.parameters);
      const result = await unsigned.run({ world, parameters, effect, remoteAddress });
      return { answer: jsonAnswer(200, { RequestId: requestId, ...result }), effect };
    }
    const { caller, signature } = authenticateRpc(call, {
      accounts: world.accounts,
      nonces: this.#nonces,
      nowMs: world.clock.serviceNow() + (effect?.kind === "clockSkew" ? effect.ms : 0),
      unknownKeyStatus: world.options.switches.unknownKeyStatus,
      tokenExpired: effect?.kind === "expireToken",
    });
    entry.signature = signature;
    entry.accountId = caller.accountId;
    const action = findAction(service, call);
    this.#refuseUnknown(action, call);
    const parameters = new RpcParameters(call.parameters);
    authorizeRpc(world, { service: action.service, action: action.name, caller, parameters, remoteAddress });
    await world.ecs.settle();
    const result = await action.run({ world, caller, parameters, effect, remoteAddress });
    return { answer: jsonAnswer(200, { RequestId: requestId, ...result }), effect };
  }

  #refuseUnknown(action: KnownParameters, call: ParsedCall): void {
    if (this.#world.options.switches.unknownParameters === "refused") refuseUnknown(action, call.parameters);
  }
}

/** Whether a request is meant for the RPC services rather than for OSS. */
export function isRpcRequest(incoming: IncomingMessage): boolean {
  const { headers, url = "", method } = incoming;
  if (headers["x-acs-action"] !== undefined) return true;
  if (/[?&]Action=/.test(url)) return true;
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  return (
    method === "POST" && isForm && /^\/(\?|$)/.test(url) && headers.authorization?.startsWith("OSS") !== true
  );
}

async function parse(incoming: IncomingMessage): Promise<ParsedCall> {
  const body = await readWholeBody(incoming, bodyLimitBytes);
  const headers = flatHeaders(incoming.headers);
  const target = parseRequestTarget(incoming.url ?? "/");
  const isForm = headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ?? false;
  let form: [string, string][] = [];
  try {
    form = isForm ? parseForm(body.toString("utf8")) : [];
  } catch {
    throw new RpcError(400, "InvalidParameter", "The form of the request cannot be decoded.");
  }
  if (!target) throw new RpcError(400, "InvalidParameter", "The query of the request cannot be decoded.");
  const parameters = [...target.query, ...form];
  const values = new Map(parameters);
  return {
    method: incoming.method ?? "POST",
    path: target.path,
    headers,
    query: target.query,
    body,
    parameters,
    action: headers["x-acs-action"] ?? values.get("Action") ?? "",
    version: headers["x-acs-version"] ?? values.get("Version") ?? "",
  };
}

/** An action and the service it is of. */
interface FoundAction extends RpcAction {
  readonly service: RpcService["service"];
}

async function applyBefore(effect: FaultEffect | undefined): Promise<Answer | undefined> {
  switch (effect?.kind) {
    case "delay":
      await wait(effect.ms);
      return undefined;
    case "answer":
      throw new RpcError(
        effect.status,
        effect.code,
        effect.message ?? `The service answered ${effect.code}.`,
        { retryAfterMs: effect.retryAfterMs },
      );
    case "answerEarly":
      throw new RpcError(effect.status, effect.code, `The service answered ${effect.code}.`);
    case "html":
      return htmlAnswer(effect.status);
    case "empty":
      return { status: effect.status };
    case "reset":
      throw new ConnectionLostError("the connection was reset by a fault");
    default:
      return undefined;
  }
}

function findAction(service: RpcService | undefined, call: ParsedCall): FoundAction {
  const action = service?.actions.find((candidate) => candidate.name === call.action);
  if (service && action) return { ...action, service: service.service };
  const where = service
    ? `version ${call.version}`
    : `version ${call.version || "(none)"}, which it does not know`;
  throw new RpcError(
    404,
    "InvalidAction.NotFound",
    `Specified api is not found: the simulator does not imitate ${call.action || "(no action)"} of ${where}.`,
  );
}

type KnownParameters = Pick<RpcAction, "name" | "parameters">;

function refuseUnknown(action: KnownParameters, parameters: ParsedCall["parameters"]): void {
  const unknown = parameters.find(([name, value]) => {
    const pattern = parameterPattern(name);
    return value !== "" && !commonParameters.has(name) && !action.parameters.includes(pattern);
  });
  if (!unknown) return;
  throw new RpcError(
    400,
    "UnsupportedParameter",
    `The simulator does not imitate the parameter ${unknown[0]} of ${action.name}.`,
  );
}

function asRpcError(error: unknown): RpcError {
  if (error instanceof RpcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new RpcError(500, "InternalError", `The simulator failed: ${message}`);
}

function errorAnswer(error: RpcError, requestId: string, host: string): Answer {
  const answer = jsonAnswer(error.status, {
    RequestId: requestId,
    HostId: host,
    Code: error.code,
    Message: error.message,
    Recommend: "https://www.alibabacloud.com/help/",
    ...error.details,
  });
  if (error.retryAfterMs === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, "x-acs-retry-after": String(error.retryAfterMs) } };
}

function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json;charset=utf-8" },
    body: JSON.stringify(value),
  };
}
