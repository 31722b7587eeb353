import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { nodeOfVersion, tours } from "../helpers/node-versions.ts";
import { type Person, person } from "../helpers/person.ts";
import { lacks } from "../helpers/requires.ts";
import { sampanProgram } from "../helpers/sampan.ts";
import { makeFolder } from "../helpers/temporary-folder.ts";
import { tmuxScreen } from "../helpers/tmux.ts";

/*
 * One file, though it is long: one session of `sh` for each version of Node.js and each width, in which a person types commands of the
 * program: the rows of docs/parity.md name these tests.
 */

const quick = `import { Migration } from "sampan";
export default Migration.from("./guest.qcow2").assess().capture().toVhd();
`;
const uploading = (options: string) => quick.replace("toVhd()", `toVhd().upload("web-images", ${options})`);

/** A folder to work and to live in, with plans, and with the program as `sampan`. */
async function prepared(node: string): Promise<string> {
  const home = await makeFolder();
  await writeFirstGuest(join(home, "guest.qcow2"));
  await mkdir(join(home, "bin"));
  await writeFile(
    join(home, "bin/sampan"),
    `#!/bin/sh\necho $$ > "$HOME/pid"\nexec '${node}' '${sampanProgram}' "$@"\n`,
  );
  await chmod(join(home, "bin/sampan"), 0o755);
  await writeFile(join(home, "quick.migration.ts"), quick);
  const sent = uploading("{ createBucket: true }");
  await writeFile(join(home, "sent.migration.ts"), sent);
  await writeFile(join(home, "bad.migration.ts"), sent.replace("web-images", "Web_Images"));
  await writeFile(join(home, "over.migration.ts"), uploading("{ overwrite: true }"));
  await writeFile(join(home, "sampan.config.ts"), 'export default {\n  region: "cn-shanghai",\n};\n');
  await mkdir(join(home, ".aliyun"));
  return home;
}

const keys = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: "LTAI5tExampleExample9f2c",
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: "canary-secret",
};

