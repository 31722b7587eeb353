import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError, type JsonObject } from "@sampan/core";
import { hasTools } from "@sampan/guest/testing";
import { openDiskImage } from "@sampan/image";
import { firstDifference, patternSource, readAll } from "@sampan/image/testing";
import fc from "fast-check";
import { lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalShell } from "../connection/local-shell.ts";
import { quoteForWindows } from "../connection/windows/quote-for-windows.ts";
import type { WindowsShell } from "../connection/windows/windows-shell.ts";
import { alip2v } from "./alip2v.ts";
import { dd } from "./dd.ts";
import { disk2vhd } from "./disk2vhd.ts";
import { qemuImg } from "./qemu-img.ts";
import { listTools, tools } from "./registry.ts";
import { starwindV2v } from "./starwind-v2v.ts";
import type { Tool, ToolTask } from "./tool.ts";
import { shellPlace } from "./tool-place.ts";
import { vmwareVdiskmanager } from "./vmware-vdiskmanager.ts";
import { windowsPlace } from "./windows-place.ts";

const failure = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const accepted = { acceptLicence: true };
const share = "\\\\iZtk67uu6ar4utZ\\VHD_DIR\\web 01 数据.vhd";

describe("the command of a tool", () => {
  it("is that of Disk2vhd, with a share as its destination and the licence only when it is accepted", () => {
    const program = "C:\\Tools\\disk2vhd64.exe";
    const task: ToolTask = { kind: "capture", sources: ["C:", "D:"], destination: share, format: "vhd" };
    expect(disk2vhd.command(task, program, accepted)).toEqual([program, "-accepteula", "C:", "D:", share]);
    expect(failure(() => disk2vhd.command(task, program))).toMatchObject({ code: "HOST_TOOL_LICENCE" });
    expect(failure(() => disk2vhd.command(task, program, { acceptLicence: false }))).toMatchObject({
      code: "HOST_TOOL_LICENCE",
    });
    const all: ToolTask = {
      ...task,
      sources: ["*"],
      destination: share.replace(".vhd", ".vhdx"),
      format: "vhdx",
    };
    expect(disk2vhd.command(all, program, accepted).slice(2)).toEqual(["*", all.destination]);
    for (const wrong of [
      { ...task, sources: ["-h"] },
      { ...task, sources: [] },
      { ...task, sources: ["C:", "*"] },
      { ...task, format: "vhdx" as const },
      { ...task, format: "raw" as const },
    ]) {
      expect(failure(() => disk2vhd.command(wrong, program, accepted))).toMatchObject({
        code: "HOST_TOOL_UNSUITABLE",
      });
    }
  });

  it("is that of qemu-img, for every format", () => {
    const task = { kind: "convert", source: "/in/a,b.vmdk", destination: "/out/c d" } as const;
    const args = (more: Pick<Extract<ToolTask, { kind: "convert" }>, "format" | "fixed">) =>
      qemuImg
        .command({ ...task, ...more }, "/usr/bin/qemu-img")
        .slice(1)
        .join(" ");
    expect(args({ format: "vhd" })).toBe(
      "convert -p -O vpc -o subformat=dynamic,force_size=on /in/a,b.vmdk /out/c d",
    );
    expect(args({ format: "raw" })).toBe("convert -p -O raw /in/a,b.vmdk /out/c d");
    expect(args({ format: "vmdk", fixed: true })).toContain("-o subformat=monolithicFlat");
    expect(args({ format: "qcow2" })).toContain("-O qcow2 /in");
    expect(args({ format: "vhdx" })).toContain("-O vhdx -o subformat=dynamic");
  });

  it("is that of dd, StarWind V2V and vmware-vdiskmanager", () => {
    expect(
      dd.command(
        { kind: "capture", sources: ["/dev/sda"], destination: "/mnt/x.raw", format: "raw" },
        "/bin/dd",
      ),
    ).toEqual(["/bin/dd", "if=/dev/sda", "of=/mnt/x.raw", "bs=4M", "conv=fsync"]);
    const vmdk = {
      kind: "convert",
      source: "D:\\vm\\my disk.vmdk",
      destination: share,
      format: "vhd",
    } as const;
    expect(starwindV2v.command(vmdk, "C:\\V2V_ConverterConsole.exe").slice(1)).toEqual([
      "convert",
      "in_file_name=D:\\vm\\my disk.vmdk",
      `out_file_name=${share}`,
      "out_file_type=ft_vhd_thin",
    ]);
    const merge = { kind: "convert", source: "/a/s.vmdk", destination: "/a/o.vmdk", format: "vmdk" } as const;
    expect(vmwareVdiskmanager.command(merge, "/usr/bin/vmware-vdiskmanager").slice(1)).toEqual([
      "-r",
      "/a/s.vmdk",
      "-t",
      "0",
      "/a/o.vmdk",
    ]);
    expect(vmwareVdiskmanager.canDo({ ...merge, format: "vhd" })).toBeDefined();
    expect(starwindV2v.canDo({ ...merge, format: "qcow2" })).toBeDefined();
  });

  it("of a tool that is used by hand is refused, with what to do at its windows", () => {
    const task: ToolTask = { kind: "capture", sources: ["C:"], destination: share, format: "vhd" };
    expect(failure(() => alip2v.command(task, "C:\\alip2v.exe"))).toMatchObject({
      code: "HOST_TOOL_UNSUITABLE",
      hint: expect.stringContaining("VHD_DIR"),
    });
  });
});

