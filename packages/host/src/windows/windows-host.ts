import { SampanError } from "@sampan/core";
import { type DiskInspection, readRunningWindows } from "@sampan/guest";
import type { WindowsShell } from "../connection/windows/windows-shell.ts";
import type { Host, HostDisk } from "../host.ts";
import { readWindowsAnswers } from "./answers.ts";
import { type DescribedWindows, describeWindows } from "./describe-disks.ts";
import { disksScript } from "./disks-script.ts";
import { exportWindowsDisk } from "./export-disk.ts";
import { lookScript } from "./look-script.ts";
import { windowsPreparation } from "./preparation/live-preparation.ts";

/** WMI may take its time on a host with many disks. */
const timeoutMs = 300_000;

/**
 * Takes a Windows that runs behind a shell for a host: its disks, and its facts by the same readers as those of a disk that lies
 * still. Takes over the shell: closing the host closes it.
 *
 * A disk of a running Windows is not read over the shell: `openDisk` and `live.hold` end in `HOST_KIND_UNSUPPORTED`, which says how
 * else it is captured.
 *
 * @throws `HOST_ADMINISTRATOR_NEEDED` when the user is none, and what the shell throws.
 * @example
 * ```ts
 * const host = await openWindowsHost(openWinrmShell(parseWinrmTarget("winrm://Administrator@web-01"), { password }));
 * const { guest } = await host.live.inspect();
 * await host.close();
 * ```
 */
export async function openWindowsHost(
  shell: WindowsShell,
  signal?: AbortSignal,
): Promise<Host & Required<Pick<Host, "live">>> {
  const { title } = shell;
  const describe = async (cancel: AbortSignal | undefined): Promise<DescribedWindows> => {
    const options = { timeoutMs, ...(cancel === undefined ? {} : { signal: cancel }) };
    const described = describeWindows(await shell.powershell(disksScript, {}, options), title);
    if (described.administrator) return described;
    throw new SampanError(
      "HOST_ADMINISTRATOR_NEEDED",
      `looking at ${title}: its user is no administrator there`,
    );
  };
  const notRead = (what: string) =>
    new SampanError(
      "HOST_KIND_UNSUPPORTED",
      `${what} of ${title}: the disks of a running Windows are not read from here`,
      {
        hint: 'Have the host write it into a share: `capture({ tool: "disk2vhd", share: … })`; or do so by hand, and give the path of the image.',
      },
    );

  let first: DescribedWindows;
  try {
    first = await describe(signal);
  } catch (error) {
    await shell.close();
    throw error;
  }
  return {
    title,
    name: nameOf(first.name, title),
    disks: async (cancel) => (await describe(cancel)).disks.map(withoutLayout),
    async openDisk(name, cancel) {
      const { disks } = await describe(cancel);
      if (!disks.some((disk) => disk.name === name)) {
        throw new SampanError(
          "HOST_DISK_UNKNOWN",
          `opening ${name} of ${title}: it has ${disks.map((disk) => disk.name).join(", ")}`,
        );
      }
      throw notRead(`opening ${name}`);
    },
    live: {
      inspect: async (cancel) => inspect(shell, await describe(cancel), cancel),
      async hold(disk) {
        throw notRead(`holding a moment of ${disk}`);
      },
      async openMoment(moment) {
        throw notRead(`opening a moment of ${moment.disk}`);
      },
      // None was ever held.
      async release() {},
      ...windowsPreparation(shell),
      exportDisk: async (disk, options, cancel) =>
        exportWindowsDisk(shell, (await describe(cancel)).disks, disk, options, cancel),
    },
    close: () => shell.close(),
  };
}

async function inspect(
  shell: WindowsShell,
  { system, bootMode }: DescribedWindows,
  signal: AbortSignal | undefined,
): Promise<DiskInspection> {
  if (system === null) {
    throw new SampanError(
      "HOST_ANSWER_INVALID",
      `looking at ${shell.title}: no partition it tells of holds Windows`,
      {
        hint: "A Windows on a dynamic disk, or on Storage Spaces, cannot be looked at this way.",
      },
    );
  }
  const { layout } = system.disk;
  const notes = [...layout.notes];
  const guest = await readRunningWindows(
    {
      layout,
      systemVolume: system.volume,
      systemRoot: system.root,
      bootMode,
      async ask(questions, cancel) {
        const parameters = { registry: questions.keys, files: questions.files.map((one) => ({ ...one })) };
        const options = { timeoutMs, ...(cancel === undefined ? {} : { signal: cancel }) };
        return readWindowsAnswers(
          await shell.powershell(lookScript, parameters, options),
          questions,
          shell.title,
        );
      },
    },
    notes,
    signal,
  );
  return { layout, guest, notes };
}

function withoutLayout({ name, sizeBytes, system, identity }: HostDisk): HostDisk {
  return { name, sizeBytes, system, identity };
}

/** A name fit for images: the computer's, in lower case, or the host's part of the address. */
function nameOf(computer: string | null, title: string): string {
  const name = computer ?? title.replace(/^.*@/, "");
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 100);
  return plain.length >= 2 ? plain : `host-${plain || "windows"}`;
}
