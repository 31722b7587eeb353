import { createHash } from "node:crypto";
import { SampanError } from "@sampan/core";
import type { ConnectionOptions } from "../connection-options.ts";
import { type CloudCredentials, type CredentialProvider, staticCredentials } from "./credentials.ts";
import { ecsRoleSource, ecsRoleSwitchedOff, probeEcsRole } from "./ecs-role.ts";
import { keyFromEnvironment, profileVariables, regionVariables } from "./environment.ts";
import { textIn } from "./key-answer.ts";
import { maskedKeyId } from "./mask.ts";
import { missingForOidc, oidcFromEnvironment } from "./oidc.ts";
import { type CredentialPorts, firstPresent, isSwitchedOn, present, systemPorts } from "./ports.ts";
import { type CliConfig, readCliConfig } from "./profiles/cli-config.ts";
import { shown } from "./profiles/profile-context.ts";
import { profileSource } from "./profiles/profile-source.ts";
import { type CredentialSource, RefreshingCredentials } from "./refreshing.ts";
import { readOssutilConfig, readSharedCredentials } from "./shared-files.ts";
import { uriSource } from "./uri.ts";

/** Where {@link findCredentials} looks, besides the places it always looks in. */
export interface CredentialSearch {
  /** The profile that is wanted, by its name; with it no other source is taken. */
  readonly profile?: string | undefined;
  /** Who wanted it, for messages: `--profile`. */
  readonly profileOrigin?: string | undefined;
  /** Also takes ossutil's key: `true` for `~/.ossutilconfig`, or its path. It may hold another account's, so it has to be asked for. */
  readonly ossutilConfig?: boolean | string | undefined;
  /** False where a profile may start no program and call no address of its own choice. Default: true. */
  readonly trusted?: boolean | undefined;
  /**
   * Where providers of profiles whose keys are fetched are kept from search to search, by the profile, so that a program or a sign-in is not
   * asked again for a key that is still good. One is taken as long as file, environment and connection are the same; whoever gives the map
   * decides how long it lives.
   */
  readonly remembered?: Map<string, RememberedProvider> | undefined;
  /** Proxy and certificates for asking services for keys. */
  readonly connection?: ConnectionOptions | undefined;
  /** Takes the place of parts of the machine; for tests. */
  readonly ports?: Partial<CredentialPorts> | undefined;
}

/** A provider that is kept, and a digest of what its keys depend on. */
export interface RememberedProvider {
  readonly fingerprint: string;
  readonly provider: CredentialProvider;
}

/** A value, and where it was found. */
export interface Origin {
  readonly value: string;
  readonly source: string;
}

/** Credentials that were found, and what was passed over. */
export interface FoundCredentials {
  readonly provider: CredentialProvider;
  /** The place that won, in words. */
  readonly source: string;
  /** Id of the key that was found, masked; absent where a key has to be fetched first. */
  readonly keyId?: string;
  /** Where each part of the key stands. */
  readonly parts: { readonly id: string; readonly secret: string; readonly token: string };
  readonly region: Origin | undefined;
  readonly profile: Origin | undefined;
  /** Every other place in the order of the search, and why it was not taken. */
  readonly passedOver: readonly { readonly source: string; readonly reason: string }[];
  /** What the user should know: files that others may read, two keys that differ. */
  readonly warnings: readonly string[];
}

/** What one place holds: a source of keys, or why it has none. */
interface Holding {
  readonly source: CredentialSource;
  readonly static?: CloudCredentials;
  readonly keyId?: string | undefined;
  /** The profile's place and name; absent where nothing is to be remembered. */
  readonly rememberAs?: string;
  /** What its keys depend on, in a form that tells nothing of it. */
  readonly fingerprint?: string;
  readonly parts?: FoundCredentials["parts"];
  readonly region?: Origin;
  readonly profile?: Origin;
}

interface Place {
  readonly name: string;
  readonly look: () => Promise<Holding | string>;
}

/**
 * Finds credentials for Alibaba Cloud, in this order: a profile that is asked for (`--profile`, `Migration.with({ profile })`,
 * `ALIBABA_CLOUD_PROFILE` and its aliases); the key in environment variables; a role by the three variables of OIDC; the current profile
 * of `~/.aliyun/config.json`; `~/.alibabacloud/credentials`; ossutil's file if it is asked for; the role of the ECS instance this runs
 * on; the address in `ALIBABA_CLOUD_CREDENTIALS_URI`.
 *
 * A place that holds something unusable ends the search: going on would use another account than the one that was meant. Reads files,
 * and asks the instance's metadata service (one second at most) when nothing before it was found; no key is fetched yet.
 *
 * @throws `CLOUD_CREDENTIALS_MISSING` with every place and why it was passed over, `CLOUD_CREDENTIALS_INVALID` for a place that cannot be
 * used. No message holds anything that was read but names.
 */
