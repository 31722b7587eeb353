import type { KnownTexts } from "../../known-texts.ts";

/** Summaries, details and options of the commands of a fleet. */
export const fleetCommandTexts: KnownTexts = {
  "Migrate many hosts: inventories, waves, and workers beside the disks of several sites.":
    "迁移大量主机：清单、批次，以及部署在各站点磁盘附近的工作进程。",
  "With a store (Redis or PostgreSQL, by --store or SAMPAN_FLEET_STORE) any number of workers in any number of data centres share the work. Without one the machine that runs `sampan fleet run` does all of it alone.":
    "有存储（Redis 或 PostgreSQL，由 --store 或 SAMPAN_FLEET_STORE 指定）时，任意多个数据中心中的任意多个工作进程分担工作。没有存储时，由运行 `sampan fleet run` 的机器独自完成。",
  "Migrate the hosts of a fleet, wave by wave.": "按批次迁移机群中的主机。",
  "Takes an inventory (CSV, JSON or YAML: a row a host), a TypeScript file whose default export is `defineFleet({ inventory, plan, policy })`, or any number of plan files. With a store the workers do it, and Ctrl+C leaves to them what is under way; without one this machine does, and Ctrl+C stops it. The same command goes on: what is done is not done again. Exit code 1 when a host failed or was skipped, 3 with warnings. A password in --store is seen by others on this machine; the variable keeps it to you.":
    "可接受一份清单（CSV、JSON 或 YAML，每行一台主机）、一个默认导出为 `defineFleet({ inventory, plan, policy })` 的 TypeScript 文件，或任意多个计划文件。有存储时由工作进程执行，Ctrl+C 将进行中的部分留给它们；没有存储时由本机执行，Ctrl+C 会停止。再次执行同一命令可继续：已完成的部分不会重做。有主机失败或被跳过时退出码为 1，有警告时为 3。--store 中的密码会被本机其他用户看到，环境变量则不会。",
  "the hosts of this wave alone; repeatable": "只处理该批次的主机；可重复使用",
  "what a site may send, such as shanghai=1gbit; wins over the policy of the fleet; repeatable":
    "某站点的发送上限，例如 shanghai=1gbit；优先于机群的策略；可重复使用",
  "site of the hosts of plan files (default: any)": "计划文件中主机所属的站点（默认：any）",
  "say what it would take, by site and by wave: bytes, hours, what limits it, what is billed; do nothing":
    "按站点和批次说明所需的数据量、时间、限制因素和计费项；不执行任何操作",
  "Follow the runs of a fleet's store: hosts and stages, what each site sends, how long it takes.":
    "跟踪机群存储中的运行：主机和阶段、各站点的发送情况，以及所需时间。",
  "Those that are named, or all that have not ended, until they have. Ctrl+C, and q on a terminal, leave them as they are. Exit code 1 when one failed, 3 with warnings.":
    "跟踪指定的运行，或所有尚未结束的运行，直至结束。按 Ctrl+C 或在终端中按 q 离开，运行照常继续。有失败时退出码为 1，有警告时为 3。",
  "Show the queues of a fleet's store in a browser of this machine, behind a token.":
    "在本机的浏览器中显示机群存储的队列，以令牌保护。",
  "bull-board, for looking only unless --allow-changes is given. Needs @bull-board/api, @bull-board/express and express, which npm installs.":
    "使用 bull-board；除非给出 --allow-changes，否则只可查看。需要 @bull-board/api、@bull-board/express 和 express，可用 npm 安装。",
  "let jobs be retried and removed; the runs they belong to may not survive it":
    "允许重试和删除作业；其所属的运行可能因此无法继续",
  "serve metrics for Prometheus to this machine, at this port; 0 for a free one":
    "在此端口向本机的 Prometheus 提供指标；0 表示任选空闲端口",
  "write a report at the end: .html, .csv or .json": "结束时写出报告：.html、.csv 或 .json",
  "do without a store, whatever SAMPAN_FLEET_STORE says": "不使用存储，无论 SAMPAN_FLEET_STORE 如何设置",
  "the fleet's store, redis://, rediss:// or postgres:// (default: SAMPAN_FLEET_STORE)":
    "机群的存储，redis://、rediss:// 或 postgres://（默认：SAMPAN_FLEET_STORE）",
  "the same, for a store that is Redis": "同上，用于 Redis 存储",
  "what all keys of the fleet begin with, or its schema in PostgreSQL (default: sampan)":
    "机群所有键的前缀，或其在 PostgreSQL 中的 schema（默认：sampan）",
  "certificates (PEM) of the authorities to trust for the store": "存储所信任的证书颁发机构的证书（PEM）",
  "certificate (PEM) of the client, where the store asks for one": "存储要求时使用的客户端证书（PEM）",
  "key (PEM) of that certificate": "该证书的私钥（PEM）",
  "Say when each wave of a fleet would end, and what would hold it up.":
    "说明机群的每个批次何时结束，以及受什么限制。",
  "Takes an inventory (CSV, JSON or YAML: a row a host), a TypeScript file whose default export is `defineFleet({ inventory, plan, policy })`, or any number of plan files. Runs what migrates fleets on a clock that jumps, so that thousands of hosts take seconds; reaches and changes nothing. Says every number it rests on. Exit code 3 when hosts would fail or be skipped.":
    "可接受一份清单（CSV、JSON 或 YAML，每行一台主机）、一个默认导出为 `defineFleet({ inventory, plan, policy })` 的 TypeScript 文件，或任意多个计划文件。以跳跃的时钟运行真实的调度程序，数千台主机只需数秒；不访问也不更改任何内容。会列出所依据的每个数值。有主机会失败或被跳过时退出码为 3。",
  "another number than the one it would take, by its name; repeatable":
    "按名称指定另一个数值，代替默认采用的数值；可重复使用",
  "when the fleet begins, such as 2026-12-01T20:00+08:00 (default: now)":
    "机群的开始时间，例如 2026-12-01T20:00+08:00（默认：现在）",
  "let this share of the hosts fail, such as 5%": "让这一比例的主机失败，例如 5%",
  "which hosts those are; the same for the same number (default: 1)":
    "决定哪些主机失败；数值相同则结果相同（默认：1）",
  "Work on what a fleet's store holds, near the disks of a site.": "在站点磁盘附近，执行机群存储中的工作。",
  "Dials out only: to the store, to the hosts of its sites, to the cloud. Its own credentials and settings count, not those of whoever started the fleet. SIGTERM and Ctrl+C give its work back at once, for another worker to go on with from the last checkpoint; a worker that dies is relieved when its leases end. Needs bullmq, and ioredis or pg, which npm installs.":
    "只向外连接：存储、其站点的主机以及云。使用其自身的凭证和设置，而非启动机群者的。SIGTERM 和 Ctrl+C 会立即交还其工作，由其他工作进程从最后的检查点继续；异常终止的工作进程在其租约到期后被接替。需要 bullmq，以及 ioredis 或 pg，可用 npm 安装。",
  "data centre whose disks it is near; without one it does what any worker may; repeatable":
    "其磁盘所在的数据中心；不指定时只执行任何工作进程都可执行的工作；可重复使用",
  "only what is near the disks, not imports and copies": "只执行磁盘附近的工作，不执行导入和复制",
  "stages of each site at once (default: 4)": "每个站点同时执行的阶段数（默认：4）",
  "what each of its sites may send, all workers there together: 100mbit or 12MB/s":
    "每个站点所有工作进程合计的上传带宽上限，例如 100mbit 或 12MB/s",
  "what it is called (default: this machine and its process)": "其名称（默认：本机名和进程号）",
  "Say which workers a fleet has at each site, and where its runs stand.":
    "说明机群在各站点有哪些工作进程，以及各个运行的状态。",
  "runs that have finished too": "也列出已完成的运行",
  "Stop runs of a fleet, wherever they are worked on; they stay resumable.":
    "停止机群的运行，无论它们在何处执行；之后仍可继续。",
  "Waits until they have stopped, for at most 30 s (exit code 124).":
    "等待其停止，最多 30 秒（退出码为 124）。",
  "all that are meant, in place of ids": "代替 ID，选取所有相关的运行",
  "Have workers go on with runs of a fleet that failed or were cancelled.":
    "让工作进程继续机群中失败或已取消的运行。",
  "Does not wait for their end. `sampan fleet run` goes on with the whole fleet, in its order and by its policy.":
    "不等待其结束。`sampan fleet run` 按其次序和策略继续整个机群。",
  "Hand runs over that were begun on this machine to a fleet, whose workers go on with them.":
    "将在本机开始的运行移交给机群，由其工作进程继续。",
  "Finished steps stay finished. What the run reads has to be reachable from a worker by the same path; from then on `sampan resume` and `sampan gc` leave it to the fleet. A run that is going on is stopped first: `sampan cancel`.":
    "已完成的步骤不会重做。运行读取的内容须能由工作进程以相同路径访问；此后 `sampan resume` 和 `sampan gc` 不再处理该运行，由机群负责。正在进行的运行须先用 `sampan cancel` 停止。",
  "take it from where this machine left it, although another fleet had it, or this one lost it":
    "从本机停下之处接手，即使它曾属于另一机群，或已被此机群丢失",
  "the site whose workers do what touches the host (default: any worker)":
    "由哪个站点的工作进程处理涉及主机的步骤（默认：任意工作进程）",
  "Have the workers of a site take nothing new; what they work on goes on to its end.":
    "让某站点的工作进程不再接收新工作；正在进行的会继续到结束。",
  "Holds for every worker of the site, also for those that come, until --undo.":
    "对该站点的所有工作进程有效，包括之后启动的，直至使用 --undo。",
  "have them take work again": "让它们重新接收工作",
  "Remove runs that have ended from a fleet's store, with their journals and what they kept.":
    "从机群的存储中删除已结束的运行，包括其日志和保存的内容。",
  "With --older-than those that did all of their plan, ended so long ago, and left nothing in the cloud that is still there and costs money. Runs that are named go although they could be resumed, and what they left in the cloud is deleted first, as by `sampan gc ID`. Asks before where a real account was migrated to. A host whose run was removed counts as one that was never migrated. Exit code 6 when a run that is named goes on, or was gone on with meanwhile: then it stays.":
    "使用 --older-than 时，删除已完成全部计划、结束已达该时长、且没有在云端留下仍存在并计费的内容的运行。按 ID 指定的运行即使仍可继续也会删除，并像 `sampan gc ID` 一样先删除其留在云端的内容。迁移到真实账号的运行，删除前会询问。其运行已删除的主机视为从未迁移。指定的运行正在进行或期间被继续时予以保留，退出码为 6。",
  "runs that ended so long ago, such as 30d": "结束已达该时长的运行，例如 30d",
  "say what would be removed and do nothing": "仅说明将删除什么，不执行任何操作",
};

