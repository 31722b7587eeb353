import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GiB, isSampanError, type SampanError } from "@sampan/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnNames } from "./columns.ts";
import type { Inventory } from "./inventory.ts";
import {
  type InventoryFormat,
  type InventoryText,
  mostInventoryBytes,
  type ReadInventoryOptions,
  readInventory,
} from "./read-inventory.ts";

/*
 * One file, though it is long: each rule of inventories is tried on the same table, and on all three ways of writing it.
 */

const head = "name,source,site,bucket,region,targets,wave,after,size,used,disks,owner,rack\n";
const csv = (...rows: readonly string[]): InventoryText => ({
  text: head + rows.join("\n"),
  format: "csv",
  name: "fleet.csv",
});
const web = "web-01,ssh://root@web-01,sh,web-images,cn-hangzhou,cn-shanghai,2,db-01,80GiB,22 GB,,shop,B7";
const db = "db-01,ssh://root@db-01,sh,web-images,cn-hangzhou,,1,,100 GB,,/dev/sda;/dev/sdb,,";

async function problemsOf(
  from: string | InventoryText,
  options?: ReadInventoryOptions,
): Promise<readonly string[]> {
  const error = await failure(from, options);
  expect(error.code).toBe("FLEET_INVENTORY_INVALID");
  const { problems } = error.details as { problems: { where: string; field: string; message: string }[] };
  return problems.map(({ where, field, message }) => `${where} ${field}: ${message}`);
}

async function failure(from: string | InventoryText, options?: ReadInventoryOptions): Promise<SampanError> {
  const outcome = await readInventory(from, options).catch((error: unknown) => error);
  if (isSampanError(outcome)) return outcome;
  throw new Error("expected a SampanError", { cause: outcome });
}

const yaml = (text: string): InventoryText => ({ text, format: "yaml", name: "fleet.yaml" });

