import type { ServiceFacts } from "../facts.ts";
import type { GuestFiles } from "../files/guest-files.ts";
import { textLines } from "./lines.ts";

/** Folders of unit files: the administrator's first, then those of packages. */
const unitFolders = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];
/** Folders of System V links, each with a folder per run level below. */
const runLevelFolders = ["/etc", "/etc/rc.d", "/etc/init.d"];
/** Run levels of System V that come before the one the guest is started for. */
const earlyLevels = ["rcS.d", "boot.d"];
const scriptFolders = ["/etc/init.d", "/etc/rc.d/init.d"];
/** Run levels of OpenRC in the order they are passed through. */
const openRcLevels = ["sysinit", "boot", "default"];

/** What starts a service at boot, and what proves that it is installed. */
export interface BootService {
  readonly name: string;
  /** Links whose removal keeps it from starting. */
  readonly links: readonly string[];
  /** Links that came with a package and would come back with it: masking the unit keeps it from starting. */
  readonly packageLinks: readonly string[];
  /** Upstart jobs that start it; an override silences them. */
  readonly upstartJobs: readonly string[];
  /** Unit file, init script or job; `null` when it is not installed. */
  readonly installed: string | null;
}

/** Which services a guest starts at boot, by systemd, System V run levels, upstart or OpenRC. Reads each folder once. */
export class BootServices {
  readonly #files: GuestFiles;
  readonly #runsSystemd: boolean | null;
  readonly #wanted: ReadonlyMap<string, readonly string[]>;
  readonly #wantedByPackages: ReadonlyMap<string, readonly string[]>;
  readonly #started: ReadonlyMap<string, readonly string[]>;
  readonly #openRc: ReadonlyMap<string, readonly string[]>;

  private constructor(files: GuestFiles, runsSystemd: boolean | null, links: readonly Links[]) {
    this.#files = files;
    this.#runsSystemd = runsSystemd;
    [this.#wanted, this.#wantedByPackages, this.#started, this.#openRc] = links as [
      Links,
      Links,
      Links,
      Links,
    ];
  }

  static async read(files: GuestFiles): Promise<BootServices> {
    return new BootServices(files, await runsSystemd(files), [
      await wantsLinks(files, unitFolders.slice(0, 1)),
      await wantsLinks(files, unitFolders.slice(1)),
      await runLevelLinks(files),
      await openRcLinks(files),
    ]);
  }

