import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { loadedVendors, recordedLoading } from "../helpers/loaded-vendors.ts";
import { nodeOfVersion, tours } from "../helpers/node-versions.ts";
import { painted } from "../helpers/painted.ts";
import { type Person, person } from "../helpers/person.ts";
import { type Rehearsal, startRehearsal } from "../helpers/rehearsal.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram } from "../helpers/sampan.ts";
import { contactsIn, isOfThisMachine, underAudit } from "../helpers/socket-audit.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { tmuxScreen } from "../helpers/tmux.ts";

/*
 * One file, though it is long: one session of the shell for each version of Node.js and each width, in which a person goes through what
 * docs/parity.md of the program says it can do: the rows of its table name these tests.
 */

/** Whom the shell talks to is seen where there is strace; the rest of a tour needs none. */
const isAudited = !lacks("strace");

let rehearsal: Rehearsal;
let cache: string;
beforeAll(async () => {
  rehearsal = await startRehearsal();
  cache = await makeFolder();
  const env = { ...rehearsal.env, SAMPAN_CACHE: cache };
  const asked = await sampan(["names", "--refresh", "--region", "cn-shanghai"], { cwd: cache, env });
  expect(asked.exitCode, asked.stderr).toBe(0);
});
afterAll(async () => {
  await rehearsal.stop();
  await rm(cache, { recursive: true, force: true });
});

/** A folder to work and to live in, with an image, an editor, an rc file and what was typed yesterday. */
async function prepared(): Promise<string> {
  const home = await makeFolder();
  await writeFirstGuest(join(home, "guest.qcow2"));
  await writeFile(join(home, "edit"), '#!/bin/sh\nsed -i "s/20/40/" "$1"\n');
  await chmod(join(home, "edit"), 0o755);
  await writeFile(join(home, ".sampanrc.ts"), "const mine: number = 7;\n");
  await mkdir(join(home, ".local/state/sampan"), { recursive: true });
  await writeFile(join(home, ".local/state/sampan/shell-history.ndjson"), '"\\"yester\\" + \\"day\\""\n');
  return home;
}

