/** What is said of assessments. */
export const assessments = {
  "verdict.blocked": "not ready: {blockers:blocker|blockers} to mend first",
  "verdict.ready": "ready to be migrated",
  "verdict.warnings": "can be migrated: {warnings:warning|warnings}, {mended} of them mended by `prepare()`",
  "assess.profile": "profile",
  "assess.data-disk": "data disk {path}, {size}",
  "assess.nothing-found": "{disk}: nothing found",
  "assess.note": "note: {note}",
  "assess.at-byte": "at byte {offset}",
  "assess.more-places": "and {places:more place|more places}",
  "assess.try": "try: {hint}",
  "assess.advice": "advice: {advice}",
  "advice.image": "migrate by image",
  "advice.image-and-files": "migrate by image, data disks by file synchronisation",
  "advice.files": "redeploy or synchronise files",
} as const;