  /** Finds out how a service is started. */
  async find(name: string): Promise<BootService> {
    const unit = `${name}.service`;
    const native = this.#runsSystemd === false ? null : await this.#firstOf(unitFolders, unit);
    const masked = await isMasked(this.#files, unit);
    const script = await this.#firstOf(scriptFolders, name);
    const links: string[] = [];
    if (!masked && this.#runsSystemd !== false) links.push(...(this.#wanted.get(unit) ?? []));
    // systemd runs an init script only where no unit of the same name exists.
    if (native === null && !(masked && this.#runsSystemd !== false))
      links.push(...(this.#started.get(name) ?? []));
    if (this.#runsSystemd !== true) links.push(...(this.#openRc.get(name) ?? []));
    const job = `/etc/init/${name}.conf`;
    const jobText = this.#runsSystemd === true ? undefined : await this.#files.readText(job);
    return {
      name,
      links,
      packageLinks: masked || this.#runsSystemd === false ? [] : (this.#wantedByPackages.get(unit) ?? []),
      upstartJobs: jobText !== undefined && (await this.#jobStarts(name, jobText)) ? [job] : [],
      installed: native ?? script ?? (jobText === undefined ? null : job),
    };
  }

  /** The facts of a service; `null` when nothing of it is there. */
  async facts(name: string): Promise<ServiceFacts | null> {
    const service = await this.find(name);
    const proof = service.links[0] ?? service.packageLinks[0] ?? service.upstartJobs[0];
    if (proof !== undefined) return { name, enabledAtBoot: true, source: proof };
    return service.installed === null ? null : { name, enabledAtBoot: false, source: service.installed };
  }

  /** Whether a unit of any type is wanted at boot; `source` is the link. For units that are no services. */
  async unit(unit: string): Promise<string | undefined> {
    if (this.#runsSystemd === false || (await isMasked(this.#files, unit))) return undefined;
    return this.#wanted.get(unit)?.[0] ?? this.#wantedByPackages.get(unit)?.[0];
  }

  async #firstOf(folders: readonly string[], name: string): Promise<string | null> {
    for (const folder of folders) {
      if (await this.#files.stat(`${folder}/${name}`)) return `${folder}/${name}`;
    }
    return null;
  }

  async #jobStarts(name: string, text: string): Promise<boolean> {
    const override = textLines(await this.#files.readText(`/etc/init/${name}.override`));
    const lines = textLines(text);
    const silenced = [...lines, ...override].some((line) => line.trim() === "manual");
    return !silenced && lines.some((line) => /^\s*start\s+on\b/.test(line));
  }
}

type Links = ReadonlyMap<string, readonly string[]>;

/** Finds out how one service is started. */
export async function readBootService(files: GuestFiles, name: string): Promise<BootService> {
  return (await BootServices.read(files)).find(name);
}

/** Whether systemd is what starts the guest's services; true where no init is found. */
export async function isSystemd(files: GuestFiles): Promise<boolean> {
  return (await runsSystemd(files)) !== false;
}

/** Whether the first process is systemd; `null` when there is no telling. */
async function runsSystemd(files: GuestFiles): Promise<boolean | null> {
  for (const path of ["/sbin/init", "/usr/sbin/init", "/bin/init"]) {
    const target = await files.readLink(path);
    if (target !== undefined) return /(?:^|\/)systemd$/.test(target);
    if (await files.stat(path)) return false;
  }
  return null;
}

async function isMasked(files: GuestFiles, unit: string): Promise<boolean> {
  return (await files.readLink(`/etc/systemd/system/${unit}`)) === "/dev/null";
}

/** Links in folders such as `multi-user.target.wants`, by unit. */
async function wantsLinks(files: GuestFiles, folders: readonly string[]): Promise<Links> {
  const found = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const folder of folders) {
    for (const entry of await files.list(folder)) {
      if (!/\.(?:wants|requires)$/.test(entry)) continue;
      for (const unit of await files.list(`${folder}/${entry}`)) {
        // `/lib` is often a link to `/usr/lib`: the same link must not count twice.
        if (!seen.has(`${entry}/${unit}`)) add(found, unit, `${folder}/${entry}/${unit}`);
        seen.add(`${entry}/${unit}`);
      }
    }
  }
  return found;
}

async function runLevelLinks(files: GuestFiles): Promise<Links> {
  const found = new Map<string, string[]>();
  const seen = new Set<string>();
  const standard = await defaultRunLevel(files);
  const starting = new Set<string>();
  for (const base of runLevelFolders) {
    for (const level of [...earlyLevels, "rc2.d", "rc3.d", "rc4.d", "rc5.d"]) {
      const folder = `${base}/${level}`;
      for (const entry of await files.list(folder)) {
        const name = /^S\d\d(.+)$/.exec(entry)?.[1];
        // `/etc/rc3.d` is often a link to `/etc/rc.d/rc3.d`.
        if (name === undefined || seen.has(`${level}/${entry}`)) continue;
        seen.add(`${level}/${entry}`);
        add(found, name, `${folder}/${entry}`);
        if (earlyLevels.includes(level) || standard === null || level === `rc${standard}.d`)
          starting.add(name);
      }
    }
  }
  return new Map([...found].filter(([name]) => starting.has(name)));
}

/** The run level of `/etc/inittab`: `id:3:initdefault:`. */
async function defaultRunLevel(files: GuestFiles): Promise<string | null> {
  for (const line of textLines(await files.readText("/etc/inittab"))) {
    const [id = "#", levels = "", action] = line.split(":");
    if (action === "initdefault" && !id.startsWith("#") && /^[2-5]$/.test(levels)) return levels;
  }
  return null;
}

async function openRcLinks(files: GuestFiles): Promise<Links> {
  const found = new Map<string, string[]>();
  for (const level of openRcLevels) {
    const folder = `/etc/runlevels/${level}`;
    for (const name of await files.list(folder)) add(found, name, `${folder}/${name}`);
  }
  return found;
}

function add(links: Map<string, string[]>, name: string, link: string): void {
  const known = links.get(name);
  if (known) known.push(link);
  else links.set(name, [link]);
}