describe("an inventory", () => {
  it("gives hosts as its rows have them, and keeps columns that are the user's own", async () => {
    const { hosts, where, warnings } = await readInventory(csv(web, db));
    expect(hosts).toEqual([
      {
        name: "web-01",
        source: "ssh://root@web-01",
        site: "sh",
        disks: [],
        bucket: "web-images",
        region: "cn-hangzhou",
        targets: ["cn-shanghai"],
        wave: "2",
        owner: "shop",
        after: ["db-01"],
        sizeBytes: 80 * GiB,
        usedBytes: 22e9,
        more: { rack: "B7" },
      },
      expect.objectContaining({
        name: "db-01",
        disks: ["/dev/sda", "/dev/sdb"],
        owner: null,
        sizeBytes: 100e9,
        usedBytes: null,
        more: {},
      }),
    ]);
    expect(where).toEqual(["fleet.csv:2", "fleet.csv:3"]);
    expect(warnings).toEqual([]);
  });

  const asYaml = `
defaults: { site: sh, bucket: web-images, region: cn-hangzhou }
hosts:
  - { source: "ssh://root@web-01", targets: [cn-shanghai], wave: 2, after: [db-01], size: 80GiB, used: 22 GB, owner: shop, rack: B7 }
  - name: db-01
    source: ssh://root@db-01
    disks: [/dev/sda, /dev/sdb]
    size: 100000000000
`;

  it("is the same in CSV, YAML and JSON, and as values of a program", async () => {
    const value = {
      defaults: { site: "sh", bucket: "web-images", region: "cn-hangzhou" },
      hosts: [
        {
          source: "ssh://root@web-01",
          targets: ["cn-shanghai"],
          wave: 2,
          after: "db-01",
          size: "80GiB",
          used: "22 GB",
          owner: "shop",
          rack: "B7",
        },
        { name: "db-01", source: "ssh://root@db-01", disks: ["/dev/sda", "/dev/sdb"], size: 100e9 },
      ],
    };
    const { hosts } = await readInventory(csv(web, db));
    expect((await readInventory(yaml(asYaml))).hosts).toEqual(hosts);
    expect((await readInventory({ text: JSON.stringify(value), format: "json" })).hosts).toEqual(hosts);
    expect((await readInventory({ value })).hosts).toEqual(hosts);
  });

  it("takes entries of a list without the spaces around them, whatever the file", async () => {
    const rest = { source: "ssh://root@a", site: "sh", bucket: "web-images", region: "cn-hangzhou" };
    const value = [
      { ...rest, targets: [" cn-shanghai", "cn-beijing\t", "", " "], disks: [" /dev/sda "] },
      { ...rest, source: "ssh://root@b", targets: ["  "], after: [" a "] },
    ];
    const { hosts } = await readInventory({ value });
    expect(hosts.map(({ targets, disks, after }) => [targets, disks, after])).toEqual([
      [["cn-shanghai", "cn-beijing"], ["/dev/sda"], []],
      [[], [], ["a"]],
    ]);
    const text = JSON.stringify(value);
    expect((await readInventory({ text, format: "json" })).hosts).toEqual(hosts);
    expect((await readInventory({ text, format: "yaml" })).hosts).toEqual(hosts);
  });

  it.each([
    ["ssh://root@web-01:2222", "web-01"],
    ["winrm://admin@win.example.com", "win.example.com"],
    ["esxi://root@esx-1/Web 01", "Web-01"],
    ["ecs://cn-beijing/i-bp1abc", "i-bp1abc"],
    ["./exports/web-01.vmdk", "web-01"],
    ["https://files.example.com/a/web-01.qcow2", "web-01"],
    ["local://", "local"],
    ["ssh://[fe80::1]", "fe80-1"],
    [`./${"a".repeat(127)}-${"b".repeat(40)}.vmdk`, "a".repeat(127)],
  ])("calls %s without a name %s", async (source, name) => {
    const { hosts } = await readInventory({
      value: [{ source, site: "a", bucket: "web", region: "cn-beijing" }],
    });
    expect(hosts[0]?.name).toBe(name);
    expect(hosts[0]?.source).toBe(source);
  });

  it("tells every row that is wrong, with file, line and column, and what may be meant", async () => {
    const wrong = await problemsOf(
      csv(
        "web-01,ssh://root@web-01,sh,Web Images,hangzhou,,,,big,,,,",
        "web 02,gopher://x,sh,web-images,cn-hangzhou,,,,80GiB,90GiB,,,",
        ",,,web-images,,,,,,,,,",
        "web-03,ssh://root@web-03,sh,web-images,cn-hangzhou,cn-hangzhou,,web-03,0,,,,",
      ),
    );
    expect(wrong).toEqual([
      'fleet.csv:2 bucket: "Web Images" is not 3 to 63 lower-case letters, digits or dashes, no dash at the ends',
      'fleet.csv:2 region: "hangzhou" is not a region id such as cn-hangzhou or ap-southeast-1',
      'fleet.csv:2 size: "big" is not a size such as 40GiB, 500 GB or a number of bytes',
      'fleet.csv:3 name: "web 02" is not 1 to 128 letters, digits, `.`, `_` or `-`, the first a letter or digit',
      "fleet.csv:3 source: gopher:// names no kind of host",
      "fleet.csv:4 : says no source, site and no region",
      "fleet.csv:5 size: a disk of no bytes is none",
      "fleet.csv:5 targets: the image is made in cn-hangzhou already",
      "fleet.csv:5 after: a host cannot wait for itself",
    ]);
  });

  it("tells line and column of a field in YAML, and the path in JSON", async () => {
    const rows = "- source: ssh://a\n  site: sh\n  bucket: web\n  region: x\n";
    expect(await problemsOf(yaml(rows))).toEqual([
      'fleet.yaml:4:11 [0].region: "x" is not a region id such as cn-hangzhou or ap-southeast-1',
    ]);
    const value = { hosts: [{ source: "ssh://a", site: "sh", bucket: "web", region: "x" }, 7], host: 1 };
    expect(await problemsOf({ text: JSON.stringify(value), format: "json", name: "f.json" })).toEqual([
      "f.json host: is neither `hosts` nor `defaults`",
      "f.json hosts[1]: is no object of columns",
      'f.json hosts[0].region: "x" is not a region id such as cn-hangzhou or ap-southeast-1',
    ]);
  });

  it("asks of a mistyped column which one was meant, once, and takes one's own that begins with x-", async () => {
    const rows = (name: string) =>
      `source,site,bucket,region,${name}\nssh://a,sh,web,cn-beijing,1GB\nssh://b,sh,web,cn-beijing,2GB`;
    expect(await problemsOf({ text: rows("sise"), format: "csv", name: "f.csv" })).toEqual([
      "f.csv:1 sise: did you mean the column size? One of your own that is called so begins with `x-`",
    ]);
    expect(await problemsOf({ text: rows("atfer"), format: "csv", name: "f.csv" })).toHaveLength(1);
    const { hosts } = await readInventory({ text: rows("x-used"), format: "csv" });
    expect(hosts[1]?.more).toEqual({ "x-used": "2GB" });
    expect((await readInventory({ text: rows("Size "), format: "csv" })).hosts[0]?.sizeBytes).toBe(1e9);
    expect((await failure({ text: "sorce,siite\na,b", format: "csv", name: "f.csv" })).message).toContain(
      "f.csv:1: its first line names no column",
    );
    expect(
      await problemsOf({
        text: "origin,site,bucket,regions\nssh://a,sh,web,x",
        format: "csv",
        name: "f.csv",
      }),
    ).toEqual([
      "f.csv:1 regions: did you mean the column region? One of your own that is called so begins with `x-`",
      "f.csv:2 : says no source and no region",
    ]);
  });

  it("refuses two hosts of one name, one host twice, and a bucket in two regions", async () => {
    const row = (name: string, source: string, region = "cn-hangzhou", disks = "") =>
      `${name},${source},sh,web-images,${region},,,,,,${disks},,`;
    expect(await problemsOf(csv(row("web-01", "ssh://a"), row("WEB-01", "ssh://b")))).toEqual([
      "fleet.csv:3 name: another host is called web-01, at fleet.csv:2; give each a `name` of its own",
    ]);
    expect(await problemsOf(csv(row("a", "ssh://root@a"), row("b", "ssh://admin@a")))).toEqual([
      "fleet.csv:3 source: the same host as a, at fleet.csv:2",
    ]);
    expect(
      await problemsOf(
        csv(row("a", "ssh://a", "cn-hangzhou", "sda;sdb"), row("b", "ssh://a", "cn-hangzhou", "sdb")),
      ),
    ).toEqual(['fleet.csv:3 source: disk "sdb" of the same host as a, at fleet.csv:2']);
    expect(await problemsOf(csv(row("a", "ssh://a"), row("b", "ssh://b", "cn-beijing")))).toEqual([
      "fleet.csv:3 region: bucket web-images is in cn-hangzhou, says fleet.csv:2; a bucket is in one region",
    ]);
    const disksApart = csv(
      row("a", "ssh://a", "cn-hangzhou", "sda"),
      row("b", "ssh://a", "cn-hangzhou", "sdb"),
    );
    expect((await readInventory(disksApart)).hosts).toHaveLength(2);
    const sites =
      "source,site,bucket,region,name\n/srv/a.vmdk,x,web,cn-beijing,a\n/srv/a.vmdk,y,web,cn-beijing,b";
    expect((await readInventory({ text: sites, format: "csv" })).hosts).toHaveLength(2);
  });

  it("refuses to wait for a host there is not, in circles, and for a later wave", async () => {
    const row = (name: string, after: string, wave = "1") =>
      `${name},ssh://${name},sh,web-images,cn-hangzhou,,${wave},${after},,,,,`;
    expect(await problemsOf(csv(row("web-01", "db-1"), row("db-01", "")))).toEqual([
      'fleet.csv:2 after: no host is called "db-1"; did you mean db-01?',
    ]);
    expect(await problemsOf(csv(row("a", "b"), row("b", "c;d"), row("c", "a"), row("d", "b")))).toEqual([
      "fleet.csv:4 after: hosts wait for each other: a → b → c → a",
      "fleet.csv:5 after: hosts wait for each other: b → d → b",
    ]);
    const later = csv(row("a", "b", "2"), row("b", "", "10"));
    expect(await problemsOf(later)).toEqual(["fleet.csv:2 after: b is of wave 10, which comes after wave 2"]);
    expect((await readInventory(later, { waves: ["10"] })).hosts).toHaveLength(2);
  });

  it("follows a chain as long as the inventory", async () => {
    const hosts = Array.from({ length: 5_000 }, (_, index) => ({
      name: `h${index}`,
      source: `ssh://h${index}`,
      site: "a",
      bucket: "web",
      region: "cn-beijing",
      ...(index === 0 ? {} : { after: `h${index - 1}` }),
    }));
    expect((await readInventory({ value: hosts })).hosts).toHaveLength(5_000);
    const [first, ...others] = hosts;
    const closed = { value: [{ ...first, after: "h4999" }, ...others], name: "f" };
    expect(await problemsOf(closed)).toEqual([
      "f [1].after: hosts wait for each other: h0 → h4999 → h4998 → h4997 → … → h2 → h1 → h0",
    ]);
  });

  it("tells as many circles as hosts close, each in few words", async () => {
    const count = 30_000;
    const hosts = Array.from({ length: count }, (_, index) => ({
      name: `h${index}`,
      source: `ssh://h${index}`,
      site: "a",
      bucket: "web",
      region: "cn-beijing",
      // Each waits for the next, and all for the first.
      after: [...(index + 1 < count ? [`h${index + 1}`] : []), ...(index > 0 ? ["h0"] : [])],
    }));
    const error = await failure({ value: hosts, name: "f" });
    expect(error.details.count).toBe(count - 1);
    expect(error.message).toContain("h0 → h1 → h2 → h3 → … → h29998 → h29999 → h0");
  });

  it("refuses a column that a host gives twice, in other letters too", async () => {
    const row = "source: ssh://a, site: s, bucket: web, region: cn-beijing";
    expect(await problemsOf(yaml(`- {${row}, Site: t}`))).toEqual([
      "fleet.yaml:1:69 [0].Site: the column site stands there twice",
    ]);
    const json = '[{"source":"ssh://a","site":"s","SITE":"t","bucket":"web","region":"cn-beijing"}]';
    expect(await problemsOf({ text: json, format: "json", name: "f.json" })).toEqual([
      "f.json [0].SITE: the column site stands there twice",
    ]);
  });

  it("takes a text with the mark that a file may begin with", async () => {
    const text = "source,site,bucket,region\nssh://a,s,web,cn-beijing";
    const { hosts } = await readInventory({ text, format: "csv" });
    expect((await readInventory({ text: `\ufeff${text}`, format: "csv" })).hosts).toEqual(hosts);
    const json = JSON.stringify([{ source: "ssh://a", site: "s", bucket: "web", region: "cn-beijing" }]);
    for (const format of ["json", "yaml"] as const)
      expect((await readInventory({ text: `\ufeff${json}`, format })).hosts).toEqual(hosts);
  });

  it("never repeats a password, wherever it stands", async () => {
    const secret = "hunter2-secret";
    const cells = [
      [`ssh://root:${secret}@web-01`, ""],
      [`ssh://root:${secret}@web-01:99999999`, ""],
      [`https://u:${secret}@files/a.vhd`, ""],
      [`weird://u:${secret}@x`, ""],
      ["ssh://web-01", `postgres://u:${secret}@db`],
    ] as const;
    for (const [source, rack] of cells) {
      const error = await failure(csv(`a,${source},sh,web-images,cn-hangzhou,,,,,,,,${rack}`));
      expect(error.message).toContain("password");
      expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(secret);
    }
    const site = await failure(csv(`a,ssh://a,ssh://root:${secret}@web-01,web-images,cn-hangzhou,,,,,,,,`));
    expect(JSON.stringify([site.message, site.details])).not.toContain(secret);
    const column = {
      value: [{ source: "ssh://a", site: "a", bucket: "web", region: "cn-beijing", password: secret }],
    };
    const told = await failure(column);
    expect(told.message).toContain("holds no secrets");
    expect(JSON.stringify([told.message, told.details])).not.toContain(secret);
  });

  it("warns of regions nobody has heard of, once, and takes them", async () => {
    const row = (name: string) => `${name},ssh://${name},sh,web-images,cn-hangzou,,,,,,,,`;
    const { hosts, warnings } = await readInventory(csv(row("a"), row("b")));
    expect(hosts).toHaveLength(2);
    expect(warnings).toEqual([
      {
        where: "fleet.csv:2",
        field: "region",
        message: expect.stringMatching(/^cn-hangzou is no region Sampan knows; did you mean cn-hangzhou/),
      },
    ]);
  });

  it("cuts what it tells, and never what it found", async () => {
    const rows = Array.from(
      { length: 3000 },
      (_, index) => `h${index},ssh://h${index},sh,web-images,x,,,,,,,,`,
    );
    const error = await failure(csv(...rows));
    expect(error.message).toMatch(/3000 problems: .*; and 2980 more$/);
    expect(error.message.length).toBeLessThan(5000);
    expect(error.details.count).toBe(3000);
  });

  it("names what is of one host alone among the defaults", async () => {
    const text =
      "defaults: { name: a, source: ssh://a }\nhosts: [{ site: s, bucket: web, region: cn-beijing }]";
    expect(await problemsOf(yaml(text))).toEqual([
      "fleet.yaml:1:19 defaults.name: is of one host, and cannot stand among the defaults",
      "fleet.yaml:1:30 defaults.source: is of one host, and cannot stand among the defaults",
    ]);
  });

  it("needs a host", async () => {
    expect((await failure(csv())).message).toContain("names no host");
    expect((await failure({ value: [] })).code).toBe("FLEET_INVENTORY_INVALID");
  });
});

