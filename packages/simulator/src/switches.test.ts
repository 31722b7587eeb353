import { expect, it } from "vitest";
import { readSwitches } from "./switches.ts";

it("reads switches of every kind from texts", () => {
  const texts = [
    "newAccount=true",
    "crcOfCopies=present",
    "unknownKeyStatus=400",
    "importSuffixes=.vhd,.img",
  ];
  expect(readSwitches([...texts, "smallPartCode=InvalidPart", "newAccount=false"])).toEqual({
    newAccount: false,
    crcOfCopies: "present",
    unknownKeyStatus: 400,
    importSuffixes: [".vhd", ".img"],
    smallPartCode: "InvalidPart",
  });
});

it.each([
  ["colour=red", "colour is no switch of the simulator: it has importRole"],
  ["__proto__=1", "__proto__ is no switch"],
  ["newAccount=yes", 'newAccount takes true or false, not "yes"'],
  ["crcOfCopies", "crcOfCopies takes absent or present"],
  ["systemImages=always", 'systemImages takes when-asked or listed, not "always"'],
  ["fullStore=x", "cannot be set"],
])("refuses %s", (text, message) => {
  expect(() => readSwitches([text])).toThrow(
    expect.objectContaining({ code: "CORE_ARGUMENT", message: expect.stringContaining(message) }),
  );
});
