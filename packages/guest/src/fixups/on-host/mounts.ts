import { parseFstab } from "../../facts/fstab.ts";
import type { FstabEntry } from "../../facts.ts";
import { volumeMeant } from "../device-names.ts";
import { editLines } from "../edit-lines.ts";
import type { Fixup } from "../fixup.ts";

const path = "/etc/fstab";
/** Without these a host does not start, or nobody gets in. */
const needed =
  /^\/(?:boot(?:\/efi)?|efi|usr(?:\/local)?|var(?:\/(?:lib|log|run))?|etc|bin|sbin|lib(?:32|64)?|root|home|opt|tmp)?$/;

/** What the whitepaper does by hand on a host: `Remove the "mount" configuration in the /etc/fstab file` (§5.1). */
export const mounts: Fixup = {
  id: "mounts",
  summary:
    "Makes comments of what /etc/fstab mounts from other disks and from the network, but for what the host itself needs to start.",
  appliesTo(guest) {
    return guest.type === "linux" && guest.fstab.length > 0;
  },
  async apply(files, { inspection, note }) {
    const isHere = (entry: FstabEntry) =>
      entry.resolved === true || volumeMeant(entry.device, inspection) !== undefined;
    const entries = parseFstab((await files.readText(path)) ?? "", inspection.layout);
    const root = entries.find((entry) => entry.mountPoint === "/");
    if (root !== undefined && !isHere(root)) {
      note(
        "/etc/fstab stays as it is: its root is not among the volumes that were found, so what lies on other disks cannot be told",
      );
      return;
    }
    const elsewhere = new Map(
      entries
        .filter((entry) => entry.naming !== "virtual" && !isHere(entry))
        // What is not mounted at boot, or may be missing then, keeps nothing from starting.
        .filter(({ options }) => !options.includes("noauto") && !options.includes("nofail"))
        .map((entry) => [entry.line - 1, entry]),
    );
    await editLines(files, path, (line, index) => {
      const entry = elsewhere.get(index);
      if (entry === undefined) return line;
      if (needed.test(entry.mountPoint)) {
        note(
          `${entry.mountPoint} is mounted from ${entry.device}, which is not on the migrated disk; it stays in /etc/fstab, for the host needs it`,
        );
        return line;
      }
      return `# not on the migrated disk: ${line.trim()}`;
    });
  },
};
