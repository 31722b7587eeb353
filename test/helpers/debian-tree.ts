import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** Tools that {@link debianTree} starts. */
export const debianTreeTools = ["mmdebstrap"] as const;

const suite = "bookworm";

export interface DebianTreeOptions {
  readonly packages: readonly string[];
  /** A line of shell that mmdebstrap runs as its customize hook; `$1` in it is the tree. */
  readonly customizeHook: string;
  /** Leaves manuals, other languages and licence texts out. */
  readonly slim?: boolean;
}

/** Unpacks a Debian 12 of these packages into a folder, by mmdebstrap in about a minute. Needs root. */
export async function debianTree(tree: string, options: DebianTreeOptions): Promise<void> {
  const left = ["/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*"];
  await execa("mmdebstrap", [
    "--mode=root",
    "--variant=minbase",
    "--format=directory",
    `--include=${options.packages.join(",")}`,
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    ...(options.slim === true ? left.map((pattern) => `--dpkgopt=path-exclude=${pattern}`) : []),
    ...(await proxyOptions()),
    `--customize-hook=${options.customizeHook}`,
    suite,
    tree,
    ...debianSources(),
  ]);
}

/** The machine's own sources of this suite, as lines for mmdebstrap; none lets it use Debian's default. */
function debianSources(): string[] {
  const folder = "/etc/apt/sources.list.d";
  const files = [
    "/etc/apt/sources.list",
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ].filter((file) => existsSync(file));
  const lines: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    if (file.endsWith(".sources")) lines.push(...fromDeb822(text));
    else if (file.endsWith(".list")) lines.push(...text.split("\n").filter(isOfSuite));
  }
  return lines;
}

function fromDeb822(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      stanza
        .split("\n")
        .map((line) => /^([A-Za-z-]+):\s*(.*)$/.exec(line))
        .filter((match) => match !== null)
        .map((match) => [(match[1] ?? "").toLowerCase(), match[2] ?? ""]),
    );
    const words = (name: string) => (fields.get(name) ?? "").split(/\s+/).filter((word) => word !== "");
    if (fields.get("enabled") === "no" || !words("types").includes("deb")) return [];
    const suites = words("suites").filter((name) => name.split("-")[0] === suite);
    const signedBy = fields.get("signed-by");
    const option = signedBy?.startsWith("/") === true ? ` [signed-by=${signedBy}]` : "";
    return words("uris").flatMap((uri) => suites.map((name) => `deb${option} ${uri} ${name} main`));
  });
}

function isOfSuite(line: string): boolean {
  return new RegExp(`^deb\\s+(\\[[^\\]]*\\]\\s+)?\\S+\\s+${suite}(-\\S+)?\\s`).test(line);
}

async function proxyOptions(): Promise<string[]> {
  const { stdout } = await execa("apt-config", ["dump", "--format", "%f %v%n", "Acquire"]);
  return stdout
    .split("\n")
    .map((line) => /^(Acquire::https?::Proxy\S*) (.+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => `--aptopt=${match[1]} "${match[2]}"`);
}
