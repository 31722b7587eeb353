import { isSampanError, SampanError, systemClock, throwIfCancelled } from "@sampan/core";
import type { Cloud } from "../cloud.ts";
import type { ImageCallOptions } from "../images/image-options.ts";
import { retrying } from "../images/retrying.ts";
import type { CloudInstance } from "../instance-registry.ts";
import { judgeConsole } from "./console-verdict.ts";
import { probePort } from "./probe-port.ts";

const defaultPatienceMs = 600_000;
const defaultPollMs = 10_000;
const probeTimeoutMs = 5_000;

/** Tag by which a simulator says what an instance really is: `qemu`, or `simulated` when no machine runs. */
const machineTag = "sampan:machine";

/** What {@link verifyInstance} is asked to look at. */
export interface VerifyRequest {
  readonly region: string;
  readonly instanceId: string;
  /** TCP ports that must answer, from where this runs; 22 must show the banner of SSH. None by default. */
  readonly ports?: readonly number[];
}

/** Options of {@link verifyInstance}. */
export interface VerifyOptions extends ImageCallOptions {
  /** How long a boot may take until it is proven; 10 minutes by default. */
  readonly patienceMs?: number;
  /** Time between two looks; 10 s by default. */
  readonly pollMs?: number;
}

/** One thing that was looked at. */
export interface VerifyCheck {
  /** `console`, `assistant`, `screenshot`, `port 22`. */
  readonly name: string;
  /** `null` when it says nothing either way. */
  readonly ok: boolean | null;
  /** What was seen, in one sentence. */
  readonly found: string;
  /** Lines of the console, or a banner. */
  readonly evidence: readonly string[];
}

/**
 * What became of a boot. `booted`: a sign of life was seen, and every port asked for answers. `unreachable`: it booted, and
 * a port does not answer. `failed`: the console shows that it does not boot. `unproven`: nothing was seen in time.
 * `simulated`: the cloud is a simulator that runs no machine, so nothing booted.
 */
export type BootVerdict = "booted" | "unreachable" | "failed" | "unproven" | "simulated";

/** What {@link verifyInstance} saw. */
export interface BootEvidence {
  readonly verdict: BootVerdict;
  readonly checks: readonly VerifyCheck[];
  /** All the console showed; `null` where there is none to read. */
  readonly console: string | null;
  /** Picture of the display, for Windows, and where a console says nothing; `null` when none could be had. */
  readonly screenshot: Uint8Array | null;
  readonly instance: CloudInstance;
}

/**
 * Looks for proof that an instance boots: its console (Linux), the heartbeat of Cloud Assistant, and the ports asked for.
 *
 * Looks again until there is proof or patience ends. A picture of the display is no proof by itself: it is kept for people.
 * Changes nothing.
 *
 * @throws `CLOUD_INSTANCE_NOT_FOUND`; what was seen is never an error.
 */
export async function verifyInstance(
  cloud: Cloud,
  request: VerifyRequest,
  options: VerifyOptions = {},
): Promise<BootEvidence> {
  const { clock = systemClock, patienceMs = defaultPatienceMs, pollMs = defaultPollMs, signal } = options;
  const giveUpAt = clock.monotonic() + patienceMs;
  for (;;) {
    throwIfCancelled(signal);
    const instance = await lookAt(cloud, request, options);
    const seen = await look(cloud, instance, request, options);
    const isLast = clock.monotonic() + pollMs > giveUpAt;
    const { verdict } = seen;
    if (verdict === "booted" || verdict === "failed" || verdict === "simulated" || isLast) {
      const wantsPicture = verdict !== "simulated" && (instance.osType === "windows" || verdict !== "booted");
      const screenshot = wantsPicture ? await picture(cloud, request, options) : null;
      const found =
        screenshot === null ? "no picture could be taken" : `a picture of ${screenshot.length} bytes`;
      const check: VerifyCheck = { name: "screenshot", ok: null, found, evidence: [] };
      return { ...seen, checks: wantsPicture ? [...seen.checks, check] : seen.checks, screenshot, instance };
    }
    options.onNote?.(seen.checks.map(({ name, found }) => `${name}: ${found}`).join(" · "));
    await clock.sleep(pollMs, signal);
  }
}

async function lookAt(cloud: Cloud, request: VerifyRequest, options: VerifyOptions): Promise<CloudInstance> {
  const { region, instanceId } = request;
  const [instance] = await retrying(options, () =>
    cloud.instances.listInstances(region, { instanceIds: [instanceId] }, options.signal),
  );
  if (instance !== undefined) return instance;
  throw new SampanError("CLOUD_INSTANCE_NOT_FOUND", `verifying ${instanceId} in ${region}: it is gone`, {
    details: { instanceId, region },
  });
}