describe.each(tours)("the shell on Node.js %i in %i columns", (version, columns) => {
  const node = nodeOfVersion(version);
  if (lacks("tmux") || node === null) return it.skip(`has no tmux, or no Node.js ${version}`);
  let home: string;
  let someone: Person;
  beforeAll(async () => {
    home = await prepared();
    const command = [node, sampanProgram];
    const screen = await tmuxScreen(isAudited ? underAudit(join(home, "contacts"), command) : command, {
      cwd: home,
      columns,
      kept: home,
      env: {
        HOME: home,
        SAMPAN_CACHE: cache,
        EDITOR: join(home, "edit"),
        ...rehearsal.env,
        ...recordedLoading(join(home, "loaded")),
      },
    });
    someone = person(screen, ">", columns);
    await someone.reads("rehearsal: a simulator answers");
  });
  beforeEach(() => someone.begin());
  afterEach(async () => expect(await someone.broken()).toEqual([]));
  afterAll(async () => {
    await someone.screen.close();
    await rm(home, { recursive: true, force: true });
  });
  /** Types a text and Tab after it, which completes it to this, and takes it away. */
  const completes = async (text: string, to: string): Promise<void> => {
    await someone.begin();
    await someone.write(text);
    await someone.press("Tab");
    await someone.sees(to);
    await someone.clear();
  };

  it("is there before anything of the vendor's packages is loaded", async () => {
    const loaded = await readFile(join(home, "loaded"), "utf8");
    expect(loaded).toContain("/packages/repl/dist/");
    expect(await loadedVendors(loaded)).toEqual([]);
  });

  it("waits for what is awaited at the top", async () => {
    await someone.enter("await Promise.resolve(41) + 1");
    await someone.answers("42");
  });

  it("waits for queries by itself, and not for other promises", async () => {
    await someone.enter("regions().length > 10");
    await someone.reads("true");
    await someone.enter("const later = () => Promise.resolve(1); later() + ' later'");
    await someone.reads('"[object Promise] later"');
  });

  it("takes TypeScript", async () => {
    await someone.enter("interface Disk { sizeBytes: number }");
    await someone.enter("const disk = { sizeBytes: 6 * 7 } as Disk; disk.sizeBytes");
    await someone.answers("42");
  });

  it("takes imports", async () => {
    await someone.enter('import { basename as base } from "node:path"');
    await someone.enter('base("/a/b") + base("/a/c")');
    await someone.reads('"bc"');
  });

  it("takes a constant again that failed, and one that did not", async () => {
    await someone.enter("const x = nope()");
    await someone.reads("ReferenceError: nope is not defined");
    await someone.enter("const x = 20");
    await someone.enter("const x = 21");
    await someone.enter("x * 2");
    await someone.answers("42");
  });

  it("keeps the last values under _ and their numbers", async () => {
    await someone.enter("_ + 1");
    await someone.answers("43");
    await someone.enter("out[1] + 2");
    await someone.answers("44");
  });

  it("shows a plan as a table, goes on with it from a dot, and starts nothing", async () => {
    await someone.enter('const plan = Migration.from("./absent.vmdk")');
    await someone.enter(".assess()");
    await someone.reads(/assess.*nothingwasdone/);
    await someone.enter(".capture()");
    expect(await someone.reads(/assess.*capture.*nothingwasdone.*detail/)).not.toContain("[1]run");
    expect(await someone.tooWide()).toEqual([]);
  });

  it("takes a paste as one input", async () => {
    await someone.screen.paste("const total = [1, 2, 3]\n  .map((n) => n * 2)\n  .reduce((a, b) => a + b)\n");
    await someone.sees(columns < 80 ? "Ctrl+C drops it" : ":break on a line");
    await someone.press("Enter");
    await someone.enter("total * 100");
    await someone.answers("1200");
  });

  it("keeps what is typed ahead until it is its turn", async () => {
    await someone.enter("await new Promise((done) => setTimeout(done, 400)); 'fir' + 'st'");
    await someone.enter("'sec' + 'ond'");
    await someone.reads(/"first".*"second"/);
  });

  it("changes earlier lines of an input in place", async () => {
    await someone.write("[1,");
    await someone.press("Enter");
    await someone.write("2][0]");
    await someone.press("Up", "Home", "Right", "7", "Enter");
    await someone.answers("71");
  });

  it("opens the last input in an editor", async () => {
    await someone.enter("20 + 2");
    await someone.answers("22");
    await someone.begin();
    await someone.enter(":edit");
    await someone.answers("42");
  });

  it("says how to get out of half an input", async () => {
    await someone.enter("function f() {");
    await someone.sees(columns < 80 ? "Ctrl+C drops it" : "Ctrl+C, or :break");
    await someone.enter(":break");
    await someone.reads("dropped");
  });

  it("completes names, steps that may follow, and paths", async () => {
    await completes("Migr", "Migration");
    await completes('Migration.from("./gue', "guest.qcow2");
    await completes('Migration.from("./absent.vmdk").asse', ".assess(");
  });

  it("runs nothing to complete it", async () => {
    await someone.enter("let looked = 0; const trap = { get here() { looked++; return {}; } }");
    await someone.write("trap.here.");
    await someone.press("Tab", "Tab");
    await someone.clear();
    await someone.enter("'looked ' + looked");
    await someone.reads('"looked 0"');
  });

  it("completes what the account has", async () => {
    await completes('y.launch({ region: "cn-shanghai", zone: "cn-', 'zone: "cn-shanghai-');
  });

  it("completes in spite of slips, and lists what may be meant with a line beside each", async () => {
    await completes('y.copyTo("cn-hangzhuo', 'y.copyTo("cn-hangzhou"');
    await someone.begin();
    await someone.write("Migration.");
    await someone.press("Tab");
    await someone.sees(columns < 80 ? /from.*with/ : /with *Setsthecloud/);
    expect(await someone.tooWide()).toEqual([]);
    await someone.clear();
  });

  it("hints at arguments", async () => {
    await completes("y.upload(", "upload(bucket, opt");
  });

  it("helps on a step, a value and a command", async () => {
    await someone.enter("?upload");
    await someone.reads(/upload\(step\)Sendstheimages/);
    expect(await someone.tooWide()).toEqual([]);
    await someone.enter("h(7)");
    await someone.reads("number");
    await someone.begin();
    await someone.enter(":help");
    await someone.reads(/Tabcompletes|more:`:more`/);
    await someone.enter(":more");
    await someone.reads(/>/);
    expect(await someone.tooWide()).toEqual([]);
    await someone.enter(":hlep");
    await someone.reads("Did you mean :help?");
  });

  it("searches what there is", async () => {
    await someone.enter(":find bandwidth");
    await someone.reads(/bytesPerSecond/);
    expect(await someone.tooWide()).toEqual([]);
  });

  it("shows long values a screen at a time", async () => {
    await someone.enter("Array.from({ length: 100 }, (_, n) => 'line of text that is long ' + n)");
    await someone.reads(/more(lines)?:`:more`/);
    await someone.begin();
    await someone.enter(":more");
    await someone.reads(/islong\d+'/);
  });

  it("shows what is foreign without its control characters", async () => {
    await someone.enter('Migration.from("./web\\u001b[31m.vmdk")');
    await someone.reads("plan of ./web\uFFFD[31\u006d.vmdk");
    await someone.begin();
  });

  it("finds inputs of earlier sessions", async () => {
    await someone.press("C-r");
    await someone.write("yester");
    await someone.sees("search");
    await someone.press("Enter");
    await someone.reads('"yesterday"');
  });

  it("colours what is typed and what stays of it, and keeps it without", async () => {
    const typed = `const n: number = 40 + "ab".length; n // why`;
    await someone.write(typed);
    const shown = '{35:const}n:number={33:40}+{32:"ab"}.length;n{2://why}';
    await expect.poll(async () => painted(await someone.screen.coloured())).toContain(shown);
    await someone.press("Enter");
    await someone.answers("42");
    expect(painted(await someone.screen.coloured())).toContain(shown);
    await someone.write("y.upload(1))");
    await expect
      .poll(async () => painted(await someone.screen.coloured()))
      .toContain(">}y.{36:upload}({33:1}){4;31:)}");
    await someone.clear();
    await someone.write(":hlep");
    await expect.poll(async () => painted(await someone.screen.coloured())).toContain(">}{4;31::hlep}");
    await someone.clear();
    await someone.write(":help");
    await expect.poll(async () => painted(await someone.screen.coloured())).toMatch(/>\}?(\{36:)?:help\}/);
    await someone.clear();
    expect(await readFile(join(home, ".local/state/sampan/shell-history.ndjson"), "utf8")).toContain(
      `\n${JSON.stringify(typed)}\n`,
    );
  });

  it("offers the rest of an earlier input behind the cursor, and takes it when told to", async () => {
    await someone.write('"yes');
    await expect
      .poll(async () => painted(await someone.screen.coloured()))
      .toMatch(/\{32:"yes\}\{2:ter"(…|\+"day")\}/);
    await someone.press("Right", "Enter");
    await someone.answers('"yesterday"');
    await someone.begin();
    await someone.write('"yes');
    await someone.press("M-f");
    await someone.sees('"yester');
    await someone.write('night"');
    await someone.press("Enter");
    await someone.answers('"yesternight"');
    await someone.begin();
    await someone.write('"yesternight" ');
    await someone.press("Enter");
    await someone.answers('"yesternight"');
    expect(painted(await someone.screen.coloured())).not.toContain("{2:ter");
  });

  it("says how a call is written for as long as it is being written", async () => {
    await someone.write("y.upload(");
    await someone.sees("upload(bucket, opt");
    await someone.write('"web", { ');
    await someone.sees("upload(bucket, opt");
    expect(await someone.tooWide()).toEqual([]);
    await someone.clear();
    expect(await someone.screen.visible()).not.toContain("upload(bucket, opt");
  });

  it("changes cloud, region and profile for what comes", async () => {
    await someone.enter(":region cn-beijing");
    await someone.reads("cn-beijing");
    await someone.enter(":cloud simulator");
    await someone.reads("rehearses");
    await someone.enter(":profile");
    await someone.reads("no profiles");
  });

  it("has evaluated the rc file of its home", async () => {
    await someone.enter("mine * 6");
    await someone.answers("42");
  });

  it("works on a run behind the prompt, says how far it is, and shows it on demand", async () => {
    await someone.enter(
      'Migration.from("./guest.qcow2").assess().capture().toVhd().upload("web-images", { createBucket: true, bytesPerSecond: 1_000_000 }).run()',
    );
    await someone.sees(/\[1\]run/);
    await someone.reads(/\[1\].*upload\d+%/);
    await someone.enter("6 * 7");
    await someone.answers("42");
    await someone.enter(":runs");
    await someone.reads(/\[1\]\d{8}-\S+upload/);
    await someone.enter(":fg 1");
    await someone.sees(/upload[█░]*\d+%.*sending/);
    await someone.press("C-z");
    await someone.reads("it goes on behind the prompt");
  });

  it("stops a run at Ctrl+C, and says what it left", async () => {
    await someone.enter(":fg");
    await someone.sees("Ctrl+C stops the run");
    await someone.press("C-c");
    expect(await someone.reads("to go on: sampan resume")).toContain("leftinthesimulator:upload");
  });

  it("stops what computes and what waits at Ctrl+C", async () => {
    await someone.enter("console.log('be' + 'gun'); while (true) {}");
    await someone.sees("begun");
    await someone.press("C-c");
    await someone.reads("interrupted by");
    await someone.begin();
    await someone.enter("for (;;) console.log('all the ' + 'time')");
    await someone.sees("all the time");
    await someone.press("C-c");
    await someone.reads("interrupted by");
    await someone.begin();
    await someone.enter("'still ' + 'here'");
    await someone.reads('"still here"');
    // Told once nothing computes any more: what computes is ended another way.
    await someone.enter(
      "setTimeout(() => console.log('be' + 'gun'), 300); await new Promise(() => undefined)",
    );
    await someone.sees("begun");
    await someone.press("C-c");
    await someone.reads("no longer waiting");
  });

  it("saves the last plan as a file", async () => {
    await someone.enter("plan");
    await someone.reads(/nothingwasdone/);
    await someone.enter(":save mine");
    await someone.reads("sampan run mine.migration.ts");
    expect(await readFile(join(home, "mine.migration.ts"), "utf8")).toContain(
      'Migration.from("./absent.vmdk")',
    );
    await someone.enter(":save mine");
    await someone.sees("Replace it? [y/N]");
    await someone.enter("n");
    await someone.reads("COMMAND_DECLINED");
  });

  it("keeps inputs of several lines as one, and no secrets, in its history", async () => {
    await someone.enter('const accessKeySecret = "canary-secret"; new Secret("canary-two")');
    await someone.reads(/>/);
    await someone.enter("'la' + 'st'");
    await someone.reads('"last"');
    await someone.press("C-d");
    await someone.sees("ended with 0");
    const kept = await readFile(join(home, ".local/state/sampan/shell-history.ndjson"), "utf8");
    expect(kept).not.toContain("canary");
    expect(kept.split("\n")).toContain('"[71,\\n2][0]"');
  });

  it.skipIf(!isAudited)(
    "has talked to this machine alone, and loaded the vendor's packages for its queries",
    async () => {
      const contacts = await contactsIn(join(home, "contacts"));
      expect(contacts.some(({ family }) => family === "AF_INET" || family === "AF_INET6")).toBe(true);
      expect(contacts.filter((contact) => !isOfThisMachine(contact))).toEqual([]);
      const loaded = await readFile(join(home, "loaded"), "utf8");
      expect(await loadedVendors(loaded)).toContain("@alicloud/ecs20140526");
    },
  );
});
