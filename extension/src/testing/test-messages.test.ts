import { describe, expect, it } from "vitest";
import { failureMarkdown } from "./test-messages.ts";

describe("the message of a step that failed", () => {
  it("takes no Markdown from others: not by a message, nor by an empty line in a value", () => {
    const markdown = failureMarkdown({
      type: "error",
      code: "CLOUD_ROLE_MISSING",
      message: "importing [web](http://evil.example)",
      hint: "Create it.",
      retryable: false,
      details: { role: "a`b\n\n![](http://evil.example/x.png)" },
      causes: ["denied"],
    });
    expect(markdown).toContain("importing \\[web\\]\\(http");
    expect(markdown).toContain("- role: `a'b ![](http://evil.example/x.png)`");
    expect(markdown).toContain("> denied");
  });
});
