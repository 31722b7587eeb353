import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFirstGuest } from "../helpers/first-guest.ts";
import { lacks } from "../helpers/requires.ts";
import { sampan, sampanProgram } from "../helpers/sampan.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { inTerminal, terminalTools } from "../helpers/terminal.ts";

const han = /\p{Script=Han}/u;

describe("the language of the program", () => {
  it("is Chinese by LANG=zh_CN.UTF-8 and English by LANG=C and zh_TW; --lang wins over all", async () => {
    const cwd = await temporaryFolder();
    const help = async (env: Record<string, string>, ...flags: string[]) =>
      (await sampan([...flags, "--help"], { cwd, env })).stdout;
    expect(await help({ LANG: "zh_CN.UTF-8" })).toMatch(/^用法：/);
    expect(await help({ LANG: "C" })).toMatch(/^Usage:/);
    expect(await help({ LANG: "zh_TW.UTF-8" })).toMatch(/^Usage:/);
    expect(await help({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "zh-CN" }, "--lang", "en")).toMatch(/^Usage:/);
    expect(await help({ LANG: "C" }, "--lang=zh-CN")).toMatch(/^用法：/);
  });

  it("is that of a whole rehearsal; its journal and its events stay English", async () => {
    const cwd = await temporaryFolder();
    await writeFirstGuest(join(cwd, "web-01.qcow2"));
    const env = { LANG: "zh_CN.UTF-8" };
    const spoken = await sampan(["demo", "--disk", "web-01.qcow2"], { cwd, env });
    expect(spoken.exitCode, spoken.stderr).toBe(0);
    expect(spoken.stderr).toContain("演练：由模拟器代替云应答");
    expect(spoken.stdout).toMatch(/^地域 +自定义镜像/m);
    const runs = await sampan(["runs", "--json"], { cwd, env });
    const [{ runId }] = runs.json<[{ runId: string }]>();
    const events = await sampan(["attach", runId, "--json"], { cwd, env });
    expect(events.lines().length).toBeGreaterThan(10);
    expect(runs.stdout + events.stdout + events.stderr).not.toMatch(han);
    const report = await sampan(["runs", "show", runId, "--report", "md"], { cwd, env });
    expect(report.stdout).toMatch(/^## 检查结果$/m);
    expect((await sampan(["runs", "show", runId, "--report", "md"], { cwd })).stdout).not.toMatch(han);
  });

  it("is that of errors: what was being done, what was found, and what the system said", async () => {
    const cwd = await temporaryFolder();
    const env = { SAMPAN_LANG: "zh-CN" };
    await writeFile(join(cwd, "words.txt"), "no disk at all\n".repeat(100));
    const done = await sampan(["inspect", "words.txt"], { cwd, env });
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toMatch(
      /^错误 IMAGE_FORMAT_UNKNOWN：打开 .*words\.txt：其 1500 字节既没有任何镜像格式的标识，开头也不像磁盘\n {2}建议：/,
    );
    await writeFile(join(cwd, "hosts.csv"), "name,source\nweb-01,ssh://root@web-01\n");
    const unfit = await sampan(["fleet", "simulate", "hosts.csv"], { cwd, env });
    expect(unfit.stderr).toMatch(
      /^错误 FLEET_INVENTORY_INVALID：读取清单 .*hosts\.csv：.*hosts\.csv:2 没有给出 site、bucket 和 region\n/,
    );
    const absent = await sampan(["run", "absent.ts"], { cwd, env });
    expect(absent.stderr).toMatch(/^错误 PLAN_LOAD_FAILED：加载 absent\.ts：没有该文件\n/);
    const json = await sampan(["inspect", "words.txt", "--json"], { cwd, env });
    expect(json.stdout + json.stderr).not.toMatch(han);
  });

  it("is that of a host that cannot be reached, with the meaning of the code where a program's words stay", async () => {
    const cwd = await temporaryFolder();
    await writeFile(
      join(cwd, "ssh"),
      "#!/bin/sh\necho 'kex_exchange_identification: banner is odd' >&2\nexit 255\n",
      {
        mode: 0o755,
      },
    );
    const env = { SAMPAN_LANG: "zh-CN", PATH: `${cwd}:${process.env.PATH}` };
    const { exitCode, stderr } = await sampan(["assess", "ssh://root@web-01"], { cwd, env });
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toMatch(
      /^错误 HOST_UNREACHABLE：连接 ssh:\/\/root@web-01：.*banner is odd\n {2}含义：无法连接主机/,
    );
  });

  it("is that of a check, with what the parser of TypeScript says, and of what explains it", async () => {
    const cwd = await temporaryFolder();
    const env = { SAMPAN_LANG: "zh-CN" };
    await writeFile(join(cwd, "torn.migration.ts"), "export default Migration.from(;\n");
    const checked = await sampan(["check", "torn.migration.ts"], { cwd, env });
    expect(checked.exitCode).toBe(1);
    // The word of the level is what problem matchers read.
    expect(checked.stdout).toMatch(
      /^torn\.migration\.ts:1:31 error 文件不是有效的 TypeScript：应为“\)”。 SMP100$/m,
    );
    const explained = await sampan(["explain", "SMP100"], { cwd, env });
    expect(explained.stdout).toContain("无法解析的文件不能运行。错误之前的内容仍会检查。");
    const json = await sampan(["explain", "SMP100", "--json"], { cwd, env });
    expect(json.stdout).not.toMatch(han);
  });

  it.skipIf(lacks(...terminalTools))("is that of the shell", async () => {
    const { exitCode, screen } = await inTerminal([process.execPath, sampanProgram, "--lang", "zh-CN"], {
      cwd: await temporaryFolder(),
      env: { LANG: "C.UTF-8" },
      typing: [
        { until: /cn-hangzhou> /, text: "?upload.createBucket\r" },
        { until: /cn-hangzhou> /, text: ":quit\r" },
      ],
    });
    expect(exitCode, screen).toBe(0);
    expect(screen).toContain("演练：由模拟器代替云应答");
    expect(screen).toContain("Bucket 不存在时创建");
  });
});
