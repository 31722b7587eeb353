import type { ImageFormat } from "@sampan/image";
import { z } from "zod";
import type { HostKind } from "../catalogue.ts";

/*
 * Where the disks of a plan come from. Plans hold no secrets: they say where a password is found, never what it is.
 */

// Nothing that could be read as an option or, by a command of the SSH configuration, as syntax of a shell.
const hostName = z
  .string()
  .regex(
    /^[\p{L}\p{N}_:][\p{L}\p{N}_.:%-]{0,254}$/u,
    "a host name, an alias of the SSH configuration, or an address",
  );

const userName = z
  .string()
  .regex(/^[\p{L}\p{N}_](?:[\p{L}\p{N}_.@\\+-]{0,253}[\p{L}\p{N}_.@$+-])?$/u, "a user name");

const port = z.int().min(1).max(65_535);

const path = z
  .string()
  .min(1)
  .refine((text) => !text.includes("\0"), "a path without zero bytes");

/** Where a password is found when the run needs it. */
export const secretSource = z.union([
  z.strictObject({
    env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable"),
  }),
  z.strictObject({ file: path }),
  z.literal("ask"),
]);

const passwordFrom = secretSource
  .optional()
  .describe(
    'Where the password is found: `{ env: "NAME" }`, `{ file: "PATH" }` (its first line), or `"ask"`, at the terminal.',
  );

const sudo = z
  .enum(["auto", "never"])
  .optional()
  .describe(
    "`auto` (the default) takes `sudo` where root is needed and the user is not root; `never` does not.",
  );

const login = {
  host: hostName,
  user: userName.optional(),
  port: port.optional(),
  /** Private key, as `ssh -i` takes it; made absolute like other paths unless it begins with `~/`. */
  identityFile: path.optional(),
  /** Configuration of OpenSSH to use instead of the user's own, as `ssh -F` takes it. */
  configFile: path.optional(),
};

const reading = {
  /** What travels compressed: `auto` takes zstd or gzip where the host has them and the line is slow. */
  compression: z.enum(["auto", "zstd", "gzip", "none"]).optional(),
  /** Most bytes a second that are read. */
  bytesPerSecond: z.int().min(16_384).optional(),
  /** How many reads go on at once. */
  channels: z.int().min(1).max(16).optional(),
};

// Written out, and held complete by its type: what an editor loads of this must not load the formats themselves.
const formatNames: Readonly<Record<ImageFormat, true>> = {
  raw: true,
  vhd: true,
  vhdx: true,
  vmdk: true,
  qcow: true,
  qcow2: true,
  vdi: true,
  parallels: true,
  ova: true,
  ovf: true,
  gzip: true,
  zstd: true,
  xz: true,
};
const imageFormats = Object.keys(formatNames) as [ImageFormat, ...ImageFormat[]];

const imageFileSource = z.strictObject({
  kind: z.literal("image-file"),
  /** As written; `resolveSource` makes it absolute. */
  path: z.string().min(1),
  /** Takes the file to be of this format instead of looking at its bytes. */
  format: z.enum(imageFormats).optional(),
  /** Which disk of an OVA or OVF is the host's only one: its file, its id or its number. Default: all, the first boots. */
  disk: z.union([z.string().min(1), z.int().min(0)]).optional(),
  /** Folders, besides the image's own, below which parents and parts that it names may lie; made absolute as `path` is. */
  allowPaths: z.array(z.string().min(1)).optional(),
  /** Name of an internal snapshot to take instead of the present state. */
  snapshot: z.string().min(1).optional(),
});

const ecsSource = z.strictObject({
  kind: z.literal("ecs"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+(-\d+)?$/, "a region id such as cn-hangzhou"),
  instanceId: z.string().regex(/^i-[A-Za-z0-9-]{1,60}$/, "an instance id such as i-bp1…"),
});

const sshSource = z.strictObject({ kind: z.literal("ssh"), ...login, sudo, passwordFrom, ...reading });

const localSource = z.strictObject({
  kind: z.literal("local"),
  sudo,
  bytesPerSecond: reading.bytesPerSecond,
});

const winrmSource = z.strictObject({
  kind: z.literal("winrm"),
  host: hostName,
  user: userName,
  port: port.optional(),
  /** Over HTTPS, on port 5986 unless another is given; otherwise HTTP on 5985 with encrypted messages. */
  tls: z.boolean().optional(),
  /** File of certificates (PEM) that are trusted instead of the system's, with `tls`. */
  caFile: path.optional(),
  passwordFrom,
});

