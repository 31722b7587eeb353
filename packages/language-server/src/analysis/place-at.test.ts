import { expect, it } from "vitest";
import { type Place, placeAt } from "./place-at.ts";

/** The place at the `|` of a text. */
function at(marked: string): Place | undefined {
  const offset = marked.indexOf("|");
  const text = `import { Migration } from "sampan";\n${marked.replace("|", "")}`;
  return placeAt(text, offset + text.indexOf("\n") + 1);
}

function brief(place: Place | undefined): unknown {
  if (place === undefined) return undefined;
  const { kind, typed, chain } = place;
  if (kind === "verb") return [kind, typed, chain.stage ?? (place.atStart ? "start" : undefined)];
  if (kind === "option") return [kind, place.verb, place.path.join("."), typed, place.given.join()];
  return [kind, place.verb, place.path.join("."), typed, place.quoted];
}

it.each([
  ["Migration.|", ["verb", "", "start"]],
  ['Migration.from("a").|', ["verb", "", "SelectedHost"]],
  ['Migration.from("a").assess().ca|', ["verb", "ca", "AssessedHost"]],
  [
    'export default Migration.from("a")\n  .assess()\n  .|\n\nexport const x = 1;',
    ["verb", "", "AssessedHost"],
  ],
  ['Migration.from("a").assess().ca|pture()', ["verb", "capture", "AssessedHost"]],
  ['Migration.from("|")', ["value", "from", "source", "", true]],
  ['Migration.from("ssh://|', ["value", "from", "source", "ssh://", true]],
  ["Migration.from(|)", ["value", "from", "source", "", false]],
  ['Migration.from({ kind: "s|sh" })', ["value", "from", "kind", "ssh", true]],
  ['Migration.from({ kind: "ssh", | })', ["option", "from", "", "", "kind"]],
  ['Migration.with({ cl| }).from("a")', ["option", "with", "", "cl", ""]],
  [
    'Migration.from("a").assess().capture().toVhd().upload("|", { })',
    ["value", "upload", "bucket", "", true],
  ],
  ['Migration.from("a").assess().capture().toVhd().upload("b", { | })', ["option", "upload", "", "", ""]],
  [
    'Migration.from("a").assess().capture().toVhd().upload("b", { key: "k", re|: "x" })',
    ["option", "upload", "", "re", "key"],
  ],
  [
    'Migration.from("a").assess().capture({ share: { here: "|" } })',
    ["value", "capture", "share.here", "", true],
  ],
  ['Migration.from("a").assess().capture({ share: { | } })', ["option", "capture", "share", "", ""]],
  [
    'Migration.from("a").assess().capture({ disks: ["sda", "|"] })',
    ["value", "capture", "disks.1", "", true],
  ],
  ['m.copyTo("cn-shanghai", "|")', undefined],
  ["const x = |1;", undefined],
])("tells what the cursor is in: %s", (text, expected) => {
  expect(brief(at(text))).toEqual(expected);
});

it("follows a chain that begins in a constant", () => {
  const place = at(
    'const host = Migration.from("a").assess();\nexport default host.capture().toVhd().upload("b").import().copyTo("cn-shanghai", "cn-|");',
  );
  expect(brief(place)).toEqual(["value", "copyTo", "regions.1", "cn-", true]);
  expect(place?.chain.stage).toBe("ImportedImage");
});

it("throws at no offset of a text that is cut anywhere", () => {
  const text =
    'import { Migration } from "sampan";\nexport default Migration.from("a").assess({ accept: { "x": `y` } }).capture();';
  for (let end = 0; end <= text.length; end++) placeAt(text.slice(0, end), end);
  for (let offset = 0; offset <= text.length; offset++) placeAt(text, offset);
});
