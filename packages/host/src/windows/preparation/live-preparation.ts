import type { WindowsShell } from "../../connection/windows/windows-shell.ts";
import type { LiveMachine } from "../../host.ts";
import { prepareWindows, previewWindows } from "./prepare-windows.ts";
import { findWindowsPreparations, undoWindows } from "./undo-windows.ts";

/** How a running Windows is prepared for an image, as a part of a live machine. */
export function windowsPreparation(
  shell: WindowsShell,
): Required<Pick<LiveMachine, "prepare" | "findPreparations" | "undoPreparation">> {
  return {
    async prepare({ id, skip, only }, signal) {
      const chosen = { ...(skip === undefined ? {} : { skip }), ...(only === undefined ? {} : { only }) };
      const changes = await previewWindows(shell, { ...chosen, ...(signal && { signal }) });
      return {
        changes: changes.map(({ step, title, now, becomes }) => ({
          fixups: [step],
          text: `${title}: ${now} -> ${becomes}`,
        })),
        patch: null,
        async apply(cancel) {
          const done = await prepareWindows(shell, { id, ...chosen, ...(cancel && { signal: cancel }) });
          const { undoFile, notes } = done;
          return { id: undoFile === null ? null : id, undo: undoFile, notes };
        },
      };
    },
    findPreparations: (signal) => findWindowsPreparations(shell, signal),
    undoPreparation: (id, signal) => undoWindows(shell, id, signal),
  };
}
