import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { painted } from "../helpers/painted.ts";
import { lacks } from "../helpers/requires.ts";
import { sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { type TmuxScreen, tmuxScreen } from "../helpers/tmux.ts";

const earlier = 'const plan = "of an earlier session"';

/** The shell in a home where something was typed before, when it knows everything it will. */
async function opened(env: Record<string, string> = {}, entries: readonly string[] = [earlier]) {
  const home = await temporaryFolder();
  await mkdir(join(home, ".local/state/sampan"), { recursive: true });
  const path = join(home, ".local/state/sampan/shell-history.ndjson");
  await writeFile(path, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  // A terminal of tmux has a TERM of its own.
  const given = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const program = ["env", ...given, process.execPath, sampanProgram];
  const screen = await tmuxScreen(program, { cwd: home, env: { HOME: home } });
  await screen.shows(/> *$/);
  await screen.type("'re' + 'ady'", "Enter");
  await screen.shows('"ready"');
  return { screen, path };
}

const poll = (screen: TmuxScreen) => expect.poll(async () => painted(await screen.coloured()));

describe.skipIf(lacks("tmux"))("what helps while somebody types in the shell", () => {
  it.each([
    ["NO_COLOR", "1"],
    ["TERM", "dumb"],
  ])("is not there where %s is %s", async (name, value) => {
    const { screen } = await opened({ [name]: value });
    await screen.type("const plan");
    await screen.shows(/> const plan$/);
    await screen.type("Right", " = 'mine'.at(", "0)", "Enter");
    await screen.type("plan", "Enter");
    await screen.shows(/> plan\n"m"/);
    expect(painted(await screen.coloured())).not.toMatch(/\{\d/);
  });

  it("is colours alone where suggestions are off", async () => {
    const { screen } = await opened({ SAMPAN_SUGGESTIONS: "off" });
    await screen.type("const plan");
    await poll(screen).toMatch(/\{35:const\}plan$/);
    await screen.type("Right", " = images(");
    await poll(screen).toMatch(/\{35:const\}plan=\{36:images\}\($/);
  });

  it("offers no input that a secret was taken out of", async () => {
    const { screen, path } = await opened({}, ["new Map()"]);
    await screen.type('new Secret("hunter-2222")', "Enter");
    await screen.shows(/\n.*> *$/);
    await screen.type("new ");
    await poll(screen).toMatch(/\{35:new\}\{2:Map\(\)\}$/);
    await screen.type("S");
    await poll(screen).toMatch(/\{35:new\}S$/);
    expect(await readFile(path, "utf8")).toContain('new Secret(\\"******\\")');
  });

  it("keeps its place when the window is made narrower and wider, whatever is offered", async () => {
    const { screen } = await opened();
    await screen.type("const plan");
    await screen.shows("earlier session");
    await screen.resize(30);
    await poll(screen).toMatch(/\{35:const\}plan\{2:=…?/);
    await screen.resize(100);
    await screen.shows(/const plan = "of an earlier session"$/);
    expect((await screen.visible()).match(/const/g)).toHaveLength(1);
    await screen.resize(34);
    await screen.type("Right", ".length // 服务器", "Enter");
    await screen.type("plan + 1", "Enter");
    await screen.shows(/\n22\n/);
  });

  it("draws what is seen of ten thousand characters, key by key", async () => {
    const { screen } = await opened();
    const lines = Array.from({ length: 250 }, (_, n) => `const name${n} = "text of 服务器" + ${n};`);
    await screen.paste(`${lines.join("\n")}\n`);
    await screen.shows("const name249");
    await screen.type(" name249.len");
    await screen.type("gth");
    await poll(screen).toContain('{35:const}name249={32:"textof服务器"}+{33:249};name249.length{2:Ctrl');
    await screen.type("Enter");
    await screen.shows(/\n14\n/);
  });
});
