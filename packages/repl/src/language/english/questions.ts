/** What is asked and told before something is changed, and how runs that are over are cleaned up. */
export const questions = {
  "ask.account": "This changes a real account of Alibaba Cloud (access key {key}):",
  "ask.host": "This changes {host}:",
  "ask.go-on": "Go on? [y/N] ",
  "ask.credentials": "credentials: {source} (key {key})",
  "ask.warning": "warning: {warning}",
  "ask.prepare": "prepare {host} itself; `sampan prepare {host} --dry-run` shows what that changes",
  "touched.host": "host {host}",
  "touched.bucket": "bucket {bucket}",
  "touched.image": "image {image}",
  "touched.image-of-host": "image named after the host",
  "touched.image-of-instance": "image named after the instance",
  "touched.in": "in {region}",
  "touched.copies": "copies to {regions}",
  "touched.stopped": "stopped for snapshots",
  "touched.snapshots": "snapshots",
  "touched.then": "then {what}",
  "touched.shared": "shared with {accounts}",
  "touched.test-instance": "a test instance",
  "touched.instance": "an instance, billed until deleted,",
  "touched.by-profile": "by profile {profile}",
  "gc.delete": "delete {what}",
  "gc.would-delete": "would delete {what}",
  "gc.run": "run {run} · {title}",
  "doctor.fix": "fix: {fix}",
  "shell.help": `Type TypeScript; the SDK is there. A plan is shown, never run, until you call .run().

  Migration.from("./web-01.vmdk").assess()      a plan
    .prepare().capture().toVhd()                a line that begins with a verb continues the last value
  _.run()                                       runs the last value and shows it; Ctrl+C cancels
  .help  .exit  Ctrl+D                          this text; leave; leave

Every subcommand of \`sampan\` works in your own shell: \`sampan --help\` lists them.`,
} as const;