/** Meanings and cures of the error codes of fleets. */
export const fleetErrorCodeTexts: KnownTexts = {
  "A worker of a fleet lost its lease on what it worked on, or gave it back when it was told to end; another worker goes on.":
    "机群的某个工作进程失去了对其工作的租约，或在被要求结束时交还了工作；由其他工作进程继续。",
  "Nothing is to be done. Where it happens often, the line to the store is bad, or the machine too slow to renew leases in time.":
    "无需处理。如经常发生，说明到存储的线路不佳，或机器过慢而无法及时续租。",
  "The address of the fleet's store is missing or cannot be understood.":
    "缺少机群存储的地址，或地址无法理解。",
  "Give `redis://`, `rediss://` or `postgres://`, a host, and what the manual's page of the store names; best in SAMPAN_FLEET_STORE.":
    "请给出 `redis://`、`rediss://` 或 `postgres://`、主机，以及手册中存储一页所列的内容；最好放在 SAMPAN_FLEET_STORE 中。",
  "A package that the fleet's store needs is not installed.": "未安装机群存储所需的软件包。",
  "Install it with npm next to Sampan; the message gives the command.":
    "请用 npm 将其安装在 Sampan 旁；错误信息给出了命令。",
  "The fleet's store does not answer, or answers with what is not its protocol.":
    "机群的存储没有应答，或应答不符合其协议。",
  "Check the address, that the server runs, and that a firewall lets this machine through; then run again.":
    "请检查地址、服务器是否运行，以及防火墙是否允许本机访问；然后重新执行。",
  "The encrypted connection to the fleet's store could not be made, or its certificate is not trusted.":
    "无法建立到机群存储的加密连接，或其证书不受信任。",
  "Give the authority that signed the server's certificate, and the client's certificate where the server asks for one.":
    "请给出签发服务器证书的颁发机构；服务器要求时还需给出客户端证书。",
  "The fleet's store refused the user, the password, or what that user wants to do.":
    "机群的存储拒绝了用户、密码，或该用户的操作。",
  "Check user and password in SAMPAN_FLEET_STORE, and the rights of that user.":
    "请检查 SAMPAN_FLEET_STORE 中的用户和密码，以及该用户的权限。",
  "The Redis server is part of a cluster, where a fleet's scripts cannot reach all keys they touch.":
    "该 Redis 服务器属于集群，机群的脚本无法访问其涉及的所有键。",
  "Take a standard (non-cluster) instance of Redis or Tair, or PostgreSQL.":
    "请使用 Redis 或 Tair 的标准（非集群）实例，或 PostgreSQL。",
  "The server of the fleet's store is too old, or was set up by a newer Sampan.":
    "机群存储的服务器版本过旧，或由更新版本的 Sampan 建立。",
  "Bring the server, or Sampan, to the version that the message names.":
    "请将服务器或 Sampan 升级到错误信息指出的版本。",
  "The PostgreSQL server has too few connections left for this process.":
    "PostgreSQL 服务器剩余的连接数不足以供本进程使用。",
  "Raise `max_connections` of the server, or start fewer workers.":
    "请增大服务器的 `max_connections`，或减少工作进程。",
  "A pooler such as PgBouncer stands before the PostgreSQL server; notifications do not pass it.":
    "PostgreSQL 服务器前有 PgBouncer 之类的连接池；通知无法通过它。",
  "Give the address of the server itself.": "请给出服务器本身的地址。",
  "The policy of a fleet says something that none can say, or that lets nothing ever begin.":
    "机群的策略包含无效的内容，或使任何主机都无法开始。",
  "The hosts of a fleet cannot be brought into an order: what they wait for is missing, comes later, or waits for them.":
    "机群的主机无法排出次序：其等待的主机不存在、更靠后，或反过来等待它们。",
  "Correct `after` or the wave of the hosts named in the message.":
    "请更正错误信息所列主机的 `after` 或批次。",
  "A host of a simulated fleet was drawn to fail, by the failure rate that was assumed.":
    "在机群模拟中，按假定的失败率抽中该主机失败。",
  "Nothing was migrated, so nothing is wrong. A lower failure rate lets fewer hosts fail.":
    "没有迁移任何内容，因此并无问题。降低失败率可减少失败的主机。",
};