/** Constant words of all commands, and what stands before a path. */
const words = new Set(
  "convert -p -O -o raw vpc vhdx vmdk qcow2 -r -t 0 2 bs=4M conv=fsync -accepteula C: * out_file_type=ft_vhd_thin out_file_type=ft_vhd_thick out_file_type=ft_vhdx_thin out_file_type=ft_vmdk_ws_growable out_file_type=ft_vmdk_ws_thick preallocation=full".split(
    " ",
  ),
);
const isOption = (word: string) => words.has(word) || /^subformat=\w+(,force_size=on)?$/.test(word);

const hostile = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        "$(id)",
        "'",
        '"',
        "`x`",
        "\n",
        "-rf",
        "\\",
        " ",
        "*",
        "&",
        "|",
        "%PATH%",
        "^",
        "..",
        "/",
        "a",
        "数",
        "of=/x",
        ":",
        "nul",
        "\0",
        "?",
        ",",
        "\\\\",
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join("")),
);
const beginnings = fc.constantFrom(
  "/",
  "/v/",
  "C:\\",
  "\\\\host\\VHD_DIR\\",
  "",
  "-",
  "\\\\?\\",
  "\\\\.\\",
  "nbd:",
  "json:",
);
const path = fc
  .tuple(beginnings, hostile, fc.constantFrom("", ".vhd", ".vmdk", ".raw"))
  .map((parts) => parts.join(""));

