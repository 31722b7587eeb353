import { proxyFor, proxyFromEnvironment } from "@sampan/cloud";
import { assertNever, SampanError, type Secret } from "@sampan/core";
import { type Host, openHttpHost, openImageFileHost } from "@sampan/host";
import { type SecretSource, type SourceOf, type SourceSpec, sourceTitle } from "../plan/sources.ts";
import {
  type LiveAccess,
  openEsxiMachine,
  openSshHost,
  openThisMachine,
  openWinrmHost,
} from "./open-live-host.ts";
import { type AskSecret, readSecret } from "./read-secret.ts";
import { trustedAuthorities } from "./trusted-authorities.ts";

/** What opening a host may need besides its source. */
export interface OpenHostOptions {
  /** Where variables are looked for. Default: the process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asks for passwords whose source says `"ask"`; without it they are refused. */
  readonly ask?: AskSecret;
  /** Whether somebody sits at the terminal of this process, whom SSH may ask about keys. Default: nobody. */
  readonly atTerminal?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Opens the host a source names; close it after use. A new kind of host is one more case.
 *
 * @throws `HOST_KIND_UNSUPPORTED` for a kind that cannot be read; `HOST_PASSWORD_MISSING`; otherwise the errors of that kind of host.
 */
export async function openHost(source: SourceSpec, options: OpenHostOptions = {}): Promise<Host> {
  switch (source.kind) {
    case "image-file": {
      const { format, disk, allowPaths, snapshot } = source;
      return openImageFileHost(source.path, {
        ...(format === undefined ? {} : { format }),
        ...(disk === undefined ? {} : { disk }),
        ...(allowPaths === undefined ? {} : { allowPaths }),
        ...(snapshot === undefined ? {} : { snapshot }),
      });
    }
    case "image-url":
      return openUrl(source, options);
    case "ecs":
      throw new SampanError(
        "HOST_KIND_UNSUPPORTED",
        `reading the disks of ${sourceTitle(source)}: an instance's disks stay in the cloud`,
        { hint: "Take them by `snapshot` and `createImage`." },
      );
    case "ssh":
      return openSshHost(source, await accessOf(source, source.passwordFrom, options));
    case "local":
      return openThisMachine(source, await accessOf(source, undefined, options));
    case "esxi":
      return openEsxiMachine(source, await accessOf(source, undefined, options));
    case "winrm":
      return openWinrmHost(source, await accessOf(source, source.passwordFrom, options));
    default:
      return assertNever(source);
  }
}

/** How a live host is reached, with the password its source says where to find. */
export async function accessOf(
  source: SourceSpec,
  passwordFrom: SecretSource | undefined,
  options: OpenHostOptions,
): Promise<LiveAccess> {
  return {
    password: await secretOf(source, passwordFrom, options),
    atTerminal: options.atTerminal === true,
    signal: options.signal,
  };
}

async function openUrl(source: SourceOf<"image-url">, options: OpenHostOptions): Promise<Host> {
  const { user, format, disk } = source;
  const password = await secretOf(source, source.passwordFrom, options);
  const query = await secretOf(source, source.queryFrom, options);
  const url = new URL(source.url);
  // The address is complete only here, in memory: what makes it a signed one is in no plan.
  if (query !== undefined) url.search = query.reveal();
  return openHttpHost(
    {
      url: url.href,
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
    },
    {
      ...(await connectionOf(source, options)),
      image: { ...(format === undefined ? {} : { format }), ...(disk === undefined ? {} : { disk }) },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    },
  );
}

/** Through which proxy a server is reached, as the environment says it of the cloud too, and whom it is trusted by. */
async function connectionOf(source: SourceOf<"image-url">, { env = process.env }: OpenHostOptions) {
  const [secure, plain] = [proxyFor(proxyFromEnvironment(env)), proxyFor(proxyFromEnvironment(env, "http"))];
  return {
    proxyFor: (url: URL) => (url.protocol === "https:" ? secure(url) : plain(url)),
    ...(source.caFile === undefined
      ? {}
      : { ca: await trustedAuthorities(source.caFile, sourceTitle(source)) }),
  };
}

async function secretOf(
  source: SourceSpec,
  from: SecretSource | undefined,
  { env = process.env, ask }: OpenHostOptions,
): Promise<Secret | undefined> {
  if (from === undefined) return undefined;
  return readSecret(from, sourceTitle(source), { env, ...(ask === undefined ? {} : { ask }) });
}
