import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { readHostFile, replaceHostFile } from "../linux/files/replace-file.ts";
import {
  type ExportEntry,
  exportLines,
  exportsAnything,
  findExport,
  withExport,
  withoutExport,
} from "./exports.ts";
import { folderStep } from "./folder-step.ts";
import { checkedClient, checkedFolder, checkedName } from "./names.ts";
import { nfsServer, packageStep } from "./package-step.ts";
import type { ShareWork } from "./run-steps.ts";
import { serviceStep } from "./service-step.ts";
import type { Step, StepState } from "./step.ts";

/** What is shared by NFS, and to whom. */
export interface NfsShareOptions {
  /** Absolute path on the conversion host; made where it is missing. */
  readonly folder: string;
  /**
   * Who may mount it, and write there as root: the migrated host's address, a network, a name, or `*` for everybody, as the
   * whitepaper has it.
   */
  readonly client: string;
  /** Tells shares of one host apart. Default: the folder's last name. */
  readonly name?: string;
  /** Installs missing packages. Default: a host that lacks them is refused. */
  readonly install?: boolean;
}

const exportsPath = "/etc/exports";

/**
 * The steps that make a host share a folder by NFS, as §5.1 of the whitepaper does by hand: packages, folder, `/etc/exports`,
 * services now and at boot. Looks at nothing yet.
 *
 * @throws `HOST_SHARE_INVALID` for a folder, client or name that cannot be shared.
 *
 * @example
 * ```ts
 * const work = nfsShare(shell, { folder: "/srv/images", client: "192.0.2.7" });
 * for (const { title, state, text } of await previewSteps(work)) console.log(title, state, text);
 * await applySteps(work);
 * ```
 */
export function nfsShare(shell: Shell, options: NfsShareOptions): ShareWork {
  const folder = checkedFolder(options.folder);
  const name = checkedName(options.name ?? defaultName(folder));
  const client = checkedClient(options.client);
  const key = `nfs:${name}`;
  // The file is handled byte by byte.
  const entry: ExportEntry = { name, folder: Buffer.from(folder, "utf8").toString("latin1"), client };
  const usedByOthers = async (signal?: AbortSignal) =>
    exportsAnything(withoutExport((await readHostFile(shell, exportsPath, signal)) ?? "", entry));
  const service = (id: string, title: string, names: readonly string[]) =>
    serviceStep(shell, { id, title, names, required: true, key, usedByOthers });
  return {
    shell,
    key,
    kind: "nfs",
    options: { folder, client, name },
    steps: [
      packageStep(shell, nfsServer, options.install === true),
      folderStep(shell, folder, { mode: 0o755 }),
      exportStep(shell, entry, folder),
      service("port mapper", "the port mapper", ["rpcbind", "portmap"]),
      service("nfs server", "the NFS server", ["nfs-server", "nfs-kernel-server", "nfsserver", "nfs"]),
      publishStep(shell, folder, client),
    ],
  };
}

/** The last name of a folder, with what a share's name may not hold replaced. */
export function defaultName(folder: string): string {
  const last = folder.split("/").at(-1) ?? "";
  return (
    last
      .replace(/[^A-Za-z0-9_.-]/g, "-")
      .replace(/^[^A-Za-z0-9]+/, "")
      .slice(0, 40) || "images"
  );
}

function exportStep(shell: Shell, entry: ExportEntry, folder: string): Step {
  return {
    id: "exports",
    title: `the line of ${folder} in ${exportsPath}`,
    async look(signal): Promise<StepState> {
      const found = findExport((await readHostFile(shell, exportsPath, signal)) ?? "", entry);
      const line = Buffer.from(exportLines(entry)[1], "latin1").toString("utf8");
      if (found === "ours") return { state: "already", text: `Sampan's line is there: ${line}` };
      if (found === "others")
        return { state: "already", text: `the same line is there by someone else: ${line}` };
      if (found === "none") return { state: "needed", text: `add ${line}`, made: true };
      return {
        state: "refused",
        text: `it is exported otherwise already: ${Buffer.from(found.conflict, "latin1").toString("utf8").slice(0, 200)}`,
        hint: "Remove that line, or choose another folder, name or client.",
      };
    },
    async apply(signal) {
      const text = await readHostFile(shell, exportsPath, signal);
      if (findExport(text ?? "", entry) !== "none") return;
      await replaceHostFile(shell, exportsPath, text, withExport(text ?? "", entry), { signal });
    },
    async undo(_made, signal) {
      const text = await readHostFile(shell, exportsPath, signal);
      const without = text === undefined ? undefined : withoutExport(text, entry);
      if (text === undefined || without === undefined || without === text) return "it is gone already";
      await replaceHostFile(shell, exportsPath, text, without, { signal });
      await publish(shell, signal, true);
      return "removed the line";
    },
  };
}

/* Says whether the kernel's table of exports has the folder for the client. */
const publishedScript = `
PATH=$PATH:/usr/sbin:/sbin; export PATH
exportfs 2>/dev/null | awk -v client="$2" -v folder="$1" '
  # A long path has its clients on the next line.
  /^[^ \\t]/ { path = $0; sub(/[ \\t]+[^ \\t]*$/, "", path); if ($0 !~ /[ \\t][^ \\t]+$/) path = $0 }
  { sub(/[ \\t]+$/, "", path) }
  path == folder { who = $NF; sub(/\\(.*$/, "", who); if (who == client || (client == "*" && who == "<world>")) found = 1 }
  END { exit found ? 0 : 1 }'
`;

/** The step that tells a running server of the new line: `exportfs -ra`. */
function publishStep(shell: Shell, folder: string, client: string): Step {
  return {
    id: "publish",
    title: "the server's table of exports",
    async look(signal): Promise<StepState> {
      const { exitCode } = await shell.script(publishedScript, [folder, client], {
        asRoot: true,
        ...(signal && { signal }),
      });
      if (exitCode === 0) return { state: "already", text: `${folder} is exported to ${client}` };
      return { state: "needed", text: "read /etc/exports anew: exportfs -ra", made: null };
    },
    apply: (signal) => publish(shell, signal, false),
    undo: async () => "goes with the line",
  };
}

async function publish(shell: Shell, signal: AbortSignal | undefined, mayBeMissing: boolean): Promise<void> {
  const { exitCode, stderr } = await shell.script(
    `PATH=$PATH:/usr/sbin:/sbin; export PATH
command -v exportfs >/dev/null 2>&1 || { echo "exportfs is not installed" >&2; exit 127; }
exportfs -ra`,
    [],
    { asRoot: true, ...(signal && { signal }) },
  );
  if (exitCode === 0 || (mayBeMissing && exitCode === 127)) return;
  throw new SampanError(
    "HOST_SHARE_FAILED",
    `exporting anew on ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
  );
}
