import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTable } from "./table.ts";
import { fitText, padText, textWidth, wrapText } from "./width.ts";

describe("the width of a text", () => {
  it("counts two cells for Chinese characters and their punctuation, none for marks", () => {
    expect(textWidth("abc")).toBe(3);
    expect(textWidth("自定义镜像")).toBe(10);
    expect(textWidth("（主机），。：！")).toBe(16);
    expect(textWidth("e\u0301")).toBe(1);
    expect(textWidth("🚢")).toBe(2);
    expect(textWidth("𠀋")).toBe(2);
  });

  it("fits and fills by cells", () => {
    expect(fitText("自定义镜像", 10)).toBe("自定义镜像");
    expect(fitText("自定义镜像", 9)).toBe("自定义镜…");
    expect(fitText("自定义镜像", 8)).toBe("自定义…");
    expect(padText("磁盘", 6)).toBe("磁盘  ");
    expect(padText("磁盘", 3)).toBe("磁盘");
  });

  it("lines columns up", () => {
    const lines = formatTable(
      ["地域", "id"],
      [
        ["cn-hangzhou", "自定义镜像"],
        ["杭州", "b"],
      ],
      { borders: false },
    ).split("\n");
    const places = lines.map((line) => textWidth(/^\S+ +/.exec(line)?.[0] ?? ""));
    expect(new Set(places)).toEqual(new Set([13]));
  });

  it("is the same for each line of a table with borders", () => {
    const lines = formatTable(["地域", "id"], [["cn-hangzhou", "自定义镜像"]], { borders: true }).split("\n");
    expect(new Set(lines.map(textWidth)).size).toBe(1);
  });
});

describe("lines", () => {
  it("break between Chinese characters, and never before their punctuation or inside a word", () => {
    expect(wrapText("将磁盘写为其他格式。", 8).split("\n")).toEqual(["将磁盘写", "为其他格", "式。"]);
    expect(wrapText("使用（可选）格式", 6).split("\n")).toEqual(["使用", "（可", "选）格", "式"]);
    expect(wrapText("执行 sampan resume 继续", 12).split("\n")).toEqual(["执行 sampan", "resume 继续"]);
    expect(wrapText("一\n二", 80)).toBe("一\n二");
    expect(wrapText("", 10)).toBe("");
    expect(wrapText("a word-too-long", 5).split("\n")).toEqual(["a", "word-too-long"]);
  });

  it("hold every character, and no more than fits where a piece fits at all", () => {
    const piece = fc.constantFrom("磁", "盘", "，", "。", "（", "）", "a", "bc", " ", "`x`", "：");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 20, max: 40 }), (pieces, cells) => {
        const text = pieces.join("");
        const lines = wrapText(text, cells);
        expect(lines.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
        const longest = Math.max(
          0,
          ...(text.match(/[（]*[^\s磁盘（]+|[（]*[磁盘][^\s磁盘（]*/gu) ?? []).map(textWidth),
        );
        for (const line of lines.split("\n"))
          expect(textWidth(line)).toBeLessThanOrEqual(Math.max(cells, longest));
      }),
    );
  });
});
