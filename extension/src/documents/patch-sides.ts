/** One file of a unified diff, as far as the diff tells: what stood there, and what stands there afterwards. */
export interface PatchedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The files of a unified diff with both their sides; between hunks a line says that lines are left out. Pure. */
export function patchSides(diff: string): readonly PatchedFile[] {
  const files: { path: string; before: string[]; after: string[] }[] = [];
  // Lines of a hunk that are still to come: one that is taken out may look like the head of a file.
  const left = { before: 0, after: 0 };
  for (const line of diff.split("\n")) {
    const at = files.at(-1);
    if (at !== undefined && left.before + left.after > 0 && /^[-+ ]/.test(line)) {
      for (const side of ["before", "after"] as const) {
        if (line[0] === (side === "before" ? "+" : "-")) continue;
        at[side].push(line.slice(1));
        left[side] -= 1;
      }
    } else if (line.startsWith("--- ")) {
      files.push({ path: pathOf(line), before: [], after: [] });
    } else if (line.startsWith("+++ ")) {
      // A file that is made has its name on this side alone.
      if (at !== undefined && at.path === "/dev/null") at.path = pathOf(line);
    } else if (at === undefined) {
      // Words before the first file.
    } else if (line.startsWith("@@")) {
      for (const side of [at.before, at.after]) if (side.length > 0) side.push("⋯");
      const [, before = "1", after = "1"] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
      Object.assign(left, { before: Number(before), after: Number(after) });
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
