import { chmod, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Cloud } from "@sampan/cloud";
import { defaultRegion, inTurns, isSampanError, SampanError, throwIfCancelled } from "@sampan/core";
import type { z } from "zod";
import { connectCloud } from "../cloud/connect-cloud.ts";
import { whoAmI } from "../cloud/who-am-i.ts";
import { type CachedNames, type NamesQuestion, readNames } from "./cached-names.ts";
import {
  type AccountNames,
  type nameQuestions,
  nameRows,
  namesFileName,
  namesFolder,
  namesKey,
} from "./names-file.ts";

/** Options of {@link refreshNames}. */
export interface RefreshNamesOptions extends NamesQuestion {
  /** Regions to look into, besides those where the account has buckets. */
  readonly regions?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Of more regions than these nothing is asked at once: each is four calls. */
const mostRegions = 8;
const atOnce = 4;
const keptDays = 30;
const mostRows = 5_000;

/** What must not stand in a file, whatever has it as a name. */
const secretive = /LTAI[A-Za-z0-9]{10,}|STS\.[A-Za-z0-9]{10,}|PRIVATE KEY/;

const underWay = new Map<string, Promise<CachedNames>>();

/**
 * Asks the cloud for the names of an account — regions and buckets; of the regions in use zones with their instance types, images,
 * vSwitches and security groups — and keeps them, for its owner alone. A question that is refused is left out and noted; a second call
 * for the same account joins the first.
 *
 * @throws what keeps all questions from being answered: `CLOUD_CREDENTIALS_MISSING`, `CLOUD_CREDENTIALS_REFUSED`, `CLOUD_UNREACHABLE`;
 * `CLOUD_NAMES_UNWRITABLE` when the file cannot be written.
 */
export function refreshNames(options: RefreshNamesOptions): Promise<CachedNames> {
  const key = `${namesFolder(options.env)}\n${namesKey(options.choice, options.home)}`;
  const known = underWay.get(key);
  if (known !== undefined) return known;
  const work = ask(options).finally(() => underWay.delete(key));
  underWay.set(key, work);
  return work;
}

async function ask(options: RefreshNamesOptions): Promise<CachedNames> {
  const { choice, home, env, signal } = options;
  throwIfCancelled(signal);
  const cloud = await connectCloud(choice, home, { env });
  try {
    const { caller } = await whoAmI(choice, { home, env, ...(signal === undefined ? {} : { signal }) });
    const path = join(namesFolder(env), namesFileName(choice, home, caller.accountId));
    const earlier = readNames(path);
    const key = namesKey(choice, home);
    const answered = await askCloud(cloud, options.regions ?? [], signal);
    const names: AccountNames = {
      v: 1,
      cloud: choice.kind,
      account: caller.accountId,
      choices: [key, ...(earlier?.choices ?? []).filter((other) => other !== key)].slice(0, 20),
      askedAt: new Date().toISOString(),
      ...answered,
    };
    await writeNames(path, names);
    await removeOld(namesFolder(env));
    return { names, ageMs: 0, path };
  } finally {
    await cloud.close();
  }
}

type Answers = Pick<
  AccountNames,
  "regions" | "askedRegions" | "buckets" | "zones" | "images" | "vSwitches" | "securityGroups" | "missing"
>;

async function askCloud(
  cloud: Cloud,
  wanted: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answers> {
  const missing: AccountNames["missing"] = [];
  const errors: unknown[] = [];
  let answers = 0;
  const asked = async <T>(
    what: (typeof nameQuestions)[number],
    region: string | null,
    question: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> => {
    try {
      throwIfCancelled(signal);
      const found = await question();
      answers++;
      return found;
    } catch (error) {
      if (!isSampanError(error) || error.code === "CORE_CANCELLED") throw error;
      errors.push(error);
      missing.push({ what, region, code: error.code });
      return [];
    }
  };
  const store = cloud.objects(defaultRegion);
  const [regions, buckets] = await Promise.all([
    asked("regions", null, () => cloud.images.listRegions(signal)),
    asked("buckets", null, () => store.listBuckets(signal)).finally(() => store.close()),
  ]);
  const inUse = [...new Set([...wanted, ...buckets.map(({ region }) => region)])]
    .filter((region) => regions.length === 0 || regions.includes(region))
    .slice(0, mostRegions);
  const offers = cloud.offers;
  const perRegion = await inTurns(inUse, atOnce, async (region) => {
    const rows = async <T extends object>(
      what: (typeof nameQuestions)[number],
      question: () => Promise<readonly T[]>,
    ) => (await asked(what, region, question)).map((row) => ({ ...row, region }));
    return {
      zones: await rows("zones", () => offers.listZones(region, signal)),
      images: await rows("images", () => cloud.images.listImages(region, {}, signal)),
      vSwitches: await rows("vSwitches", () => offers.listVSwitches(region, {}, signal)),
      securityGroups: await rows("securityGroups", () => offers.listSecurityGroups(region, {}, signal)),
    };
  });
  if (answers === 0) throw errors[0];
  return {
    regions: regions.filter((id) => /^[a-z]{2}(-[a-z]+)+(-\d+)?$/.test(id)).slice(0, 200),
    askedRegions: inUse,
    buckets: kept(nameRows.bucket, buckets),
    zones: kept(
      nameRows.zone,
      perRegion.flatMap(({ zones }) => zones),
    ),
    images: kept(
      nameRows.image,
      perRegion.flatMap(({ images }) => images),
    ),
    vSwitches: kept(
      nameRows.vSwitch,
      perRegion.flatMap(({ vSwitches }) => vSwitches),
    ),
    securityGroups: kept(
      nameRows.securityGroup,
      perRegion.flatMap(({ securityGroups }) => securityGroups),
    ),
    missing,
  };
}

/** Rows with the fields a file holds and no others; what is no name, or looks like a key, is left out. */
function kept<S extends z.ZodObject>(schema: S, rows: readonly object[]): z.infer<S>[] {
  const found: z.infer<S>[] = [];
  for (const row of rows) {
    const fields = Object.entries(row).filter(([name]) => Object.hasOwn(schema.shape, name));
    const read = schema.safeParse(Object.fromEntries(fields));
    if (read.success && !secretive.test(JSON.stringify(read.data))) found.push(read.data);
    if (found.length === mostRows) break;
  }
  return found;
}

/** Writes the file whole or not at all, readable by its owner only. */
async function writeNames(path: string, names: AccountNames): Promise<void> {
  const folder = join(path, "..");
  const aside = `${path}.${process.pid}.partial`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    // Nobody's link is followed: what lies there goes, and the file is made anew.
    await rm(aside, { force: true });
    const file = await open(aside, "wx", 0o600);
    try {
      await file.writeFile(`${JSON.stringify(names)}\n`);
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true }).catch(() => undefined);
    const code = (error as NodeJS.ErrnoException).code ?? "an error";
    throw new SampanError(
      "CLOUD_NAMES_UNWRITABLE",
      `keeping the names of an account: ${code}, in ${folder}`,
      {
        details: { path },
        cause: error,
      },
    );
  }
}

/** Removes files that nobody has asked for in a month, and what was left half written. */
async function removeOld(folder: string): Promise<void> {
  const oldest = Date.now() - keptDays * 24 * 3_600_000;
  for (const name of await readdir(folder)) {
    if (!/^[a-z0-9-]{4,80}\.json(\.\d+\.partial)?$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < oldest) await rm(path, { force: true }).catch(() => undefined);
  }
}
