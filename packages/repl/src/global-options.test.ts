import { expect, it } from "vitest";
import { globalOption, withoutGlobalOptions } from "./global-options.ts";

it("leaves options of the program out of a command line, and nothing behind two dashes", () => {
  expect(withoutGlobalOptions(["--lang", "zh-CN"])).toEqual([]);
  expect(withoutGlobalOptions(["--lang=en"])).toEqual([]);
  expect(withoutGlobalOptions(["run", "--lang", "en", "plan.json", "--json"])).toEqual([
    "run",
    "plan.json",
    "--json",
  ]);
  expect(withoutGlobalOptions(["--debug-log", "-", "doctor"])).toEqual(["doctor"]);
  expect(withoutGlobalOptions(["complete", "--", "--lang", "en"])).toEqual([
    "complete",
    "--",
    "--lang",
    "en",
  ]);
});

it("gives the last value of an option, and none from behind two dashes", () => {
  expect(globalOption(["--debug-log", "one", "doctor", "--debug-log=two"], "--debug-log")).toBe("two");
  expect(globalOption(["doctor", "--debug-log"], "--debug-log")).toBeUndefined();
  expect(globalOption(["complete", "--", "--debug-log", "one"], "--debug-log")).toBeUndefined();
});
