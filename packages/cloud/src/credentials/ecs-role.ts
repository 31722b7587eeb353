import { SampanError } from "@sampan/core";
import { fieldsOf, jsonOf, keyOf, pascalNames, textIn } from "./key-answer.ts";
import { type CredentialPorts, isSwitchedOn, present } from "./ports.ts";
import type { CredentialSource } from "./refreshing.ts";

/** All that the first question may take: off the cloud nobody answers, and people wait for it. */
const probeMs = 1000;
const keyMs = 5000;
const path = "/latest/meta-data/ram/security-credentials/";

/** Why the machine's own role is not asked for; `undefined` when it is. */
export function ecsRoleSwitchedOff(env: CredentialPorts["env"]): string | undefined {
  return isSwitchedOn(env, "ALIBABA_CLOUD_ECS_METADATA_DISABLED")
    ? "ALIBABA_CLOUD_ECS_METADATA_DISABLED is set"
    : undefined;
}

/**
 * The name of the role this machine has in the cloud, asked for once and for at most a second in all; `undefined` when nobody
 * answers or it has none.
 */
export async function probeEcsRole(ports: CredentialPorts): Promise<string | undefined> {
  const named = present(ports.env, "ALIBABA_CLOUD_ECS_METADATA");
  const signal = AbortSignal.timeout(probeMs);
  try {
    const name = named ?? (await roleName(ports, signal, probeMs));
    if (named !== undefined) await metadataToken(ports, signal, probeMs);
    return name;
  } catch {
    return undefined;
  }
}

/** The key of the machine's own role, by the metadata service: version 2 (with a token) first. */
export function ecsRoleSource(ports: CredentialPorts, name?: string): CredentialSource {
  return {
    description: name === undefined ? "the role of this instance" : `the role ${name} of this instance`,
    async fetch(signal) {
      const off = ecsRoleSwitchedOff(ports.env);
      if (off !== undefined)
        throw new SampanError("CLOUD_CREDENTIALS_MISSING", `asking for the role of this instance: ${off}`);
      const role = name ?? (await roleName(ports, signal, keyMs));
      const doing = `asking for a key of the role ${role} of this instance`;
      const text = await ask(ports, `${path}${encodeURIComponent(role)}`, signal, keyMs, doing);
      const answer = jsonOf(text);
      const code = textIn(fieldsOf(answer), "Code");
      if (code !== undefined && code !== "Success") {
        throw new SampanError("CLOUD_ANSWER_INVALID", `${doing}: the metadata service gave none`, {
          retryable: true,
        });
      }
      return keyOf(answer, pascalNames, doing);
    },
  };
}

async function roleName(ports: CredentialPorts, signal: AbortSignal, timeoutMs: number): Promise<string> {
  const doing = "asking for the role of this instance";
  const name = (await ask(ports, path, signal, timeoutMs, doing)).trim().split("\n")[0] ?? "";
  if (/^[\w.@-]{1,64}$/.test(name)) return name;
  throw new SampanError("CLOUD_CREDENTIALS_MISSING", `${doing}: it has none`);
}

async function ask(
  ports: CredentialPorts,
  place: string,
  signal: AbortSignal,
  timeoutMs: number,
  doing: string,
): Promise<string> {
  const token = await metadataToken(ports, signal, timeoutMs);
  const { status, text } = await ports.http({
    method: "GET",
    url: new URL(place, ports.metadataUrl),
    headers: token === undefined ? {} : { "x-aliyun-ecs-metadata-token": token },
    timeoutMs,
    direct: true,
    signal,
    doing,
  });
  if (status === 200) return text;
  throw new SampanError(
    "CLOUD_CREDENTIALS_MISSING",
    `${doing}: the metadata service answered with status ${status}`,
    {
      retryable: status >= 500,
      details: { httpStatus: status },
    },
  );
}

/** A token of version 2; `undefined` where only version 1 is served, unless that is switched off. */
async function metadataToken(
  ports: CredentialPorts,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<string | undefined> {
  const doing = "asking the metadata service for a token";
  const { status, text } = await ports.http({
    method: "PUT",
    url: new URL("/latest/api/token", ports.metadataUrl),
    headers: { "x-aliyun-ecs-metadata-token-ttl-seconds": "300" },
    timeoutMs,
    direct: true,
    signal,
    doing,
  });
  const token = text.trim();
  if (status === 200 && /^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  if (!isSwitchedOn(ports.env, "ALIBABA_CLOUD_IMDSV1_DISABLED") && status !== 200) return undefined;
  throw new SampanError(
    "CLOUD_CREDENTIALS_MISSING",
    `${doing}: it gave none, and ALIBABA_CLOUD_IMDSV1_DISABLED is set`,
  );
}