/** What errors of the commands of a fleet say to do, and what those tell beside their data. */
export const fleetTexts: KnownTexts = {
  "no worker is there for site {site}": "站点 {site} 没有工作进程",
  "no worker is there that works for all": "没有可处理所有站点的工作进程",
  "no worker is there that has version {number} of the pipeline": "没有具备流水线版本 {number} 的工作进程",
  "it is being taken over from its home; if nobody does that any more, take it over again or cancel it":
    "正在从其主目录接管；如果已无人在接管，请重新接管或取消",
  "it is to stop, and no worker is there for site {site}": "应当停止，但站点 {site} 没有工作进程",
  "it is to stop, and no worker is there that works for all": "应当停止，但没有可处理所有站点的工作进程",
  "it is to stop, and no worker is there that has version {number} of the pipeline":
    "应当停止，但没有具备流水线版本 {number} 的工作进程",
  "the run ends once a worker of site {site} is there, which is to undo on the host what must not stay":
    "站点 {site} 有工作进程后运行才会结束：须由它撤销主机上不得保留的内容",
  "the password of the store is on the command line, where others on this machine can read it: SAMPAN_FLEET_STORE keeps it to you":
    "存储的密码位于命令行中，本机的其他用户可以看到；放在 SAMPAN_FLEET_STORE 中则只有您能看到",
  "Write NAME=NUMBER, with one of {names}.": "请写为 NAME=NUMBER，名称可为 {names}。",
  "Write it as 2026-12-01T20:00+08:00.": "请写为 2026-12-01T20:00+08:00。",
  "Write it as 5%.": "请写为 5%。",
  "Allow the site more, or fewer hosts at once by the policy's hostsPerSite.":
    "请提高该站点的上限，或通过策略的 hostsPerSite 减少同时迁移的主机。",
  "Give one inventory or fleet file, or any number of plan files.":
    "请给出一份清单或机群文件，或任意多个计划文件。",
  "Write --bandwidth shanghai=1gbit.": "请写为 --bandwidth shanghai=1gbit。",
  "Its waves are {names}.": "其批次为 {names}。",
  "Use SSH keys, or say where workers find it: `passwordFrom: { env: NAME }` or `{ file: PATH }`.":
    "请使用 SSH 密钥，或说明工作进程从何处获取密码：`passwordFrom: { env: NAME }` 或 `{ file: PATH }`。",
  "Name runs by their ids, or give --all. `sampan fleet status` lists them.":
    "请给出运行的 ID，或使用 --all。`sampan fleet status` 可列出它们。",
  "Give one of them.": "请只给出其中一个。",
  "`sampan fleet status --all` lists the runs of the store.":
    "`sampan fleet status --all` 可列出存储中的运行。",
  "Something listens there and does not answer as a store: check scheme and port, whether it wants an encrypted connection (`rediss://`, `sslmode=verify-full`), and whether it asks for a client's certificate (`--store-cert`, `--store-key`).":
    "该处有程序在监听，但应答不像存储：请检查地址的协议和端口、是否要求加密连接（`rediss://`、`sslmode=verify-full`），以及是否要求客户端证书（`--store-cert`、`--store-key`）。",
  "Give the user the rights that the manual's page of the store lists.":
    "请授予该用户手册中存储一页所列的权限。",
  "Make the database, and let its user create a schema in it.":
    "请创建该数据库，并允许其用户在其中创建 schema。",
  "Install it next to Sampan: npm install bullmq {driver}":
    "请在 Sampan 旁安装：`npm install bullmq {driver}`",
  // Why hosts were skipped, and waves stopped.
  "{failed} of {ended} hosts failed, more than {percent} %":
    "{ended} 台主机中有 {failed} 台失败，超过 {percent} %",
  "wave {wave} was stopped": "批次 {wave} 已停止",
  "the fleet was cancelled": "机群已取消",
  "canary {host} failed": "先行主机 {host} 失败",
  "canary {host} was cancelled": "先行主机 {host} 已取消",
  "{oneHost} failed": "{oneHost} 失败",
  "{oneHost} was cancelled": "{oneHost} 已取消",
  "{oneHost} was skipped": "{oneHost} 已跳过",
  // What errors of the store tell.
  "opening the fleet's store {address}: {what}": "打开机群的存储 {address}：{what}",
  "opening the fleet's store: no address was given": "打开机群的存储：未给出地址",
  "opening the fleet's store: {name} is not installed": "打开机群的存储：未安装 {name}",
  "reading the address of the fleet's store: {what}": "读取机群存储的地址：{what}",
  "it is not a URL": "不是 URL",
  "it names no host": "未给出主机",
  "the server refused user or password": "服务器拒绝了用户或密码",
  "the user may not do what is needed ({reply})": "该用户无权执行所需的操作（{reply}）",
  "the server is part of a Redis cluster": "该服务器属于 Redis 集群",
  "the prefix is not made of up to 41 small letters, digits and _, a letter first":
    "前缀须由不超过 41 个小写字母、数字和 _ 组成，并以字母开头",
  "Set SAMPAN_FLEET_STORE, or pass --store redis://HOST:6379.":
    "请设置 SAMPAN_FLEET_STORE，或使用 --store redis://HOST:6379。",
  "Let it end in .html, .csv or .json.": "其扩展名应为 .html、.csv 或 .json。",
};
