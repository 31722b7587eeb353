import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isSampanError } from "@sampan/core";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { makeHive, PhonyHive } from "../testing/phony-hive.ts";
import { corporaFolder, hasTools, runTool } from "../testing/tools.ts";
import { Hive } from "./hive.ts";
import type { HiveKey } from "./key.ts";
import { valueNumber, valueText, valueTexts } from "./value.ts";

const folder = mkdtempSync(join(tmpdir(), "sampan-hive-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open = (bytes: Uint8Array) =>
  Hive.open(async (offset, length) => bytes.subarray(offset, offset + length));
const hex = (text: string) => Buffer.from(text, "utf8").toString("hex");

/** Every key and value of a hive, one a line. */
async function dump(hive: Hive): Promise<string> {
  const lines: string[] = [];
  const walk = async (key: HiveKey, path: string): Promise<void> => {
    if (lines.length > 20_000 || path.length > 20_000) throw new Error("the hive has no end");
    lines.push(path);
    for (const { name, type, bytes } of await key.values()) {
      lines.push(`${path} ${hex(name)}=${type}:${Buffer.from(bytes).toString("hex")}`);
    }
    for (const child of await key.subkeys()) await walk(child, `${path}/${hex(child.name)}`);
  };
  await walk(hive.root, "");
  return `${lines.join("\n")}\n`;
}

/** The same by hivex. */
const dumpByHivex = `
  use Win::Hivex; use Encode;
  my $h = Win::Hivex->open($ARGV[0]);
  sub hex_of { return unpack("H*", utf8::is_utf8($_[0]) ? encode("UTF-8", $_[0]) : $_[0]); }
  sub walk {
    my ($node, $path) = @_;
    print "$path\\n";
    for my $value ($h->node_values($node)) {
      my ($type, $data) = $h->value_value($value);
      print "$path ", hex_of($h->value_key($value)), "=$type:", unpack("H*", $data), "\\n";
    }
    for my $child ($h->node_children($node)) { walk($child, "$path/" . hex_of($h->node_name($child))); }
  }
  walk($h->root(), "");
`;

/** `undefined` when hivex cannot read all of the hive. */
function hivexDump(path: string): string | undefined {
  try {
    return runTool("perl", ["-e", dumpByHivex, path]);
  } catch {
    return undefined;
  }
}

const reg = String.raw`
[HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion]
"ProductName"="Windows Server 2019 Datacenter"
"CurrentBuild"="17763"
"CurrentMajorVersionNumber"=dword:0000000a
"InstallTime"=hex(b):00,01,02,03,04,00,00,00
"Path"=hex(2):25,00,53,00,25,00,00,00
"List"=hex(7):61,00,00,00,62,00,63,00,00,00,00,00
"DigitalProductId"=hex:a4,00,00,00,03
@="default"

[HKLM\SOFTWARE\Größe]
"Zähler"=dword:00000001

${Array.from({ length: 400 }, (_, i) => `[HKLM\\SOFTWARE\\Many\\Key ${i}]\n"n"=dword:${i.toString(16).padStart(8, "0")}\n`).join("\n")}
`;

describe.skipIf(!hasTools("hivexregedit", "perl"))("registry hives (needs libwin-hivex-perl)", () => {
  it("a hive made by hivexregedit is read as hivex reads it", async () => {
    const bytes = makeHive("HKLM\\SOFTWARE", reg);
    const path = join(folder, "hive");
    writeFileSync(path, bytes);
    const hive = await open(bytes);
    expect(await dump(hive)).toBe(hivexDump(path));
    const version = await hive.key("microsoft\\WINDOWS NT\\CurrentVersion");
    expect(valueText(await version?.value("productname"))).toBe("Windows Server 2019 Datacenter");
    expect(valueNumber(await version?.value("CurrentMajorVersionNumber"))).toBe(10);
    expect(valueNumber(await version?.value("InstallTime"))).toBe(0x4_0302_0100);
    expect(valueText(await version?.value("Path"))).toBe("%S%");
    expect(valueTexts(await version?.value("List"))).toEqual(["a", "bc"]);
    expect(valueText(await version?.value(""))).toBe("default");
    expect(valueText(await version?.value("DigitalProductId"))).toBeUndefined();
    expect(await hive.key("Microsoft\\Nothing\\Here")).toBeUndefined();
    expect(valueNumber(await (await hive.key("many\\KEY 333"))?.value("N"))).toBe(333);
    expect(valueNumber(await (await hive.key("GRÖßE"))?.value("ZÄHLER"))).toBe(1);
  });

  const corpora = corporaFolder();
  const hives = corpora === undefined ? [] : readdirSync(join(corpora, "hives"));
  it.skipIf(hives.length === 0).each(hives)("%s is read as hivex reads it, or refused", async (name) => {
    const path = join(corpora as string, "hives", name);
    const byHivex = hivexDump(path);
    let own: string | undefined;
    try {
      own = await dump(await open(readFileSync(path)));
    } catch (error) {
      expect(isSampanError(error)).toBe(true);
    }
    if (byHivex !== undefined) expect(own).toBe(byHivex);
  });
});

describe("hives hivex does not write", () => {
  const list = (kind: string, offsets: readonly number[], hinted: boolean) => {
    const bytes = Buffer.alloc(4 + offsets.length * (hinted ? 8 : 4));
    bytes.write(kind, 0, "latin1");
    bytes.writeUInt16LE(offsets.length, 2);
    for (const [i, offset] of offsets.entries()) bytes.writeUInt32LE(offset, 4 + i * (hinted ? 8 : 4));
    return bytes;
  };
  const offsetsOf = (...offsets: readonly number[]) => {
    const bytes = Buffer.alloc(offsets.length * 4);
    for (const [i, offset] of offsets.entries()) bytes.writeUInt32LE(offset, i * 4);
    return bytes;
  };
  const valueCell = (lengthBytes: number, data: number) => {
    const bytes = Buffer.alloc(21);
    bytes.write("vk", 0, "latin1");
    bytes.writeUInt16LE(1, 2);
    bytes.writeUInt32LE(lengthBytes, 4);
    bytes.writeUInt32LE(data, 8);
    bytes.writeUInt32LE(3, 12);
    bytes.writeUInt16LE(1, 16);
    bytes.write("v", 20, "latin1");
    return bytes;
  };

  it("lists of lists and names beyond Latin-1 are read", async () => {
    const hive = new PhonyHive();
    const names = ["Ключ", "b", "c", "d"];
    const keys = names.map((name) => hive.addKey(name));
    const halves = [keys.slice(0, 2), keys.slice(2)].map((half) => hive.add(list("li", half, false)));
    const root = hive.addKey("root", { subkeys: [4, hive.add(list("ri", halves, false))], root: true });
    const opened = await open(hive.finish(root));
    expect((await opened.root.subkeys()).map((key) => key.name)).toEqual(names);
    expect((await opened.key("КЛЮЧ"))?.name).toBe("Ключ");
    expect((await opened.key("D"))?.name).toBe("d");
  });

  it("a value in segments is put together", async () => {
    const hive = new PhonyHive();
    const content = Uint8Array.from({ length: 40_000 }, (_, i) => (i * 31) >>> 3);
    const segments = [0, 16344, 32688].map((at) => hive.add(content.subarray(at, at + 16344)));
    const big = Buffer.alloc(8);
    big.write("db", 0, "latin1");
    big.writeUInt16LE(3, 2);
    big.writeUInt32LE(hive.add(offsetsOf(...segments)), 4);
    const value = hive.add(valueCell(content.length, hive.add(big)));
    const root = hive.addKey("root", { values: [1, hive.add(offsetsOf(value))], root: true });
    const opened = await open(hive.finish(root));
    expect(Buffer.compare((await opened.root.value("V"))?.bytes as Uint8Array, content)).toBe(0);
  });

  it("lists that name themselves, or are longer than their key, are refused", async () => {
    for (const damage of ["loop", "long"]) {
      const hive = new PhonyHive();
      const key = hive.addKey("key");
      const at = hive.add(damage === "loop" ? list("ri", [0], false) : list("lf", [key, key, key], true));
      const root = hive.addKey("root", { subkeys: [2, at], root: true });
      const bytes = hive.finish(root);
      if (damage === "loop") bytes.writeUInt32LE(at, 4096 + at + 8);
      await expect((await open(bytes)).root.subkeys()).rejects.toMatchObject({
        code: "GUEST_REGISTRY_CORRUPT",
      });
    }
  });

  it("lists that are asked through again and again come to an end", async () => {
    const hive = new PhonyHive();
    const key = hive.addKey("key");
    const at = hive.add(list("li", new Array<number>(50_000).fill(key), false));
    const opened = await open(hive.finish(hive.addKey("root", { subkeys: [50_000, at], root: true })));
    const search = async () => {
      for (let i = 0; i < 20; i++) await opened.key(`absent ${i}`);
    };
    await expect(search()).rejects.toMatchObject({ code: "GUEST_REGISTRY_CORRUPT" });
  });

  it("what is no hive, has a wrong checksum or is of an unknown version is refused", async () => {
    const hive = new PhonyHive();
    const good = hive.finish(hive.addKey("root", { root: true }));
    expect((await open(good)).dirty).toBe(false);
    for (const [at, value] of [
      [0, 0],
      [30, 9],
      [24, 9],
    ] as const) {
      const bytes = Buffer.from(good);
      bytes[at] = value;
      await expect(open(bytes)).rejects.toMatchObject({ code: "GUEST_REGISTRY_CORRUPT" });
    }
    await expect(open(good.subarray(0, 4096))).rejects.toMatchObject({ code: "GUEST_REGISTRY_CORRUPT" });
    await expect(open(good.subarray(0, 100))).rejects.toMatchObject({ code: "GUEST_REGISTRY_CORRUPT" });
  });

  it("changed bytes give a value or a SampanError", async () => {
    const hive = new PhonyHive();
    const keys = ["a", "b"].map((name) => hive.addKey(name));
    const data = hive.add(Buffer.from("some content"));
    const value = hive.add(valueCell(12, data));
    const root = hive.addKey("root", {
      subkeys: [2, hive.add(list("lh", keys, true))],
      values: [1, hive.add(offsetsOf(value))],
      root: true,
    });
    const bytes = hive.finish(root);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 4096, max: 4700 }), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const damaged = Buffer.from(bytes);
          for (const [at, byte] of changes) damaged[at] = byte;
          try {
            const { root: key } = await open(damaged);
            await key.values();
            for (const child of await key.subkeys()) await child.subkey("x");
          } catch (error) {
            expect(isSampanError(error)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