describe("a table", () => {
  const rows = ["name;source;site;bucket;region;disks", "a;ssh://a;sh;web;cn-beijing;sda sdb"];
  const table = (text: string): InventoryText => ({ text, format: "csv", name: "f.csv" });

  it.each([
    ["semicolons, as Excel parts columns in many countries", rows.join("\r\n")],
    ["tabs", rows.join("\n").replaceAll(";", "\t")],
    ["a line that says the sign", `sep=;\r\n${rows.join("\r\n")}`],
    ["old line ends", rows.join("\r")],
    ["empty lines and columns without a name", `\n${rows.map((row) => `${row};`).join("\n;;;;;\n\n")}\n\n`],
  ])("is read with %s", async (_, text) => {
    const { hosts } = await readInventory(table(text));
    expect(hosts).toEqual([
      expect.objectContaining({ name: "a", region: "cn-beijing", disks: ["sda", "sdb"] }),
    ]);
  });

  it("counts lines right past line breaks inside of quotes, and mixed line ends", async () => {
    const text = [
      "source,site,bucket,region,note\r\n",
      'ssh://a,sh,web,cn-beijing,"two\r\nlines, ""quoted"""\n',
      "\n",
      "ssh://b,sh,web,x,\r\n",
    ].join("");
    expect(await problemsOf(table(text))).toEqual([
      'f.csv:5 region: "x" is not a region id such as cn-hangzhou or ap-southeast-1',
    ]);
    const { hosts } = await readInventory(table(text.replace("web,x", "web,cn-beijing")));
    expect(hosts[0]?.more).toEqual({ note: 'two\r\nlines, "quoted"' });
    expect(hosts[1]?.more).toEqual({});
    expect(await problemsOf(table(`sep=,\n${text}`))).toEqual([expect.stringMatching(/^f\.csv:6 region/)]);
  });

  it("refuses formulas, which are no values", async () => {
    const text = 'source,site,bucket,region,owner\nssh://a,sh,web,cn-beijing,"=HYPERLINK(""http://x"")"';
    expect(await problemsOf(table(text))).toEqual([
      "f.csv:2 owner: holds a formula; export the table with its values",
    ]);
  });

  it("tells rows with too many or too few cells, quotes that are not closed, and columns named twice", async () => {
    expect(
      await problemsOf(table("source,site,bucket,region\nssh://a,sh,web,cn-beijing,x\nssh://b,sh")),
    ).toEqual([
      "f.csv:2 : has 5 cells under 4 columns; quote a cell that holds the sign between columns",
      "f.csv:3 : has 2 cells under 4 columns; quote a cell that holds the sign between columns",
      "f.csv:3 : says no bucket and no region",
    ]);
    const open = await failure(table('source,site\n"ssh://a,sh\n'));
    expect(open).toMatchObject({ code: "FLEET_INVENTORY_UNREADABLE", details: { line: 2 } });
    expect(open.message).toContain("never closed");
    expect(await problemsOf(table("source,site,Site,bucket,region\nssh://a,x,y,web,cn-beijing"))).toEqual([
      'f.csv:1 Site: the column stands there twice, as "site" too',
    ]);
    expect((await failure(table(""))).message).toContain("holds no line with the names");
  });
});

