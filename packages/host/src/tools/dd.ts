import { defineTool } from "./define-tool.ts";

/**
 * `dd`, of GNU or busybox: the whitepaper's way to export a Linux disk (4.3, 5.2). Its operands are `name=value`, so that no path
 * can be an option.
 */
export const dd = defineTool({
  name: "dd",
  title: "dd",
  systems: ["linux"],
  page: "https://www.gnu.org/software/coreutils/dd",
  programs: ["dd"],
  usedFor: "capturing a Linux disk into a raw image, on a share or a disk of its own",
  instead: "`capture()` reads the disk over SSH as it was at one moment, and only what is used of it.",
  versionBy: { args: ["--version"], pattern: /^dd \(coreutils\) (\d[\w.-]{0,20})/m },
  canDo(task) {
    const instead = "Write a raw image, and convert that.";
    if (task.format !== "raw") return { why: `it copies bytes and writes no ${task.format}`, instead };
    if (task.kind === "convert") return undefined;
    if (task.sources.length !== 1)
      return { why: "it takes one disk at a time", instead: "Capture them one by one." };
    const [source = ""] = task.sources;
    return /^\/[^\0]*$/.test(source)
      ? undefined
      : { why: "its source is no path of a device", instead: "Give the disk's path, such as /dev/sda." };
  },
  args(task) {
    const source = task.kind === "convert" ? task.source : (task.sources[0] ?? "");
    // On the disk before it counts as done.
    return [`if=${source}`, `of=${task.destination}`, "bs=4M", "conv=fsync"];
  },
  failures: [
    {
      pattern: /No space left/i,
      hint: "The image is as large as the disk; the share has less space than that.",
    },
    { pattern: /Permission denied/i, hint: "Reading a disk needs root." },
    { pattern: /Input\/output error/i, hint: "The disk or the share has errors; look at `dmesg`." },
  ],
});
