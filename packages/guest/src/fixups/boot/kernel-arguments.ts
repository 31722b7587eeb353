import type { GuestFiles, WritableGuestFiles } from "../../files/guest-files.ts";
import { mapLines, readLatin1, writeLatin1 } from "../edit-lines.ts";

/*
 * The arguments of Linux kernels, wherever a boot loader keeps them: GRUB legacy, GRUB 2 and its environment block, boot
 * loader entries, extlinux; and where the distribution makes the next entries from.
 */

/** How to change one list of arguments. */
export interface ArgumentEdit {
  /** What becomes of an argument; `null` takes it away. */
  readonly change?: (argument: string, entry: KernelEntry) => string | null;
  /** What is put behind the others. */
  readonly add?: (others: readonly string[], entry: KernelEntry) => readonly string[];
}

/** Where a list of arguments stands. */
export interface KernelEntry {
  readonly path: string;
  /** `entry`: read by the loader. `template`: from which later entries are made. */
  readonly role: "entry" | "template";
  /** Whether the kernel is given an initramfs; without one it knows no file system by its UUID. */
  readonly initramfs: boolean;
}

/** A line cut at its arguments. */
interface Cut {
  readonly head: string;
  readonly list: string;
  readonly tail: string;
}

interface Dialect {
  readonly role: KernelEntry["role"];
  /** Cuts a line with arguments; `undefined` for any other. */
  readonly cut: (line: string) => Cut | undefined;
  /** Begins what is another kernel's. */
  readonly begins?: RegExp;
  readonly initramfs?: RegExp;
}

const cutBy =
  (pattern: RegExp) =>
  (line: string): Cut | undefined => {
    const match = pattern.exec(line);
    return match === null ? undefined : { head: match[1] ?? "", list: match[2] ?? "", tail: match[3] ?? "" };
  };

/** An assignment as shells read it; a list without quotes gets some, for there may soon be more than one word. */
const cutAssignment = (name: string) => {
  const pattern = new RegExp(
    `^([ \\t]*${name}=)(?:"([^"'\\\\]*)"|'([^"'\\\\]*)'|([^\\s"'\\\\]*))([ \\t]*(?:#.*)?)$`,
  );
  return (line: string): Cut | undefined => {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    const [, head = "", double, single, bare = "", tail = ""] = match;
    const quote = single === undefined ? '"' : "'";
    return { head: `${head}${quote}`, list: double ?? single ?? bare, tail: `${quote}${tail}` };
  };
};

/** The list ends before blanks at the end of the line. */
const cutToEnd = (pattern: RegExp) => (line: string) => {
  const cut = cutBy(pattern)(line.trimEnd());
  return cut && { ...cut, tail: line.slice(line.trimEnd().length) };
};