describe.each(tools.map((tool) => [tool.name, tool] as const))("names given to %s", (_name, tool: Tool) => {
  it("are arguments of their own, or refused; never options and never syntax", () => {
    const format = fc.constantFrom("raw", "vhd", "vhdx", "vmdk", "qcow2");
    const task: fc.Arbitrary<ToolTask> = fc.oneof(
      fc.record({
        kind: fc.constant("convert"),
        source: path,
        destination: path,
        format,
        fixed: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("capture"),
        sources: fc.array(path, { maxLength: 2 }),
        destination: path,
        format,
      }),
      fc.record({ kind: fc.constant("capture"), sources: fc.constant(["C:"]), destination: path, format }),
    ) as fc.Arbitrary<ToolTask>;
    const program = tool.systems.includes("linux") ? "/usr/bin/tool" : "C:\\Tools\\tool.exe";
    fc.assert(
      fc.property(task, (given) => {
        let argv: readonly string[];
        try {
          argv = tool.command(given, program, accepted);
        } catch (error) {
          expect(["CORE_ARGUMENT", "HOST_TOOL_UNSUITABLE"]).toContain((error as { code?: string }).code);
          return;
        }
        const paths =
          given.kind === "convert"
            ? [given.source, given.destination]
            : [...given.sources, given.destination];
        expect(argv[0]).toBe(program);
        for (const word of argv.slice(1)) {
          const bare = word.replace(/^(?:if|of|in_file_name|out_file_name)=/, "");
          expect(isOption(word) || paths.includes(bare)).toBe(true);
          // A path begins so that nothing takes it for an option or an address.
          if (!isOption(word)) expect(bare).toMatch(/^(\/|[A-Za-z]:\\|\\\\[^?.])/);
          if (tool.systems[0] === "windows") {
            expect(word).not.toMatch(/["\0\n]/);
            expect(quoteForWindows(word).slice(1, -1)).not.toContain('"');
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it("whose exit is bad is explained, without control characters", () => {
    expect(tool.explainExit(0, "anything")).toBeUndefined();
    const error = tool.explainExit(3, "line\r\n\u001b[31mthe disk is full\u0007\n\n");
    expect(error).toMatchObject({ code: "HOST_TOOL_FAILED", details: { tool: tool.name, exitCode: 3 } });
    expect(error?.message).toContain("the disk is full");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through.
    expect(error?.message).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe("a tool on Linux", () => {
  const place = shellPlace(openLocalShell());
  let folder = "";
  const sizeBytes = 6 * 1024 * 1024;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sampan-tools-"));
    writeFileSync(join(folder, "disk 'a'.raw"), await readAll(patternSource(sizeBytes)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const source = () => join(folder, "disk 'a'.raw");

  it("dd copies a disk, and tells how far it is", async () => {
    const destination = join(folder, "-of $(touch x).raw");
    const task: ToolTask = {
      kind: "capture",
      sources: [source()],
      destination,
      format: "raw",
      sourceBytes: sizeBytes,
    };
    const events = await lastValueFrom(dd.run(task, { place }).pipe(toArray()));
    expect(events[0]).toMatchObject({ type: "started" });
    expect(events.at(-1)).toEqual({ type: "finished", sizeBytes });
    expect(firstDifference(readFileSync(destination), readFileSync(source()))).toBe(-1);
    const again = await rejection(lastValueFrom(dd.run(task, { place })));
    expect(again).toMatchObject({ code: "IMAGE_TARGET_EXISTS" });
    expect(await place.sizeOf(destination)).toBe(sizeBytes);
  });

  it("leaves nothing half made: after a failure, and when it is stopped", async () => {
    const destination = join(folder, "out.raw");
    const gone: ToolTask = { kind: "capture", sources: ["/no/such/disk"], destination, format: "raw" };
    expect(await rejection(lastValueFrom(dd.run(gone, { place })))).toMatchObject({
      code: "HOST_TOOL_FAILED",
    });
    expect(await place.sizeOf(destination)).toBeUndefined();
    // It would never end by itself.
    const endless: ToolTask = { kind: "capture", sources: ["/dev/zero"], destination, format: "raw" };
    await new Promise<void>((resolve, reject) => {
      const running = dd.run(endless, { place, pollMs: 20 }).subscribe({
        next: (event) => {
          if (event.type !== "progress" || !event.writtenBytes) return;
          running.unsubscribe();
          resolve();
        },
        error: reject,
      });
    });
    for (let tries = 0; tries < 200 && (await place.sizeOf(destination)) !== undefined; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await place.sizeOf(destination)).toBeUndefined();
  });

  it.skipIf(!hasTools("qemu-img"))("qemu-img makes a VHD that is the same disk", async () => {
    const destination = join(folder, "c, d=e.vhd");
    const task: ToolTask = { kind: "convert", source: source(), destination, format: "vhd" };
    const events = await lastValueFrom(qemuImg.run(task, { place, pollMs: 10 }).pipe(toArray()));
    expect(events.at(-1)).toMatchObject({ type: "finished" });
    const image = await openDiskImage(destination);
    expect([image.info.format, image.source.sizeBytes]).toEqual(["vhd", sizeBytes]);
    expect(firstDifference(await readAll(image.source), readFileSync(source()))).toBe(-1);
    await image.source.close();
  });

  it.skipIf(!hasTools("qemu-img"))(
    "is found with its version; what is for Windows alone is not",
    async () => {
      const listed = await listTools(place);
      const of = (name: string) => listed.find((tool) => tool.name === name);
      expect(of("qemu-img")?.path).toMatch(/^\/.*qemu-img$/);
      expect(of("qemu-img")?.version).toMatch(/^\d+\.\d+/);
      expect(of("dd")?.path).toMatch(/dd$/);
      expect(of("disk2vhd")).toMatchObject({ path: null, version: null });
    },
  );

  it("that is not there is said so, with what Sampan does by itself", async () => {
    const task: ToolTask = { kind: "convert", source: "/a/a.vmdk", destination: "/a/b.vmdk", format: "vmdk" };
    const nowhere = { ...place, find: async () => undefined };
    expect(await rejection(lastValueFrom(vmwareVdiskmanager.run(task, { place: nowhere })))).toMatchObject({
      code: "HOST_TOOL_MISSING",
      hint: expect.stringContaining("descriptor"),
    });
  });
});

/** A Windows that runs one program as it was seen to behave: it writes its file bit by bit, and ends with a code. */
function fakeWindows(ends: {
  readonly exitCode: number;
  readonly says: string;
  readonly writes: readonly number[];
}) {
  const files = new Map<string, number>();
  const ran: string[][] = [];
  const shell: WindowsShell = {
    title: "winrm://web-01",
    async run(argv, options) {
      ran.push([...argv]);
      const destination = argv.at(-1) as string;
      for (const size of ends.writes) {
        if (options?.signal?.aborted) break;
        files.set(destination, size);
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      return { exitCode: ends.exitCode, stdout: new TextEncoder().encode(ends.says), stderr: "" };
    },
    async powershell(script, parameters: JsonObject = {}) {
      const { path: asked, program } = parameters;
      if (script.includes("Get-Command")) return `C:\\Tools\\${program}`;
      if (script.includes("Delete")) files.delete(String(asked));
      else return files.get(String(asked)) ?? null;
      return null;
    },
    close: async () => undefined,
  };
  return { place: windowsPlace(shell), files, ran };
}

describe("Disk2vhd on a Windows", () => {
  const task: ToolTask = {
    kind: "capture",
    sources: ["C:"],
    destination: share,
    format: "vhd",
    sourceBytes: 400,
  };

  it("captures into a share, and its progress is the size of the file there", async () => {
    const windows = fakeWindows({ exitCode: 0, says: "", writes: [100, 200, 300, 400] });
    const events = await lastValueFrom(
      disk2vhd.run(task, { place: windows.place, pollMs: 5, acceptLicence: true }).pipe(toArray()),
    );
    expect(windows.ran).toEqual([["C:\\Tools\\disk2vhd64.exe", "-accepteula", "C:", share]]);
    const fractions = events.flatMap((event) => (event.type === "progress" ? [event.fraction] : []));
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions).toEqual([...fractions].sort());
    expect(events.at(-1)).toEqual({ type: "finished", sizeBytes: 400 });
  });

  it("that fails leaves no half image, and what it said is explained", async () => {
    const windows = fakeWindows({
      exitCode: 1,
      says: "Error snapshotting volumes: VSS writer failed\r\n",
      writes: [100],
    });
    const error = await rejection(
      lastValueFrom(disk2vhd.run(task, { place: windows.place, acceptLicence: true })),
    );
    expect(error).toMatchObject({ code: "HOST_TOOL_FAILED", hint: expect.stringContaining("vssadmin") });
    expect(windows.files.size).toBe(0);
  });

  it("that says it is done and wrote nothing is not believed", async () => {
    const windows = fakeWindows({ exitCode: 0, says: "", writes: [] });
    const error = await rejection(
      lastValueFrom(disk2vhd.run(task, { place: windows.place, acceptLicence: true })),
    );
    expect(isSampanError(error, "HOST_TOOL_FAILED")).toBe(true);
  });
});

describe("what a tool says while it works", () => {
  const convert = {
    kind: "convert",
    source: "D:\\a.vmdk",
    destination: "D:\\b.vmdk",
    format: "vmdk",
  } as const;
  it.each([
    [vmwareVdiskmanager, "  Convert: 12% done.\r  Convert: 37% done.\r"],
    [starwindV2v, "Converting... 12%\r37 %"],
  ] as const)("is read as a fraction (%#)", async (tool, says) => {
    // Heard at the end here; what counts is what is made of it.
    const windows = fakeWindows({ exitCode: 0, says, writes: [1] });
    const slow = { ...windows.place, start: windows.place.start };
    const place = {
      ...slow,
      start: async (...args: Parameters<typeof slow.start>) => {
        const running = await slow.start(...args);
        return {
          ...running,
          ended: running.ended.then(async (end) => {
            await new Promise((resolve) => setTimeout(resolve, 60));
            return end;
          }),
        };
      },
    };
    windows.files.clear();
    const events: unknown[] = [];
    const argv = tool.command(convert, "C:\\t.exe");
    expect(argv.some((word) => word.includes(convert.destination))).toBe(true);
    await rejection(
      new Promise((resolve, reject) =>
        tool.run(convert, { place, program: "C:\\t.exe", pollMs: 5 }).subscribe({
          next: (event) => events.push(event),
          error: reject,
          complete: () => resolve(undefined),
        }),
      ),
    );
    expect(events).toContainEqual(expect.objectContaining({ type: "progress", fraction: 0.37 }));
  });
});
