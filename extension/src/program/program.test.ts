import { describe, expect, it } from "vitest";
import { askProgram, callProgram, ProgramError } from "./call-program.ts";
import { type FoundProgram, findProgram } from "./find-program.ts";
import { createJsonLines } from "./json-lines.ts";

const here: FoundProgram = { command: process.execPath, args: ["-e"], from: "path" };
const at = { cwd: process.cwd() };

function find(files: readonly string[], change: Partial<Parameters<typeof findProgram>[0]> = {}) {
  return findProgram({
    setting: "",
    folders: ["/ws"],
    path: "/usr/bin:/opt/bin",
    platform: "linux",
    own: { script: "/ext/sampan.mjs", node: "/editor/code", nodeVersion: "22.15.1" },
    isFile: (path) => files.includes(path),
    ...change,
  });
}

describe("the search for the program", () => {
  it("takes the setting, then the workspace, then the PATH, then what the extension brings", () => {
    const all = ["/own/sampan", "/ws/node_modules/.bin/sampan", "/opt/bin/sampan", "/ext/sampan.mjs"];
    expect(find(all, { setting: "/own/sampan" })).toMatchObject({ command: "/own/sampan", from: "setting" });
    expect(find(all)).toMatchObject({ command: "/ws/node_modules/.bin/sampan", from: "workspace" });
    expect(find(["/opt/bin/sampan", "/ext/sampan.mjs"])).toMatchObject({
      command: "/opt/bin/sampan",
      from: "path",
    });
    expect(find(["/ext/sampan.mjs"])).toEqual({
      command: "/editor/code",
      args: ["/ext/sampan.mjs"],
      from: "extension",
      env: { ELECTRON_RUN_AS_NODE: "1" },
    });
    expect(find([])).toBeNull();
  });

  it.each(["20.18.3", "18.20.0", ""])(
    "leaves what the extension brings to a Node that can run it, not to %j",
    (nodeVersion) => {
      const own = { script: "/ext/sampan.mjs", node: "/editor/code", nodeVersion };
      expect(find(["/ext/sampan.mjs"], { own })).toBeNull();
      expect(find(["/ext/sampan.mjs"], { own: { ...own, nodeVersion: "20.19.0" } })).not.toBeNull();
    },
  );

  it("puts no other program in the place of a setting that names none", () => {
    expect(find(["/opt/bin/sampan", "/ext/sampan.mjs"], { setting: "/gone" })).toBeNull();
  });

  it("starts a script by Node, and on Windows never a batch file", () => {
    expect(find(["/own/sampan.mjs"], { setting: "/own/sampan.mjs" })).toEqual({
      command: "node",
      args: ["/own/sampan.mjs"],
      from: "setting",
    });
    const script = "/ws/node_modules/sampan/bin/sampan.mjs";
    expect(find(["/ws/node_modules/.bin/sampan", script], { platform: "win32" })).toEqual({
      command: "node.exe",
      args: [script],
      from: "workspace",
    });
  });
});

describe("lines of JSON", () => {
  it("are the same however they are cut, and what is no JSON is told apart", () => {
    const text = '{"a":1}\nnot json\n\n{"b":"x\\ny"}\n[3]';
    for (const size of [1, 3, 100]) {
      const values: unknown[] = [];
      const foreign: string[] = [];
      const lines = createJsonLines(
        (value) => values.push(value),
        (line) => foreign.push(line),
      );
      for (let from = 0; from < text.length; from += size) lines.push(text.slice(from, from + size));
      lines.end();
      expect(values).toEqual([{ a: 1 }, { b: "x\ny" }, [3]]);
      expect(foreign).toEqual(["not json"]);
    }
  });
});

describe("a call of the program", () => {
  it("gives the value it printed, and its exit code", async () => {
    const script = "console.log(JSON.stringify({n: 1})); process.exitCode = 3";
    expect(await callProgram(here, [script], at)).toMatchObject({ exitCode: 3, values: [{ n: 1 }] });
    expect(await askProgram(here, [script], at)).toEqual({ n: 1 });
  });

  it("throws the error it printed, with code and hint", async () => {
    const script =
      'console.log(JSON.stringify({type:"error",code:"RUN_LOCKED",message:"m",hint:"h"})); process.exitCode=6';
    await expect(askProgram(here, [script], at)).rejects.toMatchObject({
      code: "RUN_LOCKED",
      message: "m",
      hint: "h",
    });
  });

  it("passes arguments as they are, through no shell", async () => {
    const { stdout } = await callProgram(here, ["console.log(process.argv[1])", '$(id); `id` "q"'], at);
    expect(stdout).toBe('$(id); `id` "q"\n');
  });

  it("is ended, and fails, where what it printed cannot be taken", async () => {
    const script = "console.log(JSON.stringify({n: 1})); setInterval(() => {}, 1000)";
    const onValue = () => {
      throw new Error("cannot be taken");
    };
    await expect(callProgram(here, [script], { ...at, onValue })).rejects.toThrow("cannot be taken");
  });

  it("has the variables that its program wants, and the editor's", async () => {
    const script = "console.log(JSON.stringify([process.env.SAMPAN_TRIED, process.env.PATH]))";
    const program: FoundProgram = { ...here, env: { SAMPAN_TRIED: "1" } };
    expect(await askProgram(program, [script], at)).toEqual(["1", process.env.PATH]);
  });

  it("says what it could not start", async () => {
    const gone: FoundProgram = { command: "/no/such/sampan", args: [], from: "setting" };
    const failed = callProgram(gone, [], at);
    await expect(failed).rejects.toBeInstanceOf(ProgramError);
    await expect(failed).rejects.toThrow("/no/such/sampan");
  });
});
