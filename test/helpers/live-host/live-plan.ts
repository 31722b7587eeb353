import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CaptureOptions, Migration, type Stage } from "@sampan/sdk";
import { qemuConvert } from "../qemu-img.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { type SshAccess, sshConfig } from "./ssh-access.ts";

/** How a plan names a test bed. */
export interface LiveSourceOptions {
  /** A proxy's port in place of the bed's own. */
  readonly port?: number;
  readonly user?: string;
  readonly passwordFrom?: { readonly env: string };
}

/** A source of a plan that leads to a test bed, with an SSH configuration of its own. */
export async function liveSource(bed: SshAccess, folder: string, options: LiveSourceOptions = {}) {
  const { port = bed.port, user = "root", passwordFrom } = options;
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, `ssh-${port}.config`);
  await writeFile(configFile, sshConfig(port, bed.identityFile, bed.knownHostsFile));
  return {
    kind: "ssh",
    host: "bed",
    user,
    configFile,
    ...(passwordFrom === undefined ? {} : { passwordFrom }),
  } as const;
}

export const liveBucket = "live-images";

/** The plan of a test: a host's disk as it runs, to the store as `NAME.vhd`, and, if asked, an image of it. */
export function livePlan(
  source: Awaited<ReturnType<typeof liveSource>>,
  name: string,
  capture: CaptureOptions,
  options: { readonly prepare?: boolean; readonly import?: boolean } = {},
): Stage<unknown> {
  const assessed = Migration.from(source).assess();
  const uploaded = (options.prepare === true ? assessed.prepare() : assessed)
    .capture(capture)
    .toVhd()
    .upload(liveBucket, { createBucket: true, key: `${name}.vhd`, partBytes: 4 * 1024 ** 2, parallel: 2 });
  return options.import === true ? uploaded.import({ name, createRole: true }) : uploaded;
}

/** Takes `NAME.vhd` from the store and lays it out as a raw disk, whose path it gives. */
export async function landedDisk(rehearsal: Rehearsal, folder: string, name: string): Promise<string> {
  const vhd = join(folder, `${name}.landed.vhd`);
  const raw = join(folder, `${name}.landed.raw`);
  // The client gives up after a minute otherwise, which a machine with much to do needs.
  await rehearsal.store(liveBucket).get(`${name}.vhd`, vhd, { timeout: 5 * 60_000 });
  await qemuConvert({ path: vhd, format: "vpc" }, { path: raw, format: "raw" });
  return raw;
}