/** One look at everything that could be proof. */
async function look(
  cloud: Cloud,
  instance: CloudInstance,
  request: VerifyRequest,
  options: VerifyOptions,
): Promise<Pick<BootEvidence, "verdict" | "checks" | "console">> {
  const console_ = await readConsole(cloud, instance, request, options);
  // Only a rehearsal's word is taken for it that no machine runs.
  if (cloud.identity.rehearsal && instance.tags[machineTag] === "simulated") {
    const found = "the simulator runs no machine for this instance, so nothing booted";
    return {
      verdict: "simulated",
      checks: [{ name: "machine", ok: null, found, evidence: [] }],
      console: console_,
    };
  }
  const checks: VerifyCheck[] = [
    { name: "status", ok: null, found: `the instance is ${instance.status}`, evidence: [] },
  ];
  let alive = false;
  let dead = false;
  if (console_ !== null) {
    const { verdict, reason, lines } = judgeConsole(console_);
    const ok = verdict === "undecided" ? null : verdict === "booted";
    const found = reason === null ? "no sign of life or death yet" : `shows ${reason}`;
    checks.push({ name: "console", ok, found, evidence: lines });
    alive ||= verdict === "booted";
    dead ||= verdict === "failed";
  }
  const assistant = await retrying(options, () =>
    cloud.instances.assistantStatus(request.region, request.instanceId, options.signal),
  ).catch((error: unknown) => {
    if (isSampanError(error, "CLOUD_PERMISSION_DENIED")) return undefined;
    throw error;
  });
  if (assistant?.running) {
    alive = true;
    const found = `Cloud Assistant answers, last at ${assistant.lastHeartbeatAt ?? "an unknown time"}`;
    checks.push({ name: "assistant", ok: true, found, evidence: [] });
  } else {
    checks.push({ name: "assistant", ok: null, found: "no answer, or no agent in the guest", evidence: [] });
  }
  const ports = await Promise.all(
    (request.ports ?? []).map((port) => checkPort(cloud, instance, port, options.signal)),
  );
  checks.push(...ports);
  // A service of the guest that answers has been started by a guest that booted.
  alive ||= ports.some((check) => check.ok === true);
  const reachable = ports.every((check) => check.ok === true);
  const verdict = alive ? (reachable ? "booted" : "unreachable") : dead ? "failed" : "unproven";
  return { verdict, checks, console: console_ };
}

/** The console's text; `null` where the instance has none to read. */
async function readConsole(
  cloud: Cloud,
  instance: CloudInstance,
  request: VerifyRequest,
  options: VerifyOptions,
): Promise<string | null> {
  if (instance.osType === "windows") return null;
  try {
    const { region, instanceId } = request;
    const output = await retrying(options, () =>
      cloud.instances.consoleOutput(region, instanceId, options.signal),
    );
    return output.text;
  } catch (error) {
    if (!isSampanError(error) || error.code === "CORE_CANCELLED" || error.code === "CLOUD_INSTANCE_NOT_FOUND")
      throw error;
    return null;
  }
}

async function picture(
  cloud: Cloud,
  request: VerifyRequest,
  options: VerifyOptions,
): Promise<Uint8Array | null> {
  try {
    const { region, instanceId } = request;
    return await retrying(options, () => cloud.instances.screenshot(region, instanceId, options.signal));
  } catch (error) {
    if (isSampanError(error, "CORE_CANCELLED")) throw error;
    return null;
  }
}

async function checkPort(
  cloud: Cloud,
  instance: CloudInstance,
  port: number,
  signal: AbortSignal | undefined,
): Promise<VerifyCheck> {
  const name = `port ${port}`;
  const address = addressOf(cloud, instance, port);
  if (address === undefined) return { name, ok: false, found: "the instance has no address", evidence: [] };
  const answer = await probePort(address.host, address.port, probeTimeoutMs, signal);
  const where = `${address.host}:${address.port}`;
  if (!answer.open)
    return { name, ok: false, found: `${where} does not answer (${answer.reason})`, evidence: [] };
  const evidence = answer.banner === null ? [] : [answer.banner];
  const isSsh = answer.banner?.startsWith("SSH-") ?? false;
  if (port === 22 && !isSsh)
    return { name, ok: false, found: `${where} is open and shows no banner of SSH`, evidence };
  return { name, ok: true, found: `${where} answers`, evidence };
}

/** Where a port is reached: a rehearsal's machine through the loopback, any other instance by its own address. */
function addressOf(cloud: Cloud, instance: CloudInstance, port: number) {
  const forwarded = cloud.identity.rehearsal ? instance.tags[`sampan:port:${port}`] : undefined;
  const local = /^127\.0\.0\.1:(\d{1,5})$/.exec(forwarded ?? "");
  if (local !== null) return { host: "127.0.0.1", port: Number(local[1]) };
  const host = instance.publicAddresses[0] ?? instance.privateAddresses[0];
  // A simulator's addresses lie in nobody's network: whatever answered there would be another machine.
  return host === undefined || cloud.identity.rehearsal ? undefined : { host, port };
}
