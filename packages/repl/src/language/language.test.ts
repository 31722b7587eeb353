import { describe, expect, it } from "vitest";
import { languageOf } from "./language.ts";

const ask = (env: Record<string, string>, ...argv: string[]) => languageOf({ argv, env });

describe("the language", () => {
  it.each([
    ["zh_CN.UTF-8", "zh-CN"],
    ["zh_CN.utf8", "zh-CN"],
    ["zh_CN", "zh-CN"],
    ["zh_SG.UTF-8", "zh-CN"],
    ["zh", "zh-CN"],
    ["zh-Hans-CN", "zh-CN"],
    ["zh_CN.UTF-8@pinyin", "zh-CN"],
    ["zh_TW.UTF-8", "en"],
    ["zh_HK.UTF-8", "en"],
    ["zh-Hant", "en"],
    ["zh_CN.GB18030", "en"],
    ["zh_CN.GBK", "en"],
    ["C", "en"],
    ["C.UTF-8", "en"],
    ["POSIX", "en"],
    ["de_DE.UTF-8", "en"],
    ["", "en"],
  ])("of the locale %j is %s", (locale, language) => {
    expect(ask({ LANG: locale })).toBe(language);
  });

  it("follows LC_ALL before LC_MESSAGES before LANG", () => {
    expect(ask({ LANG: "zh_CN.UTF-8", LC_MESSAGES: "en_US.UTF-8" })).toBe("en");
    expect(ask({ LANG: "en_US.UTF-8", LC_MESSAGES: "zh_CN.UTF-8" })).toBe("zh-CN");
    expect(ask({ LANG: "zh_CN.UTF-8", LC_ALL: "C" })).toBe("en");
    expect(ask({ LANG: "C", LC_ALL: "", LC_MESSAGES: "zh_CN.UTF-8" })).toBe("zh-CN");
    expect(ask({ LC_CTYPE: "zh_CN.UTF-8" })).toBe("en");
  });

  it("follows SAMPAN_LANG before the locale, and --lang before all", () => {
    expect(ask({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "en" })).toBe("en");
    expect(ask({ LANG: "C", SAMPAN_LANG: "zh-CN" })).toBe("zh-CN");
    expect(ask({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "" })).toBe("zh-CN");
    expect(ask({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "fr" })).toBe("en");
    expect(ask({ SAMPAN_LANG: "en" }, "runs", "--lang", "zh-CN")).toBe("zh-CN");
    expect(ask({ SAMPAN_LANG: "zh-CN" }, "--lang=en", "runs")).toBe("en");
    expect(ask({}, "--lang", "en", "runs", "--lang=zh-CN")).toBe("zh-CN");
    expect(ask({}, "complete", "--", "--lang", "zh-CN")).toBe("en");
  });

  it("is English on a console without Chinese characters, unless asked for", () => {
    expect(ask({ LANG: "zh_CN.UTF-8", TERM: "linux" })).toBe("en");
    expect(ask({ SAMPAN_LANG: "zh-CN", TERM: "linux" })).toBe("zh-CN");
  });

  it.each(["--json", "--sarif"])("is English under %s, whatever else is asked for", (flag) => {
    expect(ask({ LANG: "zh_CN.UTF-8", SAMPAN_LANG: "zh-CN" }, "runs", flag, "--lang", "zh-CN")).toBe("en");
    expect(ask({ LANG: "zh_CN.UTF-8" }, "runs", "--", flag)).toBe("zh-CN");
  });
});