describe("YAML", () => {
  it("keeps words and numbers as they are written", async () => {
    const text =
      "- { name: 01, source: ssh://a, site: 007, bucket: web, region: cn-beijing, wave: 1.0, note: yes, empty: ~ }";
    const { hosts } = await readInventory(yaml(text));
    expect(hosts[0]).toMatchObject({ name: "01", site: "007", wave: "1.0", more: { note: "yes" } });
    expect(hosts[0]?.more).not.toHaveProperty("empty");
  });

  it("follows aliases, and is not drowned by them", async () => {
    const text =
      "- &a { source: ssh://a, site: s, bucket: web, region: cn-beijing, targets: &t [cn-shanghai] }\n- { source: ssh://b, site: s, bucket: web, region: cn-beijing, targets: *t }";
    expect((await readInventory(yaml(text))).hosts[1]?.targets).toEqual(["cn-shanghai"]);
    const laughs = ["x0: &x0 [ha]"];
    for (let index = 1; index < 40; index++) {
      laughs.push(`x${index}: &x${index} [*x${index - 1}, *x${index - 1}, *x${index - 1}]`);
    }
    const error = await failure(yaml(`${laughs.join("\n")}\nhosts: *x39`));
    expect(error.message).toContain("is neither `hosts` nor `defaults`");
    expect((await failure(yaml("- &a [*a]"))).code).toBe("FLEET_INVENTORY_INVALID");
  });

  it.each([
    ["a tab that parts nothing", "hosts:\n\t- a"],
    ["a key twice", "hosts: []\nhosts: []"],
    ["a column twice", "- source: ssh://a\n  source: ssh://b"],
    [
      "a key of many twice",
      `${Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join("\n")}\nk7: 1`,
    ],
    ["two documents", "a: 1\n---\nb: 2"],
    ["a tag of somebody's", "hosts: !!js/function 'x'"],
    ["an alias of nothing", "hosts: *nothing"],
    ["a text", "hello"],
    ["nothing", ""],
    ["no list", "hosts: 7"],
    ["a depth nobody writes", "[".repeat(20_000)],
  ])("refuses %s", async (_, text) => {
    expect((await failure(yaml(text))).code).toBe("FLEET_INVENTORY_UNREADABLE");
  });
});

