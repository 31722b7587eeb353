import { describe, expect, it } from "vitest";
import {
  manifestOf,
  packageFolders,
  readSourceFiles,
  resolveRelative,
  type SourceFile,
} from "./source-files.ts";

/**
 * Who may import whom, by folder: the arrows of the design. A package that is not listed here fails the test, so that
 * its place is decided and not drifted into. `folder/subpath` allows that subpath alone.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  image: ["core"],
  guest: ["core", "image"],
  host: ["core", "image", "guest"],
  cloud: ["core"],
  simulator: ["core", "image"],
  sdk: ["core", "image", "guest", "host", "cloud", "simulator"],
  "language-server": ["core", "guest/rules", "sdk/catalogue"],
  fleet: ["core", "image", "guest", "host", "cloud", "simulator", "sdk"],
  repl: ["core", "image", "guest", "host", "cloud", "simulator", "sdk", "fleet", "language-server"],
};

/** What unit tests may import besides: a counterpart to talk to. */
const arrowsOfTests: Readonly<Record<string, readonly string[]>> = { cloud: ["simulator"] };

/**
 * What must not be loaded together with an entry point, only when it is used: the simulator, because most runs of a
 * library need none, and the vendor's clients, because loading them takes seconds.
 */
const dear = [/^@sampan\/simulator(\/|$)/, /^@alicloud\//, /^ali-oss(\/|$)/];

const files = readSourceFiles();
const byPath = new Map(files.map((file) => [file.path, file]));
const folderOfName = new Map(packageFolders.map((folder) => [manifestOf(folder).name, folder]));

interface PackageImport {
  readonly folder: string;
  readonly subpath: string;
}

/** The package and subpath that a specifier names, when it is one of ours. */
function ourPackage(specifier: string): PackageImport | undefined {
  for (const [name, folder] of folderOfName) {
    if (specifier === name) return { folder, subpath: "." };
    if (specifier.startsWith(`${name}/`)) return { folder, subpath: `.${specifier.slice(name.length)}` };
  }
  return undefined;
}

function isTestCode(file: SourceFile): boolean {
  return file.isTest || file.path.includes("/src/testing/");
}

/** The source behind one entry of `exports`, without the leading `./`. */
function sourceOf(target: unknown): string {
  return ((target as Record<string, string>)["@sampan/source"] ?? "").slice(2);
}

/** Every import that is carried out when the entries are loaded, and the file that carries it out. */
function loadedWith(entries: readonly string[]): { readonly path: string; readonly specifier: string }[] {
  const waiting = [...entries];
  const seen = new Set<string>();
  const loaded: { path: string; specifier: string }[] = [];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = byPath.get(path);
    if (file === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const { specifier, kind } of file.imports) {
      if (kind !== "value") continue;
      loaded.push({ path, specifier });
      const target = ourPackage(specifier);
      if (specifier.startsWith(".")) waiting.push(resolveRelative(file, specifier));
      else if (target !== undefined) {
        waiting.push(
          `packages/${target.folder}/${sourceOf(manifestOf(target.folder).exports?.[target.subpath])}`,
        );
      }
    }
  }
  return loaded;
}

describe("arrows between packages", () => {
  it("has a row for every package", () => {
    expect(packageFolders.filter((folder) => !Object.hasOwn(arrows, folder))).toEqual([]);
  });

  it("never turn round: a package imports only those its row names", () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const target = ourPackage(specifier);
        if (target === undefined || target.folder === file.package) return [];
        const allowed = [
          ...(arrows[file.package] ?? []),
          ...(file.isTest ? (arrowsOfTests[file.package] ?? []) : []),
        ];
        const isAllowed =
          allowed.includes(target.folder) || allowed.includes(`${target.folder}${target.subpath.slice(1)}`);
        return isAllowed ? [] : [`${file.path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("stand in each package's manifest too", () => {
    const wrong = packageFolders.flatMap((folder) =>
      Object.keys(manifestOf(folder).dependencies ?? {}).flatMap((name) => {
        const target = folderOfName.get(name);
        const allowed = (arrows[folder] ?? []).map((entry) => entry.split("/")[0]);
        return target === undefined || allowed.includes(target) ? [] : [`${folder} depends on ${name}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("lead only to index.ts or a subpath that the package exports", () => {
    const wrong = files.flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const target = ourPackage(specifier);
        if (target === undefined) return [];
        const exported = Object.hasOwn(manifestOf(target.folder).exports ?? {}, target.subpath);
        return exported ? [] : [`${file.path} imports ${specifier}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("lead to a package's /testing only from tests", () => {
    const wrong = files
      .filter((file) => !isTestCode(file))
      .flatMap((file) =>
        file.imports
          .filter(({ specifier }) => ourPackage(specifier)?.subpath === "./testing")
          .map(({ specifier }) => `${file.path} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it("reach another package by its name, never by a path out of the package", () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .filter(({ specifier }) => !resolveRelative(file, specifier).startsWith(`packages/${file.package}/`))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it.each(["sdk", "repl"])(
    "are lazy where loading would be dear: importing %s loads no cloud and no simulator",
    (folder) => {
      const entries = Object.entries(manifestOf(folder).exports ?? {})
        .filter(([subpath]) => subpath !== "./package.json")
        .map(([, target]) => `packages/${folder}/${sourceOf(target)}`);
      expect(entries.length).toBeGreaterThan(0);
      expect(
        loadedWith(entries).filter(({ specifier }) => dear.some((pattern) => pattern.test(specifier))),
      ).toEqual([]);
    },
  );
});

describe("imports inside packages", () => {
  it("form no cycle", () => {
    const state = new Map<string, "open" | "done">();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      const file = byPath.get(path);
      if (file === undefined || state.get(path) === "done") return;
      if (state.get(path) === "open") {
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
        return;
      }
      state.set(path, "open");
      for (const { specifier, kind } of file.imports) {
        if (kind === "value" && specifier.startsWith("."))
          visit(resolveRelative(file, specifier), [...trail, path]);
      }
      state.set(path, "done");
    };
    for (const file of files) visit(file.path, []);
    expect(cycles).toEqual([]);
  });

  it("name existing files with their .ts ending", () => {
    const paths = new Set(files.map((file) => file.path));
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith("."))
        .filter(({ specifier }) => !paths.has(resolveRelative(file, specifier)))
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("of core are no Node built-ins and no dependencies", () => {
    const wrong = files
      .filter((file) => file.package === "core" && !isTestCode(file))
      .flatMap((file) =>
        file.imports
          .filter(({ specifier }) => !specifier.startsWith("."))
          .map(({ specifier }) => `${file.path} imports ${specifier}`),
      );
    expect(wrong).toEqual([]);
    expect(manifestOf("core").dependencies ?? {}).toEqual({});
  });
});
