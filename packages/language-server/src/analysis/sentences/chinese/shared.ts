import { translationOf } from "@sampan/core";
import type { shared } from "../english/shared.ts";

export const chineseShared = translationOf<typeof shared>()({
  "both.statements": "{first}{next}",
  "both.lines": "{first}\n{next}",
  "both.sentences": "{first}。\n{next}",
  "did-you-mean": "是否想写 {names}？",
  "fix.change": "改为 {to}",
  "fix.remove-step": "删除 {verb}()",
  "the-other-one": "另一处",
  "as-it-came": "{text}",
});
