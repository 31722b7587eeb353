/** What the report of the doctor is framed by. */
export const doctor = {
  "doctor.fix": "fix: {fix}",
  "doctor.fixed": "fixed: {what}",
  "doctor.failed": "{checks:check|checks} failed: mend what is marked, then run `sampan doctor` again",
  "doctor.failed-and-warnings":
    "{checks:check|checks} failed, {warnings:warning|warnings}: mend what is marked, then run `sampan doctor` again",
  "doctor.ready": "ready for migrations",
  "doctor.ready-rehearsals": "ready for rehearsals",
  "doctor.with-warnings": "{ready}, with {warnings:warning|warnings}",
} as const;