export async function findCredentials(search: CredentialSearch = {}): Promise<FoundCredentials> {
  const ports = systemPorts(search.ports, search.connection);
  const warnings: string[] = [];
  const wanted = wantedProfile(search, ports);
  const places =
    wanted === undefined
      ? usualPlaces(search, ports, warnings)
      : [profilePlace(wanted, search, ports, warnings)];
  const passedOver: { source: string; reason: string }[] = [];
  let found: { place: Place; holding: Holding } | undefined;
  for (const place of places) {
    const looked = found === undefined ? await place.look() : `${found.place.name} came first`;
    if (typeof looked === "string") passedOver.push({ source: place.name, reason: looked });
    else found = { place, holding: looked };
  }
  if (found === undefined) {
    throw new SampanError("CLOUD_CREDENTIALS_MISSING", "looking for credentials: no place holds any", {
      details: { lookedIn: passedOver },
    });
  }
  const { place, holding } = found;
  if (wanted !== undefined) {
    const others = usualPlaces(search, ports, []).map(({ name }) => name);
    passedOver.push(...others.map((source) => ({ source, reason: `${wanted.source} asks for a profile` })));
  }
  warnings.push(...(await conflicts(holding, ports)));
  const words = holding.source.description;
  const keyId = holding.static?.accessKeyId ?? holding.keyId;
  return {
    provider:
      holding.static === undefined
        ? fetchingProvider(holding, ports, search.remembered)
        : staticCredentials(holding.static, words),
    source: holding.profile === undefined ? place.name : words,
    ...(keyId === undefined ? {} : { keyId: maskedKeyId(keyId) }),
    parts: holding.parts ?? { id: words, secret: words, token: words },
    region: regionOf(holding, wanted !== undefined, ports),
    profile: holding.profile,
    passedOver,
    warnings,
  };
}

function fetchingProvider(
  { source, rememberAs = "", fingerprint = "" }: Holding,
  { clock }: CredentialPorts,
  remembered: CredentialSearch["remembered"],
): CredentialProvider {
  const known = remembered?.get(rememberAs);
  if (known !== undefined && known.fingerprint === fingerprint) return known.provider;
  const provider = new RefreshingCredentials(source, clock);
  // What the same profile had before goes, and its keys with it.
  if (rememberAs !== "") remembered?.set(rememberAs, { fingerprint, provider });
  return provider;
}

function wantedProfile(search: CredentialSearch, { env }: CredentialPorts): Origin | undefined {
  if (search.profile !== undefined) {
    return { value: search.profile, source: search.profileOrigin ?? "the option profile" };
  }
  const found = firstPresent(env, profileVariables);
  return found && { value: found.value, source: found.name };
}

function usualPlaces(search: CredentialSearch, ports: CredentialPorts, warnings: string[]): Place[] {
  const { env } = ports;
  return [
    { name: "environment variables", look: async () => environmentKey(ports) },
    {
      name: "OIDC variables",
      look: async () => {
        const missing = missingForOidc(env);
        return missing.length > 0 ? `${missing.join(", ")} not set` : { source: oidcFromEnvironment(ports) };
      },
    },
    {
      name: "~/.aliyun/config.json",
      look: async () => {
        const off = cliProfilesOff(ports);
        if (off !== undefined) return off;
        return currentProfile(await readCliConfig(ports), search, ports, warnings);
      },
    },
    {
      name: "~/.alibabacloud/credentials",
      look: async () => currentProfile(await readSharedCredentials(ports), search, ports, warnings),
    },
    { name: "~/.ossutilconfig", look: () => ossutilKey(search, ports, warnings) },
    { name: "ECS instance role", look: () => instanceRole(ports) },
    {
      name: "ALIBABA_CLOUD_CREDENTIALS_URI",
      look: async () => {
        const uri = present(env, "ALIBABA_CLOUD_CREDENTIALS_URI");
        return uri === undefined
          ? "it is not set"
          : { source: uriSource(uri, ports, "ALIBABA_CLOUD_CREDENTIALS_URI") };
      },
    },
  ];
}

function cliProfilesOff({ env }: CredentialPorts): string | undefined {
  const name = ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE"].find((candidate) =>
    isSwitchedOn(env, candidate),
  );
  return name && `${name} is set`;
}

function environmentKey({ env }: CredentialPorts): Holding | string {
  const key = keyFromEnvironment(env);
  if (key === undefined) return "ALIBABA_CLOUD_ACCESS_KEY_ID is not set";
  const { id, secret, token } = key.names;
  return {
    source: { description: `the variable ${id}`, fetch: async () => key.credentials },
    static: key.credentials,
    parts: { id, secret, token: token ?? "none" },
  };
}

/** The profile somebody asked for, in either of the two files. */
function profilePlace(
  wanted: Origin,
  search: CredentialSearch,
  ports: CredentialPorts,
  warnings: string[],
): Place {
  const name = `the profile ${shown(wanted.value)}`;
  return {
    name,
    look: async () => {
      for (const read of [readCliConfig, readSharedCredentials]) {
        const config = await read(ports);
        if (config?.profiles.has(wanted.value)) {
          return { ...profileHolding(config, wanted.value, search, ports, warnings), profile: wanted };
        }
      }
      throw new SampanError(
        "CLOUD_CREDENTIALS_MISSING",
        `using ${name} that ${wanted.source} asks for: there is none`,
        {
          hint: "See the profiles there are with `aliyun configure list`.",
          details: { profile: shown(wanted.value) },
        },
      );
    },
  };
}

