/** What the problems of plan files are framed by. */
export const check = {
  "check.fix-word": "fix",
  "check.fix": "{fix}: {title}",
  "check.safe-fix": "{fix}: {title} (by --fix)",
  "check.errors": "{errors:error|errors}",
  "check.warnings": "{warnings:warning|warnings}",
  "check.notes": "{notes:note|notes}",
  "check.watching": "watching; Ctrl+C ends",
  "check.reads-typed": "reading the plan from what is typed here; Ctrl+D ends it",
  "check.reads-pipe": "reading {file}, a pipe: until somebody has written to it and closed it",
  "check.none": "no problems",
  "check.summary": "{problems} in {plans:plan|plans} of {files:file|files}",
  "check.changes": "{changes:change|changes} made",
  "check.mendable": "{problems} mended by --fix",
  "check.hints": "{places:place|places} only known when the plan runs",
} as const;