const grubKernel = cutToEnd(/^([ \t]*linux(?:16|efi)?[ \t]+\S+[ \t]+)(.*)$/);
const grubDefault = cutBy(/^([ \t]*set[ \t]+(?:default_)?kernelopts=")([^"]*)(".*)$/);
const grub2: Dialect = {
  role: "entry",
  cut: (line) => grubKernel(line) ?? grubDefault(line),
  begins: /^[ \t]*(menuentry|linux(16|efi)?)\b/,
  initramfs: /^[ \t]*initrd(16|efi)?\b/,
};
const grubLegacy: Dialect = {
  role: "entry",
  // Debian makes new entries from the comment `# kopt=`. Xen and memtest are started like kernels.
  cut: cutToEnd(/^([ \t]*kernel[ \t]+(?:--\S+[ \t]+)*(?!\S*(?:xen|memtest))\S+[ \t]+|#[ \t]*kopt=)(.*)$/),
  begins: /^[ \t]*(title|kernel)\b/,
  initramfs: /^[ \t]*initrd\b/,
};
const bootEntry: Dialect = {
  role: "entry",
  cut: cutToEnd(/^(options[ \t]+)(.*)$/),
  initramfs: /^initrd\b/,
};
const extlinux: Dialect = {
  role: "entry",
  cut: cutToEnd(/^([ \t]*append[ \t]+)(.*)$/i),
  begins: /^[ \t]*(label|append)\b/i,
  initramfs: /^[ \t]*(initrd\b|append\b.*\binitrd=)/i,
};
const plainLine: Dialect = { role: "template", cut: (line) => ({ head: "", list: line.trim(), tail: "" }) };
const grubTemplate: Dialect = {
  role: "template",
  cut: cutAssignment("GRUB_CMDLINE_LINUX"),
};
/** Arguments of normal entries alone: changed, but not added to, for the other list holds for them too. */
const grubTemplateMore: Dialect = {
  role: "template",
  cut: cutAssignment("GRUB_CMDLINE_LINUX_DEFAULT"),
};
const alpineTemplate: Dialect = {
  role: "template",
  cut: cutAssignment("default_kernel_opts"),
};

const grubTemplatePath = "/etc/default/grub";
const environmentPaths = ["/boot/grub2/grubenv", "/boot/grub/grubenv"];
const configurations: readonly (readonly [path: string, dialect: Dialect])[] = [
  ["/boot/grub/grub.cfg", grub2],
  ["/boot/grub2/grub.cfg", grub2],
  ["/boot/grub/grub.conf", grubLegacy],
  ["/boot/grub/menu.lst", grubLegacy],
  ["/boot/extlinux/extlinux.conf", extlinux],
  ["/boot/extlinux.conf", extlinux],
  ["/extlinux.conf", extlinux],
  ["/boot/syslinux/syslinux.cfg", extlinux],
  [grubTemplatePath, grubTemplate],
  ["/etc/kernel/cmdline", plainLine],
  ["/etc/update-extlinux.conf", alpineTemplate],
];

/** Makes one change to the arguments of every kernel of a guest. */
export async function editKernelArguments(files: WritableGuestFiles, edit: ArgumentEdit): Promise<void> {
  for (const [path, dialect] of [...configurations, ...(await bootEntries(files))]) {
    await editFile(files, path, dialect, edit);
  }
  if (edit.change) await editFile(files, grubTemplatePath, grubTemplateMore, { change: edit.change });
  for (const path of environmentPaths) await editEnvironment(files, path, edit);
}

/** Whether an argument is given to every kernel of a guest that has a list; false when there is no list. */
export async function isGivenToAll(files: GuestFiles, argument: string): Promise<boolean> {
  let lists = 0;
  let having = 0;
  const count = (list: string) => {
    lists += 1;
    if (list.split(/\s+/).includes(argument)) having += 1;
  };
  const text = async (path: string) => (await files.readText(path)) ?? "";
  const environment = (await Promise.all(environmentPaths.map(text))).join("\n");
  const shared = environmentArguments(environment);
  for (const [path, dialect] of [...configurations, ...(await bootEntries(files))]) {
    if (dialect.role !== "entry") continue;
    mapLines(await text(path), (line) => {
      const cut = dialect.cut(line);
      if (cut && !isComment(line) && !grubDefault(line)) {
        count(cut.list.includes("$kernelopts") ? `${cut.list} ${shared}` : cut.list);
      }
      return line;
    });
  }
  return lists > 0 && having === lists;
}

async function bootEntries(files: GuestFiles): Promise<readonly (readonly [string, Dialect])[]> {
  const folder = "/boot/loader/entries";
  const names = (await files.list(folder)).filter((name) => name.endsWith(".conf"));
  return names.slice(0, 64).map((name) => [`${folder}/${name}`, bootEntry]);
}

async function editFile(
  files: WritableGuestFiles,
  path: string,
  dialect: Dialect,
  edit: ArgumentEdit,
): Promise<void> {
  const text = await readLatin1(files, path);
  if (text === undefined) return;
  const lines = text.split("\n");
  const edited = mapLines(text, (line, index) => {
    if (line === "") return line;
    const cut = dialect.cut(line);
    if (cut === undefined || (dialect === plainLine && (index > 0 || isComment(line)))) return line;
    const initramfs =
      dialect.role === "template" || isComment(line) || grubDefault(line) !== undefined
        ? true
        : hasInitramfs(lines, index, dialect);
    const list = editList(cut.list, edit, { path, role: dialect.role, initramfs });
    return list === cut.list ? line : `${cut.head}${list}${cut.tail}`;
  });
  if (edited !== text) await writeLatin1(files, path, edited);
}

/** Looks at the lines that belong to the same entry, on both sides. */
function hasInitramfs(lines: readonly string[], index: number, dialect: Dialect): boolean {
  const is = (at: number) => dialect.initramfs?.test((lines[at] ?? "").slice(0, 4096)) === true;
  const begins = (at: number) => dialect.begins?.test((lines[at] ?? "").slice(0, 4096)) === true;
  if (is(index)) return true;
  for (let at = index + 1; at < lines.length && at < index + 64 && !begins(at); at++) if (is(at)) return true;
  for (let at = index - 1; at >= 0 && at > index - 64; at--) {
    if (is(at)) return true;
    if (begins(at)) return false;
  }
  return false;
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}

/** Changes a list of arguments; blanks between those that stay are kept. */
function editList(list: string, edit: ArgumentEdit, entry: KernelEntry): string {
  const parts = list.split(/([ \t]+)/);
  let edited = "";
  parts.forEach((part, index) => {
    if (index % 2 === 1 || part === "") return;
    const changed = edit.change === undefined ? part : edit.change(part, entry);
    if (changed === null) return;
    edited += (edited === "" ? "" : (parts[index - 1] ?? " ")) + changed;
  });
  // Blanks at the ends belong to the list: a list in quotes may have some.
  if (/^[ \t]/.test(list)) edited = (parts[1] ?? "") + edited;
  if (/[ \t]$/.test(list) && edited.trim() !== "") edited += parts[parts.length - 2] ?? "";
  // What the environment block holds is not given twice.
  if (edit.add === undefined || edited.includes("$kernelopts")) return edited;
  const more = edit.add(edited.split(/[ \t]+/), entry);
  if (more.length === 0) return edited;
  const body = edited.trimEnd();
  return `${body}${body === "" ? "" : " "}${more.join(" ")}${edited.slice(body.length)}`;
}

const environmentBytes = 1024;
const environmentLine = /^kernelopts=(.*)$/;

function environmentArguments(text: string): string {
  return text.split("\n").flatMap((line) => environmentLine.exec(line)?.[1] ?? [])[0] ?? "";
}

/** GRUB's environment block is 1,024 bytes, filled up with `#`, always: it is written in place by the loader. */
async function editEnvironment(files: WritableGuestFiles, path: string, edit: ArgumentEdit): Promise<void> {
  const text = await readLatin1(files, path);
  if (text?.length !== environmentBytes || !text.startsWith("# GRUB Environment Block\n")) return;
  const lines = text.replace(/#+$/, "").split("\n");
  const edited = lines
    .map((line) => {
      const list = environmentLine.exec(line)?.[1];
      return list === undefined
        ? line
        : `kernelopts=${editList(list, edit, { path, role: "entry", initramfs: true })}`;
    })
    .join("\n");
  if (edited.length > environmentBytes || edited === lines.join("\n")) return;
  await writeLatin1(files, path, edited.padEnd(environmentBytes, "#"));
}
