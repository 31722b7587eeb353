import { defineTool } from "./define-tool.ts";
import type { ToolFormat } from "./tool.ts";

/** QEMU's names of formats, and options so that the image is what Alibaba Cloud and Hyper-V take. */
const formats: Readonly<Record<ToolFormat, readonly [name: string, growing: string, fixed: string]>> = {
  raw: ["raw", "", ""],
  // Without it the size is rounded to cylinders, and the disk is another.
  vhd: ["vpc", "subformat=dynamic,force_size=on", "subformat=fixed,force_size=on"],
  vhdx: ["vhdx", "subformat=dynamic", "subformat=fixed"],
  vmdk: ["vmdk", "subformat=monolithicSparse", "subformat=monolithicFlat"],
  qcow2: ["qcow2", "", "preallocation=full"],
};

/** `qemu-img convert`. Manual: https://www.qemu.org/docs/master/tools/qemu-img.html (read 2026-11-26). */
export const qemuImg = defineTool({
  name: "qemu-img",
  title: "qemu-img",
  systems: ["linux", "windows"],
  page: "https://www.qemu.org/download/",
  programs: ["qemu-img", "C:\\Program Files\\qemu\\qemu-img.exe"],
  usedFor: "converting images between formats",
  instead: "`toVhd()`, `toRaw()` and `toQcow2()` convert while they upload, without a file in between.",
  versionBy: { args: ["--version"], pattern: /qemu-img version (\d[\w.+-]{0,40})/ },
  canDo: (task) =>
    task.kind === "convert"
      ? undefined
      : { why: "it converts images and captures no disks", instead: "Use dd, or leave the tool out." },
  args(task) {
    if (task.kind !== "convert") return [];
    const [format, growing, fixed] = formats[task.format];
    const options = task.fixed === true ? fixed : growing;
    // An absolute path can be neither an option nor an address: those have a colon before the first slash.
    return [
      "convert",
      "-p",
      "-O",
      format,
      ...(options === "" ? [] : ["-o", options]),
      task.source,
      task.destination,
    ];
  },
  fractionOf(said) {
    const percent = said.match(/\((\d{1,3}(?:\.\d{1,2})?)\/100%\)/g)?.at(-1);
    return percent === undefined ? undefined : Math.min(1, Number.parseFloat(percent.slice(1)) / 100);
  },
  failures: [
    { pattern: /No space left/i, hint: "The disk the image is written to is full." },
    { pattern: /Failed to get .*lock/i, hint: "A machine that runs holds the image; shut it down first." },
  ],
});