function currentProfile(
  config: CliConfig | undefined,
  search: CredentialSearch,
  ports: CredentialPorts,
  warnings: string[],
): Holding | string {
  if (config === undefined) return "there is no such file";
  const { current, path } = config;
  const fields = config.profiles.get(current);
  if (fields === undefined) return `it has no profile ${shown(current)}`;
  // What the command line writes before anything was configured.
  const isEmpty =
    /^(ak)?$/i.test(textIn(fields, "mode") ?? "") && textIn(fields, "access_key_id") === undefined;
  if (isEmpty) return `its profile ${shown(current)} holds no key`;
  return {
    ...profileHolding(config, current, search, ports, warnings),
    profile: { value: current, source: path },
  };
}

function profileHolding(
  config: CliConfig,
  name: string,
  search: CredentialSearch,
  ports: CredentialPorts,
  warnings: string[],
): Holding {
  const source = profileSource(config, name, { ports, trusted: search.trusted ?? true });
  if (config.readableByOthers) warnings.push(readable(config.path));
  const fields = config.profiles.get(name) ?? {};
  const region = textIn(fields, "region_id");
  const isStatic = /^(ak|ststoken)?$/i.test(textIn(fields, "mode") ?? "");
  const where = `profile ${shown(name)} of ${config.path}`;
  const token = textIn(fields, "sts_token") === undefined ? "none" : `sts_token of ${where}`;
  return {
    source,
    ...(isStatic
      ? {
          keyId: textIn(fields, "access_key_id"),
          parts: { id: `access_key_id of ${where}`, secret: `access_key_secret of ${where}`, token },
        }
      : { rememberAs: where, fingerprint: fingerprintOf(config, search, ports) }),
    ...(region === undefined ? {} : { region: { value: region, source: `region_id of ${where}` } }),
  };
}

/** All profiles of the file, since one may take its key from another; and what their programs and services are reached with. */
function fingerprintOf(
  { profiles }: CliConfig,
  { connection }: CredentialSearch,
  { env }: CredentialPorts,
): string {
  // Settings of Sampan, the region and the profile steer no program, and are other ones from call to call.
  const own = new Set<string>([...regionVariables, ...profileVariables]);
  const seen = Object.entries(env).filter(([name]) => !name.startsWith("SAMPAN_") && !own.has(name));
  return createHash("sha256")
    .update(JSON.stringify([[...profiles], seen.sort(), connection ?? null]))
    .digest("hex");
}

async function ossutilKey(
  { ossutilConfig }: CredentialSearch,
  ports: CredentialPorts,
  warnings: string[],
): Promise<Holding | string> {
  if (ossutilConfig === undefined || ossutilConfig === false) return "it was not asked for";
  const found = await readOssutilConfig(ports, ossutilConfig === true ? undefined : ossutilConfig);
  if (found === undefined) return "there is no such file";
  const { credentials, path } = found;
  if (credentials === undefined) return "it holds no key";
  if (found.readableByOthers) warnings.push(readable(path));
  return { source: { description: path, fetch: async () => credentials }, static: credentials };
}

async function instanceRole(ports: CredentialPorts): Promise<Holding | string> {
  const off = ecsRoleSwitchedOff(ports.env);
  if (off !== undefined) return off;
  const role = await probeEcsRole(ports);
  return role === undefined
    ? "this is no ECS instance with a role, or its metadata service did not answer within a second"
    : { source: ecsRoleSource(ports, role) };
}

function readable(path: string): string {
  return `${path} can be read by others on this machine: chmod 600 ${path}`;
}

function regionOf(holding: Holding, isWanted: boolean, { env }: CredentialPorts): Origin | undefined {
  const named = firstPresent(env, regionVariables);
  const ofVariable = named && { value: named.value, source: named.name };
  return isWanted ? (holding.region ?? ofVariable) : (ofVariable ?? holding.region);
}

/** One warning when the environment and the profile name different keys, of which only one is used. */
async function conflicts(holding: Holding, ports: CredentialPorts): Promise<readonly string[]> {
  const variable = keyIdOf(() => keyFromEnvironment(ports.env)?.credentials.accessKeyId);
  if (variable === undefined) return [];
  const config =
    cliProfilesOff(ports) === undefined || holding.profile
      ? await readCliConfig(ports).catch(() => undefined)
      : undefined;
  const name = holding.profile?.value ?? config?.current;
  const fields = name === undefined ? undefined : config?.profiles.get(name);
  const profiled = fields && textIn(fields, "access_key_id");
  if (profiled === undefined || profiled === variable || name === undefined) return [];
  const winner = holding.profile === undefined ? "the variable" : "the profile";
  return [
    `the environment names the key ${maskedKeyId(variable)}, the profile ${shown(name)} the key ${maskedKeyId(profiled)}: ${winner} is used`,
  ];
}

function keyIdOf(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
