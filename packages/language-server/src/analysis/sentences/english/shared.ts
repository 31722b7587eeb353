/** Sentences of more than one rule: how others are put together, and fixes. */
export const shared = {
  "both.statements": "{first} {next}",
  "both.lines": "{first}\n{next}",
  "both.sentences": "{first}.\n{next}",
  "did-you-mean": "Did you mean {names}?",
  "fix.change": "Change to {to}",
  "fix.remove-step": "Remove {verb}()",
  "the-other-one": "the other one",
  "as-it-came": "{text}",
} as const;
