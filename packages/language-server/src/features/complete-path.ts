/** Endings of what is a disk image, or holds some. */
const imageEndings =
  /\.(?:vmdk|vhdx?|avhdx?|qcow2?|qed|vdi|raw|img|dd|bin|iso|ova|ovf|xva|hdd|parallels|nbd|zip|tar|gz|bz2|xz|zst|lz4|tgz|001|E01)$/i;

/** True for what can only be the beginning of a path. */
export function isPathStart(typed: string): boolean {
  return /^(?:\.{1,2}[\\/]|\/|~\/|[A-Za-z]:[\\/])/.test(typed) || typed.includes("/");
}

/** The folder that a path which is being typed leads to, as it is written; `.` for a name alone. */
export function folderOf(typed: string): string {
  const slash = typed.lastIndexOf("/");
  if (slash < 0) return ".";
  return typed.slice(0, slash + 1);
}

/**
 * What a path that is being typed may become: folders, and files that look like disk images. Hidden ones only when the name begins with a
 * dot.
 *
 * @param names what lies in {@link folderOf} of it, folders with a slash at the end
 */
export function completePath(
  typed: string,
  names: readonly string[],
): readonly { readonly path: string; readonly folder: boolean }[] {
  const before = typed.lastIndexOf("/") < 0 ? "./" : folderOf(typed);
  const begun = typed.slice(typed.lastIndexOf("/") + 1);
  return names.flatMap((name) => {
    if (name.startsWith(".") && !begun.startsWith(".")) return [];
    const folder = name.endsWith("/");
    if (!folder && !imageEndings.test(name)) return [];
    return [{ path: `${before}${name}`, folder }];
  });
}
