import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type InventoryColumn, inventoryColumns, knownColumn, mistypedColumns } from "./columns.ts";
import { parseSize } from "./parse-size.ts";

const page = fileURLToPath(new URL("../../docs/inventory.md", import.meta.url));

describe("the columns of an inventory", () => {
  it("stand in the manual as the table has them (write them anew by `-u`)", async () => {
    const rows = Object.entries<InventoryColumn>(inventoryColumns).map(([name, column]) => {
      const without = column.required ? "must be given" : column.fallback;
      const kind = column.kind === "list" ? "a list" : column.kind === "size" ? "a size" : "text";
      return `| \`${name}\` | ${kind} | ${column.summary} | ${without} | \`${column.example}\` | ${column.shared ? "yes" : ""} |`;
    });
    const table = [
      "| column | is | says | without | such as | in `defaults` |",
      "|---|---|---|---|---|---|",
      ...rows,
    ].join("\n");
    const marks = /(<!-- columns -->\n)[\s\S]*?(<!-- end of columns -->)/;
    const written = readFileSync(page, "utf8");
    expect(written).toMatch(marks);
    await expect(written.replace(marks, (_, begin, end) => `${begin}${table}\n${end}`)).toMatchFileSnapshot(
      page,
    );
  });

  it("have examples that they take", () => {
    for (const [name, { schema, kind, example }] of Object.entries<InventoryColumn>(inventoryColumns)) {
      for (const entry of kind === "list" ? example.split(";") : [example]) {
        expect(schema.safeParse(entry).success, `${name}: ${entry}`).toBe(true);
      }
    }
  });

  it.each([
    ["Name", "name"],
    [" SIZE ", "size"],
    ["re-gion", "region"],
    ["used_", "used"],
    ["host", undefined],
    ["__proto__", undefined],
    ["constructor", undefined],
  ])("are known as %j", (written, name) => {
    expect(knownColumn(written)).toBe(name);
  });

  it.each([
    ["regoin", "region"],
    ["target", "targets"],
    ["ownerr", "owner"],
    ["wafe", "wave"],
    ["x-wafe", undefined],
    ["note", undefined],
    ["tier", undefined],
    ["name", undefined],
  ])("ask what %j was meant to be", (written, name) => {
    expect(mistypedColumns(written)).toEqual(name === undefined ? [] : [name]);
  });
});

describe("a size", () => {
  it.each([
    ["0", 0],
    ["123456789", 123456789],
    ["1 kB", 1000],
    ["1KiB", 1024],
    ["1k", 1024],
    ["40GiB", 40 * 1024 ** 3],
    ["40G", 40 * 1024 ** 3],
    ["500 GB", 500e9],
    ["1.5TiB", 1.5 * 1024 ** 4],
    ["12 bytes", 12],
    ["12B", 12],
  ])("is read of %j", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(["", "GiB", "-1", "1,5GB", "1e3", "0x10", "1iB", "40 Gbit", "9999999999999999TB", "1  GB", "½"])(
    "is none of %j",
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});
