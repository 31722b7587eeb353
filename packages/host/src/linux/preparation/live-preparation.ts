import type { DiskInspection } from "@sampan/guest";
import type { Shell } from "../../connection/shell.ts";
import type { LiveMachine } from "../../host.ts";
import { planPreparation, undoPreparation } from "./prepare-host.ts";

/** Names the scripts that take preparations back, the last first. There may be none, and no folder. */
const listScript = `
cd /var/lib/sampan 2>/dev/null || exit 0
ls -1t -- undo-*.sh 2>/dev/null
exit 0
`;

/** How a running Linux is prepared for an image, as a part of a live machine. `inspect` looks at it as it is now. */
export function linuxPreparation(
  shell: Shell,
  inspect: (signal?: AbortSignal) => Promise<DiskInspection>,
): Required<Pick<LiveMachine, "prepare" | "findPreparations" | "undoPreparation">> {
  return {
    async prepare(options, signal) {
      const asked = { ...options, ...(signal && { signal }) };
      const { record, apply } = await planPreparation(shell, await inspect(signal), asked);
      return {
        changes: record.changes.map(({ kind, path, fixups }) => ({ fixups, text: `${kind} ${path}` })),
        patch: record,
        async apply(cancel) {
          const { id, undoScript } = await apply(cancel);
          return { id, undo: undoScript === null ? null : `sh ${undoScript}`, notes: [] };
        },
      };
    },
    async findPreparations(signal) {
      const { stdout } = await shell.script(listScript, [], { asRoot: true, ...(signal && { signal }) });
      const names = new TextDecoder().decode(stdout).split("\n");
      return names.flatMap((name) => /^undo-([A-Za-z0-9][A-Za-z0-9-]{0,63})\.sh$/.exec(name)?.[1] ?? []);
    },
    undoPreparation: (id, signal) => undoPreparation(shell, id, signal),
  };
}
