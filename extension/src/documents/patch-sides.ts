/** One file of a unified diff, as far as the diff tells: what stood there, and what stands there afterwards. */
export interface PatchedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The files of a unified diff with both their sides; between hunks a line says that lines are left out. Pure. */
export function patchSides(diff: string): readonly PatchedFile[] {
  const files: { path: string; before: string[]; after: string[] }[] = [];
  for (const line of diff.split("\n")) {
    const at = files.at(-1);
    if (line.startsWith("--- ")) {
      files.push({ path: pathOf(line), before: [], after: [] });
    } else if (line.startsWith("+++ ")) {
      // A file that is made has its name on this side alone.
      if (at !== undefined && at.path === "/dev/null") at.path = pathOf(line);
    } else if (at === undefined) {
      // Words before the first file.
    } else if (line.startsWith("@@")) {
      for (const side of [at.before, at.after]) if (side.length > 0) side.push("⋯");
    } else if (line.startsWith("-")) at.before.push(line.slice(1));
    else if (line.startsWith("+")) at.after.push(line.slice(1));
    else if (line.startsWith(" ")) {
      at.before.push(line.slice(1));
      at.after.push(line.slice(1));
    }
  }
  return files.map(({ path, before, after }) => ({
    path,
    before: withEnd(before),
    after: withEnd(after),
  }));
}

function withEnd(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function pathOf(line: string): string {
  const name = line.slice(4).split("\t")[0] ?? "";
  return name === "/dev/null" ? name : name.replace(/^[ab]\//, "/");
}
