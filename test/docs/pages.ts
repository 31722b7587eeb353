import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export const repositoryFolder = fileURLToPath(new URL("../..", import.meta.url));

/** One Markdown page of the repository. */
export interface Page {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block. */
export interface Block {
  /** First word behind the fence: `ts`, `sh`, … */
  readonly language: string;
  /** Further words behind the fence: `run`, `file=web-01.migration.ts`. */
  readonly marks: readonly string[];
  readonly text: string;
  /** Of the fence, counted from one. */
  readonly line: number;
}

/** Every Markdown page that is, or is about to be, in the repository. */
export async function readPages(): Promise<readonly Page[]> {
  const { stdout } = await execa("git", ["ls-files", "-z", "-co", "--exclude-standard", "*.md"], {
    cwd: repositoryFolder,
  });
  return stdout
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(repositoryFolder, path)))
    .map((path) => ({ path, text: readFileSync(join(repositoryFolder, path), "utf8") }));
}

/** The fenced blocks of a page, in order. One that is never closed ends with the page. */
export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { fence: string; words: readonly string[]; line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const fence = /^\s*(`{3,})([^`]*)$/.exec(line);
    if (open === undefined) {
      const [, ticks, info] = fence ?? [];
      if (ticks !== undefined) {
        open = { fence: ticks, words: (info ?? "").split(/\s+/).filter(Boolean), line: index + 1, lines: [] };
      }
    } else if (line.trim() === open.fence) {
      const [language = "", ...marks] = open.words;
      blocks.push({ language, marks, text: open.lines.join("\n"), line: open.line });
      open = undefined;
    } else {
      open.lines.push(line);
    }
  }
  return blocks;
}

/** A page without its fenced blocks, whose lines stay, empty. */
export function proseOf(text: string): string {
  return text.replace(/^([ \t]*`{3,})[^`\n]*\n[\s\S]*?^\1[ ]*$/gm, (block) => block.replace(/[^\n]/g, ""));
}

/** What a page's headings are called behind a `#`, as GitHub makes it and TypeDoc takes it. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    let name = slug;
    for (let number = 1; anchors.has(name); number++) name = `${slug}-${number}`;
    anchors.add(name);
  }
  for (const [, id = ""] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** Where a page's links and pictures point, but for those to other places of the net. */
export function linksOf(text: string): readonly string[] {
  const prose = proseOf(text).replace(/(`+)[^`]*?\1/g, "");
  const targets = [
    ...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g),
    ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm),
    ...prose.matchAll(/\s(?:src|href)="([^"]+)"/g),
  ].map((match) => match[1] ?? "");
  return targets.filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}
