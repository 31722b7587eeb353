import { defineTool } from "./define-tool.ts";

/**
 * Sysinternals Disk2vhd: volumes of a Windows that runs, by a shadow copy, into a VHD or (2.0 and later) VHDX.
 *
 * `disk2vhd <[drive: [drive:]...]|[*]> <vhdfile>`; the ending of the file decides the format. Microsoft's page of the tool, read 2026-11-26.
 */
export const disk2vhd = defineTool({
  name: "disk2vhd",
  title: "Disk2vhd",
  systems: ["windows"],
  page: "https://learn.microsoft.com/sysinternals/downloads/disk2vhd",
  programs: ["disk2vhd64.exe", "disk2vhd.exe"],
  usedFor: "capturing volumes of a running Windows into a VHD, also on a share",
  instead:
    'Nothing: Sampan reads no disks of a running Windows by itself. `capture({ tool: "disk2vhd" })` runs it there.',
  licenceSwitch: "-accepteula",
  canDo(task) {
    if (task.kind === "convert") {
      return { why: "it captures disks and converts no images", instead: "Leave the tool out." };
    }
    if (task.format !== "vhd" && task.format !== "vhdx") {
      return {
        why: `it writes VHD and VHDX, no ${task.format}`,
        instead: "Capture a VHDX; it is converted later.",
      };
    }
    if (!task.destination.toLowerCase().endsWith(`.${task.format}`)) {
      return { why: `the ending of the file decides the format`, instead: `Name it .${task.format}.` };
    }
    const all = task.sources.length === 1 && task.sources[0] === "*";
    return all || (task.sources.length > 0 && task.sources.every((source) => /^[A-Za-z]:$/.test(source)))
      ? undefined
      : { why: "its sources are no volumes", instead: "Give volumes such as C: and D:, or * for all." };
  },
  args: (task) => (task.kind === "capture" ? [...task.sources, task.destination] : []),
  failures: [
    { pattern: /shadow|VSS/i, hint: "Look at the state of the shadow copies with `vssadmin list writers`." },
    {
      pattern: /access is denied|administrator/i,
      hint: "Run it as administrator; for a share, check the rights there.",
    },
    {
      pattern: /network|semaphore timeout/i,
      hint: "The share was slow or gone. Microsoft advises a local disk where that happens.",
    },
  ],
});
