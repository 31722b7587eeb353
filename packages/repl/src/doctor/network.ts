import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type EndpointProbe,
  type ProbeStep,
  probeEndpoint,
  proxyFromEnvironment,
  proxyVariable,
  serviceEndpoints,
} from "@sampan/cloud";
import { isSampanError } from "@sampan/core";
import { formatDuration } from "../terminal/numbers.ts";
import { type CheckTask, type DoctorWorld, type Finding, failed, good, note, warning } from "./check.ts";

const limitMs = 80_000;
/** Beyond this the cloud refuses what was signed; half of it is worth a word. */
const refusedSkewMs = 900_000;
const worrySkewMs = 60_000;

/** How the cloud is reached: proxy, certificates, each endpoint, and its clock. */
export function networkTasks(world: DoctorWorld, region: () => Promise<string>): readonly CheckTask[] {
  const task = (name: string, run: CheckTask["run"]): CheckTask => ({ group: "network", name, limitMs, run });
  const { env, choice } = world;
  const local = [
    task("proxy", async () => checkProxy(env)),
    task("certificates", () => checkCertificates(env)),
  ];
  if (choice === undefined) return local;
  if (choice.kind === "simulator") {
    const { endpoint } = choice;
    // The built-in one is started and asked by a check of its own.
    if (endpoint === undefined) return local;
    return [
      ...local,
      task("simulator", (signal) =>
        checkEndpoints(env, signal, [{ service: "simulator", url: new URL(endpoint) }]),
      ),
    ];
  }
  return [
    ...local,
    task("endpoints", async (signal) => checkEndpoints(env, signal, serviceEndpoints(await region()))),
  ];
}

function checkProxy(env: DoctorWorld["env"]): Finding {
  try {
    const { proxy, noProxy } = proxyFromEnvironment(env);
    if (proxy === undefined) return note("proxy", "none set");
    const except = noProxy === undefined ? "" : `, except for ${noProxy}`;
    return good("proxy", `the cloud is reached through ${proxy.origin}, from ${proxyVariable(env)}${except}`);
  } catch (error) {
    if (!isSampanError(error)) throw error;
    return failed("proxy", error.message, error.hint);
  }
}

async function checkCertificates(env: DoctorWorld["env"]): Promise<readonly Finding[]> {
  const name = "certificates";
  const findings: Finding[] = [];
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === "0") {
    const fact = "NODE_TLS_REJECT_UNAUTHORIZED=0 has any certificate trusted: keys can be read on the way";
    findings.push(warning(name, fact, "unset NODE_TLS_REJECT_UNAUTHORIZED"));
  }
  const path = env.NODE_EXTRA_CA_CERTS;
  if (!path) return [...findings, note(name, "those Node.js trusts by itself")];
  return [...findings, await checkExtra(name, path)];
}

/** Node.js says nothing of a file it cannot use, and goes on without it. */
async function checkExtra(name: string, path: string): Promise<Finding> {
  const from = `${path}, from NODE_EXTRA_CA_CERTS`;
  const fix = "Name a file of certificates (PEM) in NODE_EXTRA_CA_CERTS, or: unset NODE_EXTRA_CA_CERTS";
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return failed(
      name,
      `${from}, cannot be read: ${(error as NodeJS.ErrnoException).code ?? "an error"}`,
      fix,
    );
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return failed(name, `${from}, holds no certificate`, fix);
  try {
    const ended = blocks.filter((block) => Date.parse(new X509Certificate(block).validTo) < Date.now());
    // A system's bundle always holds a few that have; a company's own file is of no use then.
    if (ended.length === blocks.length) {
      return warning(name, `${from}: every certificate in it has expired`, `Renew what is in ${path}.`);
    }
  } catch {
    return failed(name, `${from}, holds what is no certificate`, fix);
  }
  return good(name, `${blocks.length} more trusted: ${from}`);
}

/** Reaches each endpoint, and compares its clock with this machine's. */
async function checkEndpoints(
  env: DoctorWorld["env"],
  signal: AbortSignal,
  endpoints: readonly { readonly service: string; readonly url: URL }[],
): Promise<readonly Finding[]> {
  const probes = await Promise.all(
    endpoints.map(async ({ service, url }) => {
      const scheme = url.protocol === "https:" ? "https" : "http";
      const probe = await probeEndpoint(url, proxyFromEnvironment(env, scheme), { signal });
      return { service, url, probe };
    }),
  );
  const clock = probes.find(({ probe }) => probe.clockAheadMs !== null);
  return [
    ...probes.map(({ service, url, probe }) => endpointFinding(service, url, probe)),
    ...(clock === undefined ? [] : [clockFinding(clock.service, clock.probe.clockAheadMs ?? 0)]),
  ];
}

const stepWords: Readonly<Record<ProbeStep, string>> = {
  lookup: "looking up the name",
  connect: "connecting",
  proxy: "the proxy's tunnel",
  secure: "TLS",
  answer: "the answer",
};

const shortWords: Readonly<Record<ProbeStep, string>> = {
  lookup: "DNS",
  connect: "TCP",
  proxy: "tunnel",
  secure: "TLS",
  answer: "answer",
};

function endpointFinding(service: string, { host }: URL, probe: EndpointProbe): Finding {
  const through = probe.proxy === null ? "" : ` through ${probe.proxy}`;
  const { failure } = probe;
  if (failure === null) {
    const took = probe.steps.map(({ step, tookMs }) => `${shortWords[step]} ${tookMs} ms`).join(", ");
    return good(service, `${host}${through}: ${took}`);
  }
  const fact = `${host}${through}: ${stepWords[failure.step]} failed: ${failure.code}, ${failure.reason}`;
  return failed(service, fact, fixOf(failure.step, failure.code, probe.proxy !== null, host));
}

function fixOf(step: ProbeStep, code: string, isProxied: boolean, host: string): string {
  if (code === "ERR_PROXY_AUTHENTICATION")
    return "Give the proxy's user and password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
  if (step === "secure") {
    return "Trust the authority of whoever opens TLS on the way: export NODE_EXTRA_CA_CERTS=/path/to/company-ca.pem";
  }
  if (isProxied && step !== "answer")
    return "Correct HTTPS_PROXY, or leave the cloud out of it: export NO_PROXY=.aliyuncs.com";
  if (host.startsWith("localhost") || host.startsWith("127."))
    return "Start the simulator there: sampan simulator";
  if (step === "lookup") return `Look why the name is not known: nslookup ${host}`;
  return "Let HTTPS out to *.aliyuncs.com, or name a proxy: export HTTPS_PROXY=http://HOST:PORT";
}

function clockFinding(service: string, aheadMs: number): Finding {
  const offMs = Math.abs(aheadMs);
  // `Date` tells whole seconds, and the answer took its time.
  if (offMs < 2_000) return good("clock", `agrees with that of ${service}`);
  const fact = `${formatDuration(offMs)} ${aheadMs > 0 ? "behind" : "ahead of"} that of ${service}`;
  if (offMs < worrySkewMs) return good("clock", fact);
  const fix = "Set the clock: timedatectl set-ntp true";
  return offMs >= refusedSkewMs
    ? failed("clock", `${fact}; beyond 15 minutes every call is refused`, fix)
    : warning("clock", `${fact}; beyond 15 minutes every call is refused`, fix);
}
