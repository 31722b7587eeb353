import type { KnownTexts } from "../../known-texts.ts";

/** How to mend by hand what rules find: the sentences around the commands. */
export const mendTexts: KnownTexts = {
  "Give the disk that the host boots from; `sampan inspect FILE` lists what is on one. Where the root lies on something that cannot be looked into and you know that the disk boots, accept the finding:":
    "请提供主机用于启动的磁盘；`sampan inspect FILE` 可列出磁盘上的内容。如果根文件系统位于无法查看的位置，而您确定该磁盘可以启动，请接受此检查结果：",
  "Install cloud-init on the host before capture, which does the same on any distribution; or set network and access by hand after the first boot. A distribution that is a rebuild of another can be imported under its name:":
    "捕获前在主机上安装 cloud-init，它在任何发行版上都能完成同样的设置；或在首次启动后手工设置网络和登录方式。由其他发行版重新构建的发行版，可以用原发行版的名称导入：",
  'Upgrade the guest before capture, or import it and prove that it boots before relying on it. A Windows client can be moved under the platform `Other Windows` with a licence of your own (`licenseType: "BYOL"`).':
    '捕获前升级客户机系统，或导入后先证明其能启动，再投入使用。Windows 客户端可以用平台 `Other Windows` 并自带许可证（`licenseType: "BYOL"`）迁移。',
  "Assess with the profile `current`: ECS takes more systems today.":
    "使用规则集 `current` 评估：如今 ECS 支持更多系统。",
  "Install the services anew on an x86_64 or aarch64 instance and move their data. An aarch64 guest that boots by BIOS code needs an EFI system partition with a boot loader.":
    "在 x86_64 或 aarch64 实例上重新安装服务并迁移数据。以 BIOS 代码启动的 aarch64 客户机系统需要带引导程序的 EFI 系统分区。",
  "Assess with the profile `current`: ECS takes i386 and aarch64 today.":
    "使用规则集 `current` 评估：如今 ECS 支持 i386 和 aarch64。",
  "On the host, before capture:": "捕获前，在主机上执行：",
  "A guest that boots by UEFI: `import()` takes the boot mode from the assessment; without an assessment say it, and choose an instance type that boots by UEFI.":
    "以 UEFI 启动的客户机系统：`import()` 从评估中取得启动模式；没有评估时请明确指定，并选择支持 UEFI 启动的实例规格。",
  "A disk without a loader: install one on the host before capture.":
    "没有引导程序的磁盘：捕获前在主机上安装引导程序。",
  "Install the distribution's kernel on the host (`apt-get install linux-image-amd64`, `dnf install kernel`, `zypper install kernel-default`), or upgrade the guest. A guest whose `/boot` lies on a disk that was not given needs that disk too.":
    "在主机上安装发行版的内核（`apt-get install linux-image-amd64`、`dnf install kernel`、`zypper install kernel-default`），或升级客户机系统。如果客户机系统的 `/boot` 位于没有提供的磁盘上，则还需要该磁盘。",
  "Rebuild the initramfs on the host before capture:": "捕获前，在主机上重新生成 initramfs：",
  "Windows: install the drivers of the virtio-win package, then let the disk driver start at boot:":
    "Windows：安装 virtio-win 软件包中的驱动，然后让磁盘驱动在引导时启动：",
  "Needed only for such families. On the host, before capture:":
    "仅此类实例规格族需要。捕获前，在主机上执行：",
  "`blkid` tells the UUIDs. Name volumes by them, and give what will not be on the instance the option `nofail` or make it a comment:":
    "`blkid` 可查看 UUID。以 UUID 指定各卷；对实例上不会有的卷，添加 `nofail` 选项或改为注释：",
  "Name the root by UUID, and let the distribution write its configuration anew:":
    "以 UUID 指定根文件系统，并让发行版重新生成其配置：",
  "Linux, by what the distribution uses:": "Linux，按发行版所使用的方式：",
  "Windows:": "Windows：",
  "On the host, or by the fix-up on the copy; it takes effect with the next boot:":
    "在主机上执行，或由修复项在副本上完成；下次启动时生效：",
  "Switching it on again on ECS needs a relabelling: `touch /.autorelabel` and a restart.":
    "在 ECS 上重新启用需要重新打标签：执行 `touch /.autorelabel` 后重启。",
  "A root that is followed by another partition, often swap, has to be grown by hand; a swap file in its place frees the way.":
    "根分区之后还有其他分区（通常是交换分区）时，需要手工扩展；改用交换文件可以腾出位置。",
  "On the host, before capture, or on the instance:": "捕获前在主机上，或之后在实例上执行：",
  "Update CentOS 5 to 5.11 (`yum update`), upgrade the guest, or choose a family before the sixth generation for it.":
    "将 CentOS 5 更新到 5.11（`yum update`），升级客户机系统，或为其选择第六代之前的实例规格族。",
  "Capture the disk with the partition “System Reserved” or the EFI system partition on it. Where the file is lost, start the installation medium on the host:":
    "捕获磁盘时须包含“系统保留”分区或 EFI 系统分区。如果该文件已丢失，请在主机上启动安装介质后执行：",
  "Capture the disk with its boot partition. Where the file is lost, start the installation medium on the host:":
    "捕获磁盘时须包含启动分区。如果该文件已丢失，请在主机上启动安装介质后执行：",
  "Check the disk of the host, then start it once, which replays the hives' logs, shut it down wholly and capture again:":
    "检查主机的磁盘，然后启动一次（会重放配置单元的日志），完全关机后重新捕获：",
  "Uninstall the product that brought the filter: backup agents, storage drivers, tools of another hypervisor. A rest whose driver file is missing from `C:\\Windows\\System32\\drivers` is taken out of the list, and Windows's own names stay in it:":
    "卸载引入该过滤驱动的产品：备份代理、存储驱动、其他虚拟化平台的工具。如果残留项的驱动文件已不在 `C:\\Windows\\System32\\drivers` 中，请将其从列表中移除，并保留 Windows 自身的名称：",
  "Start the host, let Sysprep finish, and capture it when it has shut down by itself:":
    "启动主机，让 Sysprep 执行完成，待其自行关机后捕获：",
  "Restart the host until nothing waits any more, then shut down and capture:":
    "反复重启主机，直到没有任何等待完成的内容，然后关机并捕获：",
  "On the host, before capture; uninstalling the Xen tools does the same:":
    "捕获前，在主机上执行；卸载 Xen 工具效果相同：",
  "Windows: decrypt before capture, and wait until it is done:": "Windows：捕获前解密，并等待其完成：",
  "Linux: move the guest to a plain volume. If somebody will type the passphrase at the console of ECS, accept the finding:":
    "Linux：将客户机系统迁移到未加密的卷。如果会有人在 ECS 控制台输入密码短语，请接受此检查结果：",
  "First let another service bring the interface up by DHCP, then switch it off:":
    "先让另一服务通过 DHCP 启用接口，然后将其关闭：",
  "Remove the configuration of the others before capture, and attach further interfaces on ECS afterwards:":
    "捕获前移除其他接口的配置，之后再在 ECS 上绑定更多网卡：",
  "Linux:": "Linux：",
  "Windows; it takes effect with the next start:": "Windows；下次启动时生效：",
  "A port of one's own is fine once the security group of the instance opens it.":
    "在实例的安全组放行之后，也可以使用自定义的端口。",
  "On the host, before capture; it takes effect with the next start:":
    "捕获前，在主机上执行；下次启动时生效：",
  'A licence of one\'s own is imported with `licenseType: "BYOL"`.':
    '自带许可证的系统以 `licenseType: "BYOL"` 导入。',
  "Register the host with a subscription that allows the cloud, and import with a licence of your own:":
    "用允许在云上使用的订阅注册该主机，并以自带许可证的方式导入：",
  "On the host, right before capture, or by hand on the copy:":
    "在即将捕获之前于主机上执行，或在副本上手工完成：",
  "Windows: uninstall them, which removes their drivers too, or keep the services from starting:":
    "Windows：卸载这些工具（会同时移除其驱动），或使这些服务不再启动：",
  "Shut the host down, and capture then. Windows must be shut down wholly:":
    "关闭主机，然后再捕获。Windows 必须完全关机：",
  "A disk image that cannot be taken anew can be checked where it is attached as a disk:":
    "无法重新制作的磁盘镜像，可以在作为磁盘连接后进行检查：",
  "Test that the image boots. If it does not, move the guest to a plain file system: back up, format with `mkfs.ext4` or `mkfs.xfs`, restore.":
    "测试镜像能否启动。如果不能，请将客户机系统迁移到受支持的文件系统：先备份，用 `mkfs.ext4` 或 `mkfs.xfs` 格式化，再恢复。",
  "Assess with the profile `current`: ECS takes XFS today.": "使用规则集 `current` 评估：如今 ECS 支持 XFS。",
  "Nothing needs to be done for 64bit unless the import fails. Each changes an unmounted file system; back it up first:":
    "除非导入失败，否则无需处理 64bit。以下命令都会更改已卸载的文件系统，请先备份：",
  "Test that the image boots. The initramfs must hold LVM (`dracut -f --add lvm`). To grow the root afterwards: `growpart /dev/vda 2 && pvresize /dev/vda2 && lvextend -r -l +100%FREE /dev/GROUP/ROOT`.":
    "测试镜像能否启动。initramfs 必须包含 LVM（`dracut -f --add lvm`）。之后扩展根文件系统：`growpart /dev/vda 2 && pvresize /dev/vda2 && lvextend -r -l +100%FREE /dev/GROUP/ROOT`。",
  "Move the guest to plain partitions before capture, or let a mirror start with one member:":
    "捕获前将客户机系统迁移到普通分区，或让镜像阵列以单个成员启动：",
  "Shrink the file system, then its partition, then the disk, on a copy; or move the data by file synchronisation:":
    "在副本上依次缩小文件系统、分区和磁盘；或通过文件同步迁移数据：",
  "Assess with the profile `current`: ECS takes up to 2,048 GiB today.":
    "使用规则集 `current` 评估：如今 ECS 最大支持 2,048 GiB。",
  'Choose which disks to capture (`capture({ disks: ["/dev/sda", "/dev/sdb"] })`; without names the system disk alone), accept this finding, and move the others by a second image or by file synchronisation.':
    '选择要捕获的磁盘（`capture({ disks: ["/dev/sda", "/dev/sdb"] })`；不指定则只捕获系统盘），接受此检查结果，其余磁盘通过第二个镜像或文件同步迁移。',
  "Once the instance runs, attach empty data disks and fill them from the host:":
    "实例运行后，挂载空数据盘并从主机同步数据：",
  "Let the plan convert it, or convert the file:": "由计划转换，或转换文件：",
};