const esxiSource = z.strictObject({
  kind: z.literal("esxi"),
  ...login,
  /** Name of the virtual machine, as the host lists it. */
  vm: z.string().min(1).max(255),
});

// What such a parameter holds gives access to whoever reads the plan.
const signedParameter = /(?:^|[-_])(?:sig|sign|signature|token|password|secret|credential)$/i;

const imageUrlSource = z.strictObject({
  kind: z.literal("image-url"),
  url: z
    .url({ protocol: /^https?$/ })
    .max(4096)
    .refine((text) => {
      const { username, password } = new URL(text);
      return username === "" && password === "";
    }, "a URL without user and password: plans hold no secrets")
    .refine(
      (text) => ![...new URL(text).searchParams.keys()].some((name) => signedParameter.test(name)),
      "a URL without a signature: plans hold no secrets; give what follows the `?` by `queryFrom`",
    ),
  /** Where the part of the URL after the `?` is found, for signed URLs. */
  queryFrom: secretSource.optional(),
  /** Who asks, where the server wants to know (Basic), with the password of `passwordFrom`. */
  user: z.string().min(1).max(256).optional(),
  passwordFrom,
  /** File of certificates (PEM) that are trusted besides those Node.js trusts. */
  caFile: path.optional(),
  format: z.enum(imageFormats).optional(),
  disk: z.union([z.string().min(1), z.int().min(0)]).optional(),
});

/** Where a plan's disks come from. */
export const sourceSpec = z.discriminatedUnion("kind", [
  imageFileSource,
  ecsSource,
  sshSource,
  localSource,
  winrmSource,
  esxiSource,
  imageUrlSource,
]);

/** A typed source: what the string given to `Migration.from` is read as. */
export type SourceSpec = z.infer<typeof sourceSpec>;
/** A source of one kind. */
export type SourceOf<K extends HostKind> = Extract<SourceSpec, { readonly kind: K }>;
/** An ECS instance, as a source. */
export type EcsSource = SourceOf<"ecs">;
/** Any source whose disks are read. */
export type DiskSource = Exclude<SourceSpec, EcsSource>;
/** Where a password is found. */
export type SecretSource = z.infer<typeof secretSource>;

/** Kinds of hosts for people. */
export const kindNames: Readonly<Record<HostKind, string>> = {
  "image-file": "a disk image",
  ecs: "an ECS instance",
  ssh: "a live Linux host over SSH",
  local: "this machine",
  winrm: "a live Windows host",
  esxi: "a virtual machine of an ESXi host",
  "image-url": "a disk image behind a URL",
};

/** Kinds of hosts that may be running while they are read, so that a moment of their disks is held. */
export function mayRun({ kind }: SourceSpec): boolean {
  return kind === "ssh" || kind === "local" || kind === "esxi";
}

/** A source as people write it: the path of a file, `ecs://REGION/INSTANCE`, `ssh://USER@HOST:PORT`. Shows no secret. */
export function sourceTitle(source: SourceSpec): string {
  switch (source.kind) {
    case "image-file":
      return source.path;
    case "ecs":
      return `ecs://${source.region}/${source.instanceId}`;
    case "ssh":
      return `ssh://${authority(source)}`;
    case "local":
      return "local://";
    case "winrm":
      return `${source.tls === true ? "winrms" : "winrm"}://${authority(source)}`;
    case "esxi":
      return `esxi://${authority(source)}/${source.vm.replaceAll("%", "%25")}`;
    case "image-url": {
      const { origin, pathname } = new URL(source.url);
      return `${origin}${pathname}`;
    }
  }
}

interface Login {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
}

function authority({ host, user, port: number }: Login): string {
  const name = host.includes(":") ? `[${host.replaceAll("%", "%25")}]` : host.replaceAll("%", "%25");
  return `${user === undefined ? "" : `${user.replace(/[\\@%]/g, encodeURIComponent)}@`}${name}${number === undefined ? "" : `:${number}`}`;
}

/**
 * What tells one host from another, for the lock that keeps two runs from one: the machine, not who logs in or how fast it is
 * read. An alias of the SSH configuration counts as a host of its own.
 */
export function hostIdentity(source: SourceSpec): string {
  switch (source.kind) {
    case "ssh":
    case "winrm":
      return `${source.kind} ${source.host.toLowerCase()} ${source.port ?? "default"}`;
    case "esxi":
      return `esxi ${source.host.toLowerCase()} ${source.port ?? "default"} ${source.vm}`;
    case "local":
      return "local";
    case "image-url":
      return `image-url ${source.url}`;
    case "image-file":
    case "ecs":
      // As earlier versions wrote it, so that they and this one keep each other out.
      return JSON.stringify(source);
  }
}
