import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExtensionFiles, repositoryFolder } from "./source-files.ts";

const files = readExtensionFiles().filter((file) => !file.isTest);
const importing = (pattern: RegExp) =>
  files
    .filter((file) => file.imports.some(({ specifier }) => pattern.test(specifier)))
    .map(({ path }) => path);

describe("the editor's extension", () => {
  it("takes nothing of ours but the shapes of events: it reads no disk and calls no cloud", () => {
    const taken = files.flatMap((file) =>
      file.imports
        .filter(({ specifier }) => /^(@sampan\/|sampan$|@alicloud\/|ali-oss)/.test(specifier))
        .filter(({ specifier, kind }) => specifier !== "@sampan/core" || kind !== "type")
        // The analyser, in a process of its own.
        .filter(
          ({ specifier }) =>
            !(file.path.endsWith("/server.ts") && specifier === "@sampan/language-server/server"),
        )
        .map(({ specifier }) => `${file.path} imports ${specifier}`),
    );
    expect(taken).toEqual([]);
  });

  it("starts programs in one place, which a folder that is not trusted never reaches, and opens no connection", () => {
    expect(importing(/^node:child_process$/)).toEqual(["extension/src/program/call-program.ts"]);
    expect(
      importing(/call-program\.ts$/).filter((path) => /callProgram|askProgram/.test(textOf(path))),
    ).toEqual(["extension/src/program/program-access.ts"]);
    expect(importing(/^node:(net|tls|http|https|http2|dgram|dns)$/)).toEqual([]);
    const fetching = files.filter(
      ({ identifiers }) => identifiers.has("fetch") || identifiers.has("WebSocket"),
    );
    expect(fetching.map(({ path }) => path)).toEqual([]);
  });

  it("keeps what decides apart from the editor: only files that talk to it import `vscode`", () => {
    const pure = [
      "plans/outline",
      "plans/steps",
      "runs/run-view",
      "runs/run-line",
      "pipeline/lanes",
      "pipeline/render",
    ];
    const wrong = importing(/^vscode$/).filter((path) => pure.some((name) => path.endsWith(`${name}.ts`)));
    expect(wrong).toEqual([]);
  });
});

function textOf(path: string): string {
  return readFileSync(join(repositoryFolder, path), "utf8");
}
