import type { IncomingMessage, ServerResponse } from "node:http";
import type { ClockChange } from "./clock.ts";
import { describeState } from "./describe-state.ts";
import type { Fault } from "./faults.ts";
import { type Answer, sendAnswer } from "./http/answer.ts";
import { drainBody, readWholeBody } from "./http/body.ts";
import { hostName, isIpAddress, parseRequestTarget } from "./http/url.ts";
import type { LoggedRequest, RequestQuery } from "./request-log.ts";
import { describeBilling } from "./rpc/ecs/billing.ts";
import type { EcsSettingsChange } from "./rpc/ecs/settings.ts";
import { statusPage } from "./status/page.ts";
import type { World } from "./world.ts";

const bodyLimitBytes = 1024 * 1024;

/** Whether a request is for the simulator itself rather than for a service. */
export function isControlRequest(incoming: IncomingMessage): boolean {
  return /^\/_sampan(?:\/|$|\?)/.test(incoming.url ?? "");
}

/**
 * Answers `/_sampan/…`: clock, faults, state and request log in JSON, and the page that shows them.
 *
 * Only under the simulator's own names, and changes only as `application/json`: a web page the user happens to visit
 * can send neither.
 */
export async function serveControl(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: Answer;
  try {
    answer = await control(world, incoming);
  } catch (error) {
    await drainBody(incoming);
    const status = error instanceof ControlError ? error.status : error instanceof RangeError ? 400 : 500;
    answer = json(status, { error: error instanceof Error ? error.message : String(error) });
  }
  await sendAnswer(response, answer, {});
}

class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function control(world: World, incoming: IncomingMessage): Promise<Answer> {
  const host = hostName(incoming.headers.host ?? "");
  if (!world.options.ownNames.has(host) && !isIpAddress(host)) {
    throw new ControlError(403, `the simulator is not called ${host}`);
  }
  const target = parseRequestTarget(incoming.url ?? "");
  const query = new Map(target?.query ?? []);
  const route = `${incoming.method} ${target?.path ?? ""}`;
  if (route === "GET /_sampan/" || route === "GET /_sampan") return statusPage();
  return json(200, await controlValue(world, incoming, route, query));
}

async function controlValue(
  world: World,
  incoming: IncomingMessage,
  route: string,
  query: ReadonlyMap<string, string>,
): Promise<unknown> {
  switch (route) {
    case "GET /_sampan/state":
      await Promise.all([world.ecs.settle(), world.lifecycle.settle()]);
      return describeState(world, limitOf(query, "objects"));
    case "GET /_sampan/requests":
      return { requests: listRequests(world, query) };
    case "DELETE /_sampan/requests":
      world.requests.clear();
      return {};
    case "GET /_sampan/billing":
      await world.ecs.settle();
      return describeBilling(world);
    case "GET /_sampan/ecs":
      return world.ecs.settings.describe();
    case "POST /_sampan/ecs":
      world.ecs.settings.change((await readJson(incoming)) as EcsSettingsChange);
      return world.ecs.settings.describe();
    case "GET /_sampan/clock":
      return world.clock.describe();
    case "POST /_sampan/clock":
      world.clock.change((await readJson(incoming)) as ClockChange);
      return world.clock.describe();
    case "GET /_sampan/faults":
      return { faults: world.faults.list() };
    case "POST /_sampan/faults":
      return { id: world.faults.add((await readJson(incoming)) as Fault) };
    case "DELETE /_sampan/faults": {
      const id = query.get("id");
      if (id === undefined) world.faults.clear();
      else if (!world.faults.remove(id)) throw new ControlError(404, `there is no fault ${id}`);
      return {};
    }
    default:
      throw new ControlError(404, `${route} is none of the simulator's own addresses`);
  }
}

/** The requests a query asks for, by any field they can be told apart by; `limit` gives the last ones. */
function listRequests(world: World, query: ReadonlyMap<string, string>): readonly LoggedRequest[] {
  const limit = limitOf(query, "limit");
  const wanted: Record<string, string | number | null> = {};
  for (const [name, value] of query) {
    if (name === "limit") continue;
    if (!requestFields.has(name)) {
      throw new ControlError(400, `${name} is no field of a request: use ${[...requestFields].join(", ")}`);
    }
    wanted[name] = value === "null" ? null : name === "status" ? Number(value) : value;
  }
  const found = world.requests.list(wanted as RequestQuery);
  return limit === Number.POSITIVE_INFINITY ? found : limit === 0 ? [] : found.slice(-limit);
}

const requestFields: ReadonlySet<string> = new Set<keyof RequestQuery>([
  "service",
  "operation",
  "method",
  "bucket",
  "key",
  "accountId",
  "signature",
  "status",
  "code",
  "fault",
]);

function limitOf(query: ReadonlyMap<string, string>, name: string): number {
  const text = query.get(name);
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,9}$/.test(text)) throw new ControlError(400, `${name} must be a whole number`);
  return Number(text);
}

async function readJson(incoming: IncomingMessage): Promise<object> {
  if (!incoming.headers["content-type"]?.startsWith("application/json")) {
    throw new ControlError(415, "send the body as application/json");
  }
  const body = await readWholeBody(incoming, bodyLimitBytes);
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new ControlError(400, "the body is not JSON");
  }
  if (typeof value !== "object" || value === null)
    throw new ControlError(400, "the body is not a JSON object");
  return value;
}

function json(status: number, value: unknown): Answer {
  return { status, headers: { "Content-Type": "application/json" }, body: `${JSON.stringify(value)}\n` };
}
