/** Of secrets, the account, copies, runs and comments: from SMP130 on. */
export const accounts = {
  "SMP130.private-key":
    "A private key stands in this file: whoever reads it can log in. Name its file by identityFile, and replace the key.",
  "SMP130.access-key":
    "An AccessKey stands in this file. Take a profile ({call}) or the environment, and rotate the key: it is no secret any more.",
  "SMP130.access-key-secret":
    "The secret of an AccessKey stands in this file. Take a profile or the environment, and rotate the key.",
  "SMP130.password":
    "A password stands in this file. Say where it is found, passwordFrom: {where}, and change it.",
  "SMP130.address":
    "A password stands in this address. Leave it out and say where it is found, passwordFrom: {where}; then change it.",
  "SMP130.environment": "Take it from {name}",
  "SMP130.remove": "Remove the password",
  "SMP131.host-key":
    "StrictHostKeyChecking is switched off: anybody may answer in the host's place. Put its key into known_hosts.",
  "SMP131.certificates":
    "Certificates are not checked any more, for the whole process. Name your own authority instead: caFile, or NODE_EXTRA_CA_CERTS.",
  "SMP131.main-account":
    "The credentials are those of the main account: whoever gets them owns everything. Take a RAM user or a role.",
  "SMP132.ended": "The credentials have ended: log in anew before the run.",
  "SMP132.ends":
    "The credentials end in {left} minutes and are not renewed; the run takes about {takes} minutes.",
  "SMP133.denied":
    "The account may not {actions}: the run would end at {verb}(). `sampan plan FILE --policy` prints what it needs.",
  "SMP134.untrusted":
    "The role {role} does not trust ECS: the import would be refused. Correct its trust policy in the console of RAM.",
  "SMP134.missing": "The account has no role {role}: the import would be refused after the upload.",
  "SMP134.ways": "createRole: true makes it; so does `sampan setup role`.",
  "SMP134.create": "Create the role in the run",
  "SMP140.same": "The image is in {region} already: a copy there is refused.",
  "SMP140.made": "the image is made in {region}",
  "SMP140.twice": "{region} is named twice: there is one copy for each region.",
  "SMP140.first": "the first time",
  "SMP140.remove": "Take the region out",
  "SMP141.full-images":
    "{region} holds {used} of {limit} images: another one is refused. Delete some, or ask for more.",
  "SMP141.full-snapshots":
    "{region} holds {used} of {limit} snapshots: another one is refused. Delete some, or ask for more.",
  "SMP141.images": "{region} holds {used} of {limit} images. Delete some, or ask for more.",
  "SMP141.snapshots": "{region} holds {used} of {limit} snapshots. Delete some, or ask for more.",
  "SMP142.one-key": "One key for {count} regions: a key of KMS is of one region only.",
  "SMP142.each": "Call copyTo() once for each, with its own key.",
  "SMP142.unusable": "The key is in {region}, and cannot be used (disabled, or not yours to use).",
  "SMP142.missing": "{region} has no key of this id.",
  "SMP150.stopped": "The last run stopped at {verb}: `sampan resume {runId}` goes on from there.",
  "SMP151.left": "Run {runId} left {things}, billed until deleted: `sampan gc {runId}`.",
  "SMP161.newer":
    "The installed SDK {sdk} is newer than this check ({check}), which does not know {verb}(). Update it.",
  "SMP190.silences-nothing": "{code} finds nothing here to silence: remove the comment.",
  "SMP190.no-rule":
    "There is no rule {code}: the comment silences nothing. `sampan explain` lists the rules.",
  "SMP190.remove-comment": "Remove the comment",
  "SMP190.remove-code": "Remove the code",
} as const;