describe.each(tours)("the command on Node.js %i in %i columns", (version, columns) => {
  const node = nodeOfVersion(version);
  if (lacks("tmux") || node === null) return it.skip(`has no tmux, or no Node.js ${version}`);
  let home: string;
  let someone: Person;
  let closeProxy: () => void;
  beforeAll(async () => {
    home = await prepared(node);
    // Whoever asks the real cloud from here gets no further than this.
    const proxy = http.createServer((_request, response) => response.writeHead(403).end());
    proxy.on("connect", (_request, socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    closeProxy = () => proxy.close();
    const { port } = proxy.address() as { port: number };
    const screen = await tmuxScreen(["sh"], {
      cwd: home,
      columns,
      kept: home,
      env: {
        HOME: home,
        PATH: `${join(home, "bin")}:${process.env.PATH}`,
        PS1: "$ ",
        SAMPAN_CACHE: join(home, "cache"),
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
        ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true",
      },
    });
    someone = person(screen, "$", columns);
    await someone.reads(/\$/);
  });
  beforeEach(() => someone.begin());
  afterEach(async () => expect(await someone.broken()).toEqual([]));
  afterAll(async () => {
    closeProxy();
    await someone.screen.close();
    await rm(home, { recursive: true, force: true });
  });

  it("puts data where it is redirected to, and talk on the screen", async () => {
    await someone.enter("sampan whoami --json >who; sampan whoami 2>&1 >/dev/null; grep -c Account who");
    await someone.answers("1");
  });

  it("shows a run in two levels, tells by a signal how far it is, and stops at Ctrl+C as resumable", async () => {
    // As in a terminal that is known to have a title: inside tmux none is set.
    const titled = "env -u TMUX TERM=xterm-256color TERM_PROGRAM=ghostty";
    await someone.enter(`${titled} sampan run sent.migration.ts --bandwidth 6MB/s; echo ended $?`);
    await someone.sees(/upload[█░]*\d+%/);
    await expect
      .poll(() => someone.screen.title(), { timeout: 4_000 })
      .toMatch(/^\d+ % upload · (?:.*left · )?.*guest\.qcow2$/);
    const lines = (await someone.screen.visible()).split("\n");
    expect(lines.filter((line) => line.includes("▸"))).toHaveLength(1);
    process.kill(Number(await readFile(join(home, "pid"), "utf8")), "SIGUSR1");
    await someone.sees(/\dof\dstepsdone·upload:\d+%/);
    if (columns >= 80) await someone.sees("s left");
    await someone.press("C-c");
    await someone.reads(/togoon:sampanresume.*ended130/);
    expect(await someone.screen.visible()).not.toContain("▸");
    expect(await someone.screen.title()).not.toContain("upload");
  });

  it("ends at once at the second Ctrl+C, and goes on from there when told to", async () => {
    await someone.enter("sampan resume --bandwidth 12MB/s; echo ended $?");
    await someone.sees(/upload[█░]*\d+%/);
    await someone.press("C-c", "C-c");
    await someone.reads(/ended130/);
    await someone.begin();
    await someone.enter("sampan resume; echo ended $?");
    await someone.reads(/ended0/);
  });

  it("writes no escape code into a pipe, and lines instead of a block", async () => {
    await someone.enter("sampan run quick.migration.ts >log 2>&1; grep -c 'capture: done in' log");
    await someone.answers("1");
    expect(await readFile(join(home, "log"), "utf8")).not.toContain("\u001b");
  });

  it("writes lines on a build server that fakes a terminal", async () => {
    await someone.enter("CI=true sampan run quick.migration.ts --again; echo ended $?");
    expect(await someone.reads("ended 0")).not.toContain("▸");
  });

  it("colours a pipe only where that is forced", async () => {
    const coloured = `2>&1 | grep -q "$(printf '\\033')" && echo has colours || echo has none`;
    await someone.enter(`FORCE_COLOR=1 sampan rnu ${coloured}`);
    await someone.answers("has colours");
    await someone.enter(`sampan rnu ${coloured}`);
    await someone.answers("has none");
  });

  it("tells every event as JSON, the last one the end", async () => {
    await someone.enter(
      "sampan run quick.migration.ts --again --json --quiet >events; tail -n 1 events | cut -c 1-8",
    );
    await someone.answers('{"v":1,"');
    expect(await readFile(join(home, "events"), "utf8")).toMatch(/"type":"run.finished"[^\n]*\n$/);
  });

  it("tells every event of a demonstration as JSON", async () => {
    await someone.enter("sampan demo --json --quiet >events; grep -c run.finished events");
    await someone.answers("1");
  });

  it("tells errors as JSON too", async () => {
    await someone.enter("sampan inspect absent.img --json | cut -c 1-15");
    await someone.answers('{"type":"error"');
  });

  it("ends with documented exit codes", async () => {
    await someone.enter("sampan help exit-codes | grep 130; sampan rnu; echo code $?");
    expect(await someone.reads(/code2/)).toMatch(/130cancelled/);
  });

  it("says what was meant, what is wrong, and what to do", async () => {
    await someone.enter("sampan rnu");
    await someone.reads("Did you mean run?");
    await someone.begin();
    await someone.enter("sampan run absent.json");
    await someone.reads(/PLAN_LOAD_FAILED.*nosuchfile.*try:.*more:sampanexplain/);
    await someone.begin();
    await someone.enter("sampan check bad.migration.ts");
    await someone.reads(/Web_Images/);
  });

  it("explains codes, and what stands in variables", async () => {
    await someone.enter("sampan explain CLOUD_QUOTA");
    await someone.reads("A quota of the account is used up.");
    await someone.enter("sampan help environment | grep -c SAMPAN_");
    await someone.reads(/\d\$$/);
  });

  it("writes a plan down, and runs exactly that", async () => {
    await someone.enter("sampan plan quick.migration.ts --again --out plan.json >forecast; echo planned $?");
    await someone.reads("planned 0");
    await someone.enter("sampan run plan.json --again; echo ended $?");
    await someone.reads("ended 0");
  });

  it("examines this machine", async () => {
    await someone.enter("sampan doctor");
    await someone.reads(/Node\.js.*ready ?forrehearsals/);
  });

  it("speaks Chinese", async () => {
    await someone.enter("sampan --lang zh-CN rnu");
    await someone.reads(/\p{Script=Han}/u);
    await someone.begin();
    await someone.enter("sampan --lang zh-CN check bad.migration.ts");
    await someone.reads(/"Web_Images"不能作为Bucket的名称/);
    await someone.begin();
    await someone.enter("sampan --lang zh-CN explain SMP103 | head -8");
    await someone.reads(/依据仅凭文本.*首尾不能是短横线/);
  });

  it("asks before a real account is changed, and names the flag where nobody can answer", async () => {
    const account = Object.entries(keys)
      .map(([name, value]) => `${name}=${value}`)
      .join(" ");
    await someone.enter(`export ${account}; clear`);
    await someone.begin();
    await someone.enter("sampan run over.migration.ts --cloud alibaba </dev/null; echo code $?");
    expect(await someone.reads("code 2")).toMatch(/LTAI…9f2c.*--yes/);
    await someone.begin();
    await someone.enter("sampan run over.migration.ts --cloud alibaba; echo code $?");
    await someone.sees(/bucketweb-images.*\[y\/N\]/);
    await someone.enter("y");
    await someone.sees(/Typeweb-images/);
    await someone.enter("something else");
    expect(await someone.reads("code 130")).toContain("COMMAND_DECLINED");
  });

  it("says whose credentials it would use, where they stand, and no secret", async () => {
    await someone.enter("sampan whoami");
    expect(await someone.reads(/keyid.*secrethidden/)).toMatch(/account\d+.*source/);
  });

  it("takes the profile that is named before keys of the environment, and names both", async () => {
    const profile = { name: "prod", mode: "AK", region_id: "cn-beijing" };
    const secret = { access_key_id: "LTAI5tProdProdProdprod", access_key_secret: "canary-prod" };
    const file = JSON.stringify({ current: "prod", profiles: [{ ...profile, ...secret }] });
    await writeFile(join(home, ".aliyun/config.json"), file, { mode: 0o600 });
    await someone.enter(
      "sampan run over.migration.ts --cloud alibaba --profile prod </dev/null; echo code $?",
    );
    const said = await someone.reads("code 2");
    expect(said).toMatch(/theprofile"prod".*LTAI…prod.*warning:.*LTAI…9f2c.*profileisused/);
    expect(said).not.toContain("canary");
  });

  it("takes keys of the environment before the profile that no one named, and obeys a switch", async () => {
    const without = Object.keys(keys)
      .map((name) => `-u ${name}`)
      .join(" ");
    const command = "sampan run over.migration.ts --cloud alibaba </dev/null; echo code $?";
    await someone.enter(`clear; ${command}`);
    await someone.reads(/environmentvariables\(keyLTAI…9f2c\).*code2/);
    await someone.begin();
    await someone.enter(`clear; env ${without} ${command}`);
    await someone.reads(/theprofile"prod".*LTAI…prod.*code2/);
    await someone.begin();
    await someone.enter(`clear; env ${without} ALIBABA_CLOUD_CLI_PROFILE_DISABLED=true ${command}`);
    await someone.reads(/CLOUD_CREDENTIALS_MISSING.*code4/);
  });

  it("shows nothing of what stands in a broken file of credentials", async () => {
    await writeFile(join(home, ".aliyun/config.json"), '{"profiles":[{"access_key_secret":"canary"}');
    await someone.enter("sampan whoami --cloud alibaba --profile prod; echo code $?");
    const said = await someone.reads("code 4");
    expect(said).toMatch(/config\.json:line1isnotJSON/);
    expect(said).not.toContain("canary");
    await rm(join(home, ".aliyun/config.json"));
  });

  it("takes profiles of both files, their modes in any case, and refuses one by name", async () => {
    const unset = Object.keys(keys)
      .map((name) => `-u ${name}`)
      .join(" ");
    const run = `clear; env ${unset} sampan run over.migration.ts --cloud alibaba </dev/null; echo code $?`;
    const file = (mode: string, more: object) =>
      writeFile(
        join(home, ".aliyun/config.json"),
        JSON.stringify({ current: "p", profiles: [{ name: "p", mode, ...more }] }),
        { mode: 0o600 },
      );
    const pair = { access_key_id: "LTAI5tModesModesModesmod1", access_key_secret: "canary-modes" };
    await file("sTsToKeN", { ...pair, sts_token: "canary-token" });
    await someone.enter(run);
    expect(await someone.reads(/theprofile"p".*LTAI…mod1.*code2/)).not.toContain("canary");
    await file("BearerToken", { bearer_token: "canary-bearer" });
    await someone.begin();
    await someone.enter(run);
    expect(await someone.reads(/BearerToken.*code4/)).not.toContain("canary");
    await rm(join(home, ".aliyun/config.json"));
    await mkdir(join(home, ".alibabacloud"));
    const shared = "[default]\ntype = access_key\naccess_key_id = LTAI5tSharedSharedshr2\n";
    await writeFile(join(home, ".alibabacloud/credentials"), `${shared}access_key_secret = canary-shared\n`, {
      mode: 0o600,
    });
    await someone.begin();
    await someone.enter(run);
    expect(await someone.reads(/LTAI…shr2.*code2/)).not.toContain("canary");
    await rm(join(home, ".alibabacloud"), { recursive: true });
  });

  it("asks a profile's program for a key once while it lives, and again when it ends", async () => {
    const program = `#!/bin/sh
echo asked >>"$HOME/asked"
ends=$(date -u -d "+$LIVES seconds" +%Y-%m-%dT%H:%M:%SZ)
echo '{"mode":"StsToken","access_key_id":"STS.Nexample","access_key_secret":"canary-run","sts_token":"canary-sts","expiration":"'$ends'"}'
`;
    await writeFile(join(home, "bin/give-key"), program, { mode: 0o755 });
    const profile = { name: "sso", mode: "External", process_command: join(home, "bin/give-key") };
    const file = JSON.stringify({ current: "sso", profiles: [profile] });
    await writeFile(join(home, ".aliyun/config.json"), file, { mode: 0o600 });
    await writeFile(
      join(home, "ask.ts"),
      `for (const ms of [0, 0, 2500]) {
  await new Promise((done) => setTimeout(done, ms));
  await buckets().catch((error) => console.log(error.code));
}
`,
    );
    const command = (seconds: number) =>
      `rm -f asked; LIVES=${seconds} sampan --cloud alibaba --profile sso shell ask.ts; echo $(wc -l <asked)`;
    await someone.enter(command(3600));
    await someone.answers("1");
    expect((await someone.screen.read()).match(/CLOUD_UNREACHABLE/g)).toHaveLength(3);
    await someone.begin();
    await someone.enter(command(4));
    // Once more at least for the last query, which comes when the key has lived more than half its life; slow ones ask before that too.
    await someone.reads(/UNREACHABLE[23]\$$/);
    expect(await someone.screen.read()).not.toContain("canary");
    await rm(join(home, ".aliyun/config.json"));
  });

  it("finds a key under the name that older tools gave it", async () => {
    const unset = Object.keys(keys)
      .map((name) => `-u ${name}`)
      .join(" ");
    const older = "ALICLOUD_ACCESS_KEY=LTAI5tOlderOlderOldold1 ALICLOUD_SECRET_KEY=canary";
    const command = "sampan run over.migration.ts --cloud alibaba";
    await someone.enter(`clear; env ${unset} ${older} ${command} </dev/null; echo code $?`);
    await someone.reads(/environmentvariables\(keyLTAI…old1\).*code2/);
  });

  it("shows where settings were said, and refuses secrets in them", async () => {
    await someone.enter("sampan config region --explain");
    await someone.reads(/region=cn-shanghai.*sampan\.config\.ts:2/);
    await someone.begin();
    await someone.enter(
      "echo 'export default { accessKeySecret: \"x\" };' >sampan.config.ts; sampan config; echo code $?",
    );
    await someone.reads(/CONFIG_SECRET_REFUSED.*code2/);
    await someone.enter("rm sampan.config.ts");
  });

  it("takes the region by each of the three prefixes", async () => {
    const names = ["ALIBABA_CLOUD_REGION_ID", "ALIBABACLOUD_REGION_ID", "ALICLOUD_REGION"];
    for (const name of names) {
      await someone.begin();
      await someone.enter(`${name}=cn-qingdao sampan config region --explain`);
      await someone.reads(`region = cn-qingdao from variable ${name} is`);
    }
  });

  it("reads settings that have the type of defineConfig", async () => {
    const file = 'import { defineConfig } from "sampan";\nexport default defineConfig({ parallel: 3 });\n';
    await writeFile(join(home, "sampan.config.ts"), file);
    await someone.enter("sampan config parallel --explain");
    await someone.reads(/parallel=3.*sampan\.config\.ts:2/);
    await someone.begin();
    await writeFile(join(home, "sampan.config.ts"), file.replace("3", '"many"'));
    await someone.enter("sampan config parallel; echo code $?");
    await someone.reads(/CONFIG_SETTING_INVALID.*code2/);
    await rm(join(home, "sampan.config.ts"));
  });

  it("keeps runs where SAMPAN_HOME says", async () => {
    await someone.enter(
      "SAMPAN_HOME=$HOME/kept sampan run quick.migration.ts >log 2>&1; ls kept/runs | wc -l",
    );
    await someone.answers("1");
  });

  it("writes a debug log where it is asked to, and the screen stays as it is", async () => {
    await someone.enter("sampan run sent.migration.ts --again --debug-log debug.log; echo ended $?");
    expect(await someone.reads("ended 0")).not.toContain("requestId");
    const log = await readFile(join(home, "debug.log"), "utf8");
    expect(log).toMatch(/ http answer .*status=200 requestId=[0-9A-F-]+/);
    expect(log).toMatch(/ run stage\.finished .*stage=upload/);
  });

  it("evaluates scripts and pipes by the rules of the shell", async () => {
    await someone.enter("sampan -e '6 * 7' --json; echo '40 + 3' | sampan");
    await someone.answers("43");
    await someone.enter("echo 'null.x' >one.ts; sampan shell one.ts; echo code $?");
    await someone.reads("code 1");
  });

  it("opens the shell without its rc file", async () => {
    await someone.enter("echo 'const mine = 7;' >.sampanrc.ts; sampan --norc");
    await someone.sees(/rehear[^$]*>$/);
    await someone.enter("mine");
    await someone.sees("mine is not defined");
    await someone.press("C-d");
    await someone.reads(/\$$/);
  });
});