describe("JSON", () => {
  it("tells where it is none", async () => {
    const error = await failure({ text: '{\n  "hosts": [,]\n}', format: "json", name: "f.json" });
    expect(error.message).toMatch(/f\.json(:2:13)?: is no JSON/);
    expect(error.code).toBe("FLEET_INVENTORY_UNREADABLE");
  });

  it.each([null, 7, "x", {}, { hosts: {} }, { hosts: [], defaults: [] }])("refuses %j", async (value) => {
    expect((await failure({ text: JSON.stringify(value), format: "json" })).code).toMatch(
      /^FLEET_INVENTORY_/,
    );
  });

  it("makes no more of a column called __proto__ than of any other", async () => {
    const text =
      '[{"source":"ssh://a","site":"s","bucket":"web","region":"cn-beijing","__proto__":"x","constructor":"y"}]';
    const { hosts } = await readInventory({ text, format: "json" });
    expect(Object.keys(hosts[0]?.more ?? {})).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("a file", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sampan-inventory-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const text = `name,source,site,bucket,region,owner\n网站-01,ssh://a,上海,web,cn-beijing,小王\n`;
  const hosts = [expect.objectContaining({ name: "网站-01", site: "上海", owner: "小王" })];

  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`)],
    ["UTF-16 as Excel writes it", Buffer.from(`\ufeff${text.replaceAll(",", "\t")}`, "utf16le")],
    ["UTF-16 the other way round", Buffer.from(`\ufeff${text}`, "utf16le").swap16()],
  ])("is read in %s", async (name, bytes) => {
    expect((await readInventory(file(`${name}.csv`, bytes))).hosts).toEqual(hosts);
  });

  it("is refused in an encoding that would have to be guessed, with the line", async () => {
    const gbk = Buffer.concat([Buffer.from("source,owner\nssh://a,"), Buffer.from([0xd0, 0xa1, 0xcd, 0xf5])]);
    const path = file("gbk.csv", gbk);
    const error = await failure(path);
    expect(error.message).toContain(`${path}:2: is no UTF-8`);
    expect((await failure(file("bare.csv", Buffer.from(text, "utf16le")))).message).toContain("zero bytes");
    expect((await failure(file("odd.csv", Buffer.from([0xff, 0xfe, 0x41, 0, 0x42])))).code).toBe(
      "FLEET_INVENTORY_UNREADABLE",
    );
  });

  it("is refused when it grew while it was read", async () => {
    // A file that says it has no bytes, and has some.
    symlinkSync("/proc/self/status", join(folder, "growing.csv"));
    expect((await failure(join(folder, "growing.csv"))).message).toContain(
      "was written to while it was read",
    );
  });

  it("is refused when it is missing, a folder, a pipe, too large, or of no known ending", async () => {
    mkdirSync(join(folder, "sub.csv"));
    execFileSync("mkfifo", [join(folder, "pipe.csv")]);
    const refusals = await Promise.all(
      [
        join(folder, "missing.csv"),
        join(folder, "sub.csv"),
        join(folder, "pipe.csv"),
        file("large.csv", Buffer.alloc(mostInventoryBytes + 1, "a")),
        file("book.xlsx", "PK"),
      ].map((path) => failure(path)),
    );
    expect(refusals.map(({ message }) => message.slice(message.lastIndexOf(": ") + 2))).toEqual([
      "there is no such file",
      "is a folder",
      "is no regular file",
      "is larger than 16 MiB",
      "its ending says no format",
    ]);
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(["FLEET_INVENTORY_UNREADABLE"]));
  });
});

describe("whatever is in an inventory", () => {
  const known = fc.constantFrom(...columnNames, "x-own", "", "__proto__", "sorce");
  const value = fc.oneof(
    fc.constantFrom("ssh://a", "cn-beijing", "web", "1", "40GiB", "a;b", "=1", "\u0000", "ssh://u:p@h"),
    fc.string({ unit: "grapheme", maxLength: 20 }),
  );

  async function holds(from: InventoryText): Promise<void> {
    const outcome: Inventory | SampanError = await readInventory(from).catch((error: unknown) => {
      if (isSampanError(error)) return error;
      throw error;
    });
    if (isSampanError(outcome)) {
      expect(outcome.code).toMatch(/^FLEET_INVENTORY_(INVALID|UNREADABLE)$/);
      expect(outcome.message).not.toMatch(/\p{Cc}/u);
      return;
    }
    const names = outcome.hosts.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const host of outcome.hosts) {
      expect(JSON.parse(JSON.stringify(host))).toEqual(host);
      expect(host.bucket).toMatch(/^[a-z0-9-]{3,63}$/);
    }
  }

  it("is hosts or a refusal, for any rows", async () => {
    const rows = fc.array(fc.dictionary(known, fc.oneof(value, fc.array(value, { maxLength: 3 }))), {
      maxLength: 4,
    });
    await fc.assert(fc.asyncProperty(rows, (hosts) => holds({ value: { hosts } })));
  });

  it.each<InventoryFormat>(["csv", "json", "yaml"])(
    "is hosts or a refusal, for any text of %s",
    async (format) => {
      const line = fc.array(fc.oneof(known, value), { maxLength: 6 }).map((cells) => cells.join(","));
      const any = fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 200 }),
        fc.array(line, { maxLength: 5 }).map((lines) => lines.join("\n")),
        fc.json(),
      );
      await fc.assert(fc.asyncProperty(any, (text) => holds({ text, format })));
    },
  );

  it("is the same again, written as a table with every sign quoted", async () => {
    const note = fc
      .string({ unit: "grapheme", maxLength: 30 })
      .map((text) => text.trim())
      .filter((text) => !text.startsWith("=") && !text.includes("://"));
    await fc.assert(
      fc.asyncProperty(note, fc.constantFrom(",", ";", "\t"), async (text, sign) => {
        const quoted = `"${text.replaceAll('"', '""')}"`;
        const lines = [
          ["source", "site", "bucket", "region", "note"],
          ["ssh://a", "s", "web", "cn-beijing", quoted],
          ["ssh://b", "s", "web", "cn-beijing", "last"],
        ];
        const table = lines.map((cells) => cells.join(sign)).join("\n");
        const { hosts, where } = await readInventory({ text: table, format: "csv", name: "f" });
        expect(hosts.map(({ more }) => more.note ?? "")).toEqual([text, "last"]);
        expect(where[0]).toBe("f:2");
      }),
    );
  });
});
