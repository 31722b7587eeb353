import { describe, expect, it } from "vitest";
import { suppressionFix } from "../analysis/index.ts";
import { edited, markedPlan } from "../testing/marked-plan.ts";
import {
  type ActionContext,
  type ActionKey,
  actionEdits,
  codeActions,
  workspaceEdit,
} from "./code-actions.ts";
import { diagnostics } from "./diagnostics.ts";

const plan = `export default Migration.from("web-01.vmdk")
  .assess()
  .capture()
  .toVhd()
  .upload("web-images")
  .import({ name: "web-01" })
  .copyTo("cn-shang|hia", "ap-southeast-9");
`;

const base: ActionContext = { language: "en", lazy: false, suppress: suppressionFix };

function actionsAt(marked: string, context: Partial<ActionContext> = {}) {
  const { document, offset } = markedPlan(marked);
  return {
    document,
    actions: codeActions(document, { start: offset, end: offset }, { ...base, ...context }),
  };
}

describe("problems of a plan as diagnostics", () => {
  it("carry level, code and a page that explains it", () => {
    const [first] = diagnostics(markedPlan(plan).document);
    expect(first).toMatchObject({ severity: 2, code: "SMP101", source: "sampan" });
    expect(first?.range).toEqual({ start: { line: 7, character: 10 }, end: { line: 7, character: 23 } });
    expect(first?.codeDescription?.href).toMatch(/^https:.*language-server\/docs\/.*smp101/i);
  });
});

describe("actions at a problem", () => {
  it("offer its fixes, the safe one preferred, and a comment that silences the rule", () => {
    const { document, actions } = actionsAt(plan, { only: ["quickfix"] });
    expect(actions.map(({ title, isPreferred }) => [title, isPreferred])).toEqual([
      [expect.stringContaining("cn-shanghai"), true],
      ["Ignore SMP101 here", undefined],
    ]);
    const after = (index: number) =>
      edited(document.text, actions[index]?.edit?.changes?.[document.uri] ?? []);
    expect(after(0)).toContain('.copyTo("cn-shanghai", "ap-southeast-9")');
    expect(after(1)).toContain("\n  // sampan-ignore SMP101 say why\n  .copyTo(");
  });

  it("are silent elsewhere", () => {
    expect(
      actionsAt(plan.replace("|", "").replace("web-im", "web-im|"), { only: ["quickfix"] }).actions,
    ).toEqual([]);
  });

  it("leave edits out for a client that asks for them later, and find them again", () => {
    const { document, actions } = actionsAt(plan, { only: ["quickfix"], lazy: true });
    expect(actions.map(({ edit }) => edit)).toEqual([undefined, undefined]);
    const edits = actions.map(({ data }) => actionEdits(document, data as ActionKey, suppressionFix) ?? []);
    expect(
      edited(document.text, workspaceEdit(document, edits[0] ?? []).changes?.[document.uri] ?? []),
    ).toContain('"cn-shanghai"');
    const other = markedPlan('export default Migration.from("a").assess();').document;
    expect(actionEdits(other, actions[0]?.data as ActionKey, suppressionFix)).toBeUndefined();
  });
});

describe("fixing all", () => {
  const broken = plan.replace("web-images", "Web_Images").replace("|", "");

  it("takes every safe fix and no other", () => {
    const { document, actions } = actionsAt(broken, { only: ["source.fixAll"] });
    expect(actions.map(({ kind }) => kind)).toEqual(["source.fixAll.sampan"]);
    const text = edited(document.text, actions[0]?.edit?.changes?.[document.uri] ?? []);
    expect(text).toContain('.upload("web-images")');
    expect(text).toContain('.copyTo("cn-shanghai", "ap-southeast-9")');
  });

  it("is not offered where nothing can be fixed safely, nor to who asks for something else", () => {
    expect(
      actionsAt('export default Migration.from("a").assess();', { only: ["source.fixAll"] }).actions,
    ).toEqual([]);
    expect(actionsAt(broken, { only: ["refactor"] }).actions).toEqual([]);
  });
});
