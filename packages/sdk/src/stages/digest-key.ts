import { randomBytes } from "node:crypto";
import { digestKeyBytes } from "@sampan/cloud";
import type { StageContext } from "../run/stage-definition.ts";

const fileName = "digest.key";

/**
 * Gives the key under which a run's parts are told apart: that of the run it refreshes, or else one made of chance and kept with the
 * run. A file of the run, not a record of its journal: events are shown and stored elsewhere, and whoever writes to the disk must not
 * learn it. It opens nothing.
 */
export async function loadDigestKey({ services }: StageContext): Promise<Uint8Array> {
  const { artifacts, earlier } = services;
  const own = await artifacts.load(fileName);
  if (own?.length === digestKeyBytes) return own;
  const inherited = await earlier?.artifacts.load(fileName);
  const key = inherited?.length === digestKeyBytes ? inherited : randomBytes(digestKeyBytes);
  await artifacts.save(fileName, key);
  return key;
}
