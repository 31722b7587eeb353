import { SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import type { Step, StepState } from "./step.ts";

/* Says `is folder`, `is other`, or the folders that would have to be made, outermost first. */
const lookScript = `
path=$1
if [ -d "$path" ]; then echo folder; exit 0; fi
if [ -e "$path" ] || [ -L "$path" ]; then echo other; exit 0; fi
count=0
while [ -n "$path" ] && [ ! -d "$path" ]; do
  if [ -e "$path" ] || [ -L "$path" ]; then echo other; exit 0; fi
  count=$((count + 1))
  path=\${path%/*}
done
echo "missing $count"
`;

const makeScript = `
umask 022
mkdir -p "$1" && chmod "$2" "$1" || exit 1
if [ -n "$3" ]; then chown "$3" "$1" || exit 1; fi
if command -v restorecon >/dev/null 2>&1; then restorecon "$1" 2>/dev/null || :; fi
exit 0
`;

const removeScript = `
for path in "$@"; do
  [ -e "$path" ] || continue
  if [ "$(ls -A "$path" 2>/dev/null | head -n 1)" != "" ]; then echo kept; exit 0; fi
  rmdir "$path" || exit 1
done
echo removed
`;

/** The step that makes a folder with a mode, and with an owner where one is given. Taken back, it removes only what is empty. */
export function folderStep(
  shell: Shell,
  path: string,
  options: { readonly mode: number; readonly owner?: string; readonly title?: string },
): Step {
  const { mode, owner } = options;
  return {
    id: "folder",
    title: options.title ?? `the folder ${path}`,
    async look(signal): Promise<StepState> {
      const { exitCode, stdout, stderr } = await shell.script(lookScript, [path], {
        asRoot: true,
        ...(signal && { signal }),
      });
      const said = Buffer.from(stdout).toString("utf8").trim();
      if (said === "folder") return { state: "already", text: `${path} is there; its owner and mode stay` };
      const missing = Number(/^missing (\d{1,3})$/.exec(said)?.[1] ?? 0);
      if (missing > 0) {
        const parts = path.split("/");
        const made = Array.from({ length: missing }, (_, index) =>
          parts.slice(0, parts.length - index).join("/"),
        );
        const by = owner === undefined ? "" : ` of ${owner}`;
        return { state: "needed", text: `make ${path}${by} with mode ${mode.toString(8)}`, made };
      }
      if (said === "other")
        return { state: "refused", text: `${path}, or a part of it, is there and is no folder` };
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `looking at ${path} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    },
    async apply(signal) {
      const { exitCode, stderr } = await shell.script(makeScript, [path, mode.toString(8), owner ?? ""], {
        asRoot: true,
        ...(signal && { signal }),
      });
      if (exitCode === 0) return;
      throw new SampanError(
        "HOST_SHARE_FAILED",
        `making ${path} on ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
      );
    },
    async undo(made, signal) {
      // Only what is on the way to the folder, whatever the record says.
      const folders = (Array.isArray(made) ? made.map(String) : []).filter(
        (one) => one.length > 1 && `${path}/`.startsWith(`${one}/`),
      );
      const { exitCode, stdout, stderr } = await shell.script(removeScript, folders, {
        asRoot: true,
        ...(signal && { signal }),
      });
      if (exitCode !== 0) {
        throw new SampanError(
          "HOST_SHARE_FAILED",
          `removing ${path} of ${shell.title}: ${stderr || `exit code ${exitCode}`}`,
        );
      }
      return Buffer.from(stdout).toString("utf8").includes("kept")
        ? `kept ${path}: it holds files`
        : `removed ${path}`;
    },
  };
}
