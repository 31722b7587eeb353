import type { KnownTexts } from "../../known-texts.ts";

/** What rules find, and what they say to do. */
export const findingTexts: KnownTexts = {
  "The Windows activation service is missing or disabled, so the guest cannot be activated on ECS.":
    "Windows 激活服务缺失或被禁用，因此客户机系统无法在 ECS 上激活。",
  "On the host: `sc.exe config sppsvc start= auto`.": "在主机上执行：`sc.exe config sppsvc start= auto`。",
  "Windows is activated by {kmsHost}, which the instance may not reach.":
    "Windows 由 {kmsHost} 激活，实例可能无法访问该服务器。",
  "On the instance: `slmgr /skms kms.cloud.aliyuncs.com` and `slmgr /ato`, or open the way to that server.":
    "在实例上执行 `slmgr /skms kms.cloud.aliyuncs.com` 和 `slmgr /ato`，或开通到该服务器的网络。",
  "The guest's programs are made for {architecture}, and ECS has no such machines for Windows.":
    "客户机系统的程序面向 {architecture} 架构，ECS 没有此架构的 Windows 实例。",
  "The guest's programs are made for {architecture}, and ECS has no such machines.":
    "客户机系统的程序面向 {architecture} 架构，ECS 没有此架构的实例。",
  "Install the services anew on an x86_64 or aarch64 instance and move their data.":
    "在 x86_64 或 aarch64 实例上重新安装服务并迁移数据。",
  "The guest is made for aarch64 but boots by BIOS; ECS starts such machines by UEFI only.":
    "客户机系统为 aarch64 架构，却以 BIOS 方式启动；ECS 的此类实例只支持 UEFI 启动。",
  "Give the guest an EFI system partition with a boot loader.": "为客户机系统添加带引导程序的 EFI 系统分区。",
  "The guest boots by UEFI only, and ECS assumes BIOS unless told otherwise.":
    "客户机系统只能以 UEFI 方式启动，而 ECS 在未指明时按 BIOS 处理。",
  'Import with `bootMode: "UEFI"` (the default after an assessment) and choose an instance type that boots by UEFI.':
    '导入时设置 `bootMode: "UEFI"`（评估后默认如此），并选择支持 UEFI 启动的实例规格。',
  "The disk has neither boot code for BIOS nor an EFI system partition, so it will hardly boot.":
    "磁盘上既没有 BIOS 引导代码，也没有 EFI 系统分区，因此很可能无法启动。",
  "Install a boot loader (for example `grub-install /dev/sda`) on the host, or give the disk that holds it.":
    "在主机上安装引导程序（例如 `grub-install /dev/sda`），或提供引导程序所在的磁盘。",
  "Cloud Assistant is installed but does not start at boot, so ECS cannot run commands in the guest.":
    "已安装云助手，但未设置开机启动，因此 ECS 无法在客户机系统中执行命令。",
  "Run `systemctl enable aliyun.service` on the host.": "在主机上执行 `systemctl enable aliyun.service`。",
  "Cloud Assistant is installed but does not start with Windows, so ECS cannot run commands in the guest.":
    "已安装云助手，但未随 Windows 启动，因此 ECS 无法在客户机系统中执行命令。",
  "On the host: `sc.exe config AliyunService start= auto`.":
    "在主机上执行：`sc.exe config AliyunService start= auto`。",
  "cloud-init is not installed, so ECS cannot set the password or keys, nor grow the file system.":
    "未安装 cloud-init，因此 ECS 无法设置密码或密钥，也无法扩展文件系统。",
  "Install cloud-init 19.1.3 or later on the host before capture, or keep using the guest's own accounts.":
    "捕获前在主机上安装 cloud-init 19.1.3 或更高版本，或继续使用客户机系统自身的账号。",
  "cloud-init is installed but does not run at boot, so ECS cannot set the password or keys.":
    "已安装 cloud-init，但未在启动时运行，因此 ECS 无法设置密码或密钥。",
  "Remove /etc/cloud/cloud-init.disabled, or run `systemctl enable cloud-init` on the host.":
    "在主机上删除 /etc/cloud/cloud-init.disabled，或执行 `systemctl enable cloud-init`。",
  "cloud-init looks for its data in {datasources} only, so ECS can hand it nothing.":
    "cloud-init 只从 {datasources} 获取数据，因此 ECS 无法向其传递任何信息。",
  "Add AliYun to datasource_list: `echo 'datasource_list: [ AliYun ]' > /etc/cloud/cloud.cfg.d/90-aliyun.cfg`.":
    "将 AliYun 加入 datasource_list：`echo 'datasource_list: [ AliYun ]' > /etc/cloud/cloud.cfg.d/90-aliyun.cfg`。",
  "{volume} was not unmounted cleanly: its last changes are in its journal only.":
    "{volume} 未正常卸载：最近的更改只存在于其日志中。",
  "Shut the host down cleanly and capture again; with Windows by `shutdown /s /f /t 0`.":
    "正常关闭主机后重新捕获；Windows 使用 `shutdown /s /f /t 0`。",
  "The host has {count} disks; ECS imports 17 and silently leaves out the rest.":
    "主机有 {count} 块磁盘；ECS 只导入 17 块，其余会被忽略且没有提示。",
  "Choose which disks to capture, and move the others on their own.": "选择要捕获的磁盘，其余磁盘另行迁移。",
  "The disk of {sizeBytes} is larger than the 2,048 GiB ECS takes.":
    "磁盘大小为 {sizeBytes}，超过 ECS 支持的 2,048 GiB。",
  "Shrink the disk before capture, or move its data by file synchronisation.":
    "捕获前缩小磁盘，或通过文件同步迁移其数据。",
  "The disk of {sizeBytes} is smaller than the least ECS gives; it becomes a disk of 1 GiB or more.":
    "磁盘大小为 {sizeBytes}，小于 ECS 的最小磁盘容量；导入后将成为 1 GiB 或更大的磁盘。",
  "Nothing needs to be done.": "无需处理。",
  "{mountPoint} is full: {usedBytes} of {sizeBytes} are in use.":
    "{mountPoint} 已满：{sizeBytes} 中已使用 {usedBytes}。",
  "Make room on the host before capture.": "捕获前在主机上腾出空间。",
  "{mountPoint} has no inodes left: {used} of {total} are in use.":
    "{mountPoint} 的 inode 已用尽：{total} 个中已使用 {used} 个。",
  "Remove small files on the host before capture; `df -i` shows the use.":
    "捕获前在主机上删除小文件；`df -i` 可查看使用情况。",
  "A volume is encrypted by BitLocker, whose key lies in the old machine's TPM.":
    "有卷被 BitLocker 加密，其密钥位于原机器的 TPM 中。",
  "Decrypt it on the host before capture: `manage-bde -off C:`, and wait for `manage-bde -status C:` to say so.":
    "捕获前在主机上解密：执行 `manage-bde -off C:`，并等待 `manage-bde -status C:` 显示完成。",
  "{volume} is encrypted, so somebody has to give its key at every boot.":
    "{volume} 已加密，因此每次启动都需要有人提供密钥。",
  "Move the guest to a plain volume, or make sure that its key is on a volume that is not encrypted.":
    "将客户机系统迁移到未加密的卷，或确保其密钥位于未加密的卷上。",
  "{name} is to be opened from {device} at boot, which asks for a key or is not there.":
    "{name} 会在启动时从 {device} 打开，而该设备需要密钥或不存在。",
  "Remove line {line} of /etc/crypttab, or give it the option nofail.":
    "删除 /etc/crypttab 的第 {line} 行，或为其添加 nofail 选项。",
  "{volume} has project quotas, which the vendor's page of 2020 excludes.":
    "{volume} 启用了项目配额（project quota），阿里云 2020 年的文档不支持该特性。",
  "On the unmounted file system: `tune2fs -O ^project,^quota DEVICE`.":
    "在已卸载的文件系统上执行：`tune2fs -O ^project,^quota DEVICE`。",
  "{volume} uses the feature 64bit, which the vendor's page of 2020 excludes; it is the default of every newer mkfs.ext4.":
    "{volume} 使用了 64bit 特性，阿里云 2020 年的文档不支持该特性；较新的 mkfs.ext4 均默认启用。",
  "Nothing needs to be done unless the import fails; then `resize2fs -s DEVICE` removes the feature.":
    "除非导入失败，否则无需处理；导入失败时可用 `resize2fs -s DEVICE` 去除该特性。",
  "{volume} is formatted with something else than ext3, ext4, XFS or NTFS, so ECS cannot check or mend it.":
    "{volume} 的文件系统不是 ext3、ext4、XFS 或 NTFS，因此 ECS 无法检查或修复。",
  "Test that the image boots; move the guest to a plain file system if it does not.":
    "测试镜像能否启动；如果不能，请将客户机系统迁移到受支持的文件系统。",
  "The Windows firewall is on ({windows}) and may keep you from reaching the guest on ECS.":
    "Windows 防火墙已启用（{windows}），可能使您无法访问 ECS 上的客户机系统。",
  "On the host: `netsh advfirewall set allprofiles state off`, or make sure that it lets remote desktop in.":
    "在主机上执行 `netsh advfirewall set allprofiles state off`，或确保防火墙放行远程桌面。",
  "The firewall {name} starts at boot and may keep you from reaching the guest on ECS.":
    "防火墙 {name} 开机启动，可能使您无法访问 ECS 上的客户机系统。",
  "Switch {name} off at boot (`systemctl disable {name}` or `chkconfig {name} off`) and use security groups.":
    "关闭 {name} 的开机启动（`systemctl disable {name}` 或 `chkconfig {name} off`），并使用安全组。",
  "{where} is to be mounted from {device}, which is not on this disk; the boot would stop there.":
    "{where} 要从 {device} 挂载，而该设备不在此磁盘上；启动会在此处停住。",
  "Remove line {line} of /etc/fstab or give it the option nofail.":
    "删除 /etc/fstab 的第 {line} 行，或为其添加 nofail 选项。",
  "{where} is mounted from {device}, which does not move along; the whitepaper has such mounts removed.":
    "{where} 从 {device} 挂载，而该设备不随迁移；白皮书要求移除此类挂载。",
  "Make line {line} of /etc/fstab a comment and mount it again once the instance runs.":
    "将 /etc/fstab 的第 {line} 行改为注释，实例运行后再重新挂载。",
  "{where} is mounted from {device}, a name that changes on ECS.":
    "{where} 从 {device} 挂载，该设备名在 ECS 上会改变。",
  "Name the volume by UUID in /etc/fstab; `blkid` tells it.":
    "在 /etc/fstab 中改用 UUID 指定该卷；`blkid` 可查看 UUID。",
  "The boot loader looks for the root on {device}, which is not on this disk.":
    "引导程序在 {device} 上查找根文件系统，而该设备不在此磁盘上。",
  "Give root= in {source} the UUID of the root file system, which `blkid` tells.":
    "将 {source} 中的 root= 设为根文件系统的 UUID，`blkid` 可查看 UUID。",
  "The boot loader names the root {device}, a name that changes on ECS.":
    "引导程序以 {device} 指定根文件系统，该设备名在 ECS 上会改变。",
  "qemu-guest-agent starts at boot and takes a channel that ECS needs.":
    "qemu-guest-agent 开机启动，占用了 ECS 需要的通道。",
  "Run `systemctl disable qemu-guest-agent` on the host, or uninstall it.":
    "在主机上执行 `systemctl disable qemu-guest-agent`，或将其卸载。",
  "The disk holds a hibernated Windows, or one in fast start: its files are not complete.":
    "磁盘上的 Windows 处于休眠或快速启动状态：其文件不完整。",
  "Fast start is on: a shut down from the menu leaves the disk in use.":
    "快速启动已开启：从菜单关机后磁盘仍处于使用状态。",
  "{name} of another hypervisor starts with Windows and has nothing to talk to on ECS.":
    "其他虚拟化平台的 {name} 随 Windows 启动，在 ECS 上没有可通信的对象。",
  "Uninstall the tools on the host, or run `sc.exe config {name} start= disabled`.":
    "在主机上卸载该工具，或执行 `sc.exe config {name} start= disabled`。",
  "{name} of another hypervisor starts at boot and has nothing to talk to on ECS.":
    "其他虚拟化平台的 {name} 开机启动，在 ECS 上没有可通信的对象。",
  "Run `systemctl disable {name}` (or `chkconfig {name} off`) on the host, or uninstall it.":
    "在主机上执行 `systemctl disable {name}`（或 `chkconfig {name} off`），或将其卸载。",
  "The disk is to be sent as {sentAs}; ECS takes {names} only.":
    "磁盘将以 {sentAs} 格式发送；ECS 只接受 {names}。",
  "The disk is to be sent as {sentAs}; the whitepaper takes {names} only.":
    "磁盘将以 {sentAs} 格式发送；白皮书只接受 {names}。",
  "Convert it on its way with `toVhd()`, or with `sampan convert FILE FILE.vhd`.":
    "在发送途中用 `toVhd()` 转换，或执行 `sampan convert FILE FILE.vhd`。",
  "{length} network interfaces are configured ({names}); an image starts with one.":
    "配置了 {length} 个网络接口（{names}）；从镜像启动的实例只有一个。",
  "Remove the others before capture and attach further interfaces on ECS afterwards.":
    "捕获前移除其他接口的配置，之后再在 ECS 上绑定更多网卡。",
  "On the host: `reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters /v DisabledComponents /t REG_DWORD /d 0xff /f`.":
    "在主机上执行：`reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\Tcpip6\\Parameters /v DisabledComponents /t REG_DWORD /d 0xff /f`。",
  "Remove the IPv6 settings from {source} before capture; ECS assigns its own.":
    "捕获前从 {source} 中移除 IPv6 设置；ECS 会分配自己的地址。",
  "Windows of build {build} is older than Windows Server 2003 and has no virtio drivers.":
    "版本号为 {build} 的 Windows 早于 Windows Server 2003，没有 virtio 驱动。",
  "Move the services to a newer Windows Server.": "将服务迁移到较新的 Windows Server。",
  "No kernel was found in /boot, so its virtio drivers could not be checked.":
    "在 /boot 中没有找到内核，因此无法检查其 virtio 驱动。",
  "Check on the host that a kernel is installed and has virtio_blk and virtio_pci in its initramfs or built in.":
    "在主机上确认已安装内核，且其 initramfs 中包含或内核内置了 virtio_blk 和 virtio_pci。",
  "Kernel {version} is older than virtio, so the guest would find neither disk nor network on ECS.":
    "内核 {version} 早于 virtio，因此客户机系统在 ECS 上既找不到磁盘也找不到网络。",
  "Install a newer kernel on the host, or move the services to a newer system.":
    "在主机上安装较新的内核，或将服务迁移到较新的系统。",
  "{value} must bring a licence of your own, and the guest is registered with none.":
    "{value} 必须自带许可证，而该客户机系统没有注册任何许可证。",
  "{value} must bring a licence of your own, and the guest does not show whether it has one.":
    "{value} 必须自带许可证，而无法判断该客户机系统是否已有许可证。",
  'Register the host with its maker, and import with `licenseType: "BYOL"`.':
    '向厂商注册该主机，并以 `licenseType: "BYOL"` 导入。',
  "{volume} belongs to LVM; ECS's pages disagree on whether that is supported.":
    "{volume} 属于 LVM；阿里云的文档对是否支持 LVM 说法不一。",
  "Test that the image boots; ECS cannot grow such a disk by itself.":
    "测试镜像能否启动；ECS 无法自行扩展此类磁盘。",
  "Kernel {version} may not start on instance families from ecs.g6 on.":
    "内核 {version} 可能无法在 ecs.g6 及之后的实例规格族上启动。",
  "Update the guest (`yum update` brings CentOS 5 to 5.11), or choose an older instance family.":
    "更新客户机系统（`yum update` 可将 CentOS 5 更新到 5.11），或选择较早的实例规格族。",
  "NetworkManager starts at boot; it keeps connections of the old machine and can leave the guest without network.":
    "NetworkManager 开机启动；它保留原机器的连接配置，可能使客户机系统没有网络。",
  "Once another service brings the interface up by DHCP: `systemctl disable NetworkManager`.":
    "在另一服务能通过 DHCP 启用接口之后，执行：`systemctl disable NetworkManager`。",
  "Kernel {version} has no NVMe driver in its initramfs; the newest instance families cannot start it.":
    "内核 {version} 的 initramfs 中没有 NVMe 驱动；最新的实例规格族无法启动它。",
  "Rebuild the initramfs with the nvme module (`dracut -f --add-drivers nvme`), or choose a family with virtio disks.":
    "在 initramfs 中加入 nvme 模块并重新生成（`dracut -f --add-drivers nvme`），或选择使用 virtio 磁盘的实例规格族。",
  "growpart is not installed, so the root partition will not grow with its disk.":
    "未安装 growpart，因此根分区不会随磁盘扩展。",
  "Install cloud-guest-utils (`apt-get`) or cloud-utils-growpart (`dnf`) on the host before capture.":
    "捕获前在主机上安装 cloud-guest-utils（`apt-get`）或 cloud-utils-growpart（`dnf`）。",
  "Kernel {version} cannot grow a partition that is in use, so the root will not grow with its disk.":
    "内核 {version} 无法扩展使用中的分区，因此根分区不会随磁盘扩展。",
  "Give the instance a system disk of the image's size, or grow the partition before capture.":
    "为实例选择与镜像大小相同的系统盘，或在捕获前扩展分区。",
  "Partition {number} lies behind the root, so the root cannot grow with its disk.":
    "分区 {number} 位于根分区之后，因此根分区无法随磁盘扩展。",
  "Move what lies behind the root elsewhere, for example swap to a file, if the disk is to become larger.":
    "如需更大的磁盘，请将根分区之后的内容移走，例如将交换分区改为交换文件。",
  "{name} is older than anything on ECS's list, which begins at version {first}.":
    "{name} 早于 ECS 列表中的任何版本，该列表从版本 {first} 开始。",
  "Upgrade the guest, or import it and test that it boots before relying on it.":
    "升级客户机系统，或导入后先测试能否启动，再投入使用。",
  "{name} is a client; ECS's list takes servers only, from Windows Server 2003 SP1 on.":
    "{name} 是客户端版本；ECS 的列表只包含 Windows Server 2003 SP1 及之后的服务器版本。",
  'Move the services to a Windows Server, or import it as `platform: "Other Windows"` with a licence of your own and test that it boots.':
    '将服务迁移到 Windows Server，或以 `platform: "Other Windows"` 并自带许可证导入，然后测试能否启动。',
  "{name} is older than anything on ECS's list, which begins with Windows Server 2003 SP1.":
    "{name} 早于 ECS 列表中的任何版本，该列表从 Windows Server 2003 SP1 开始。",
  "Install the last service pack before capture, or move the services to a newer Windows Server.":
    "捕获前安装最后一个 Service Pack，或将服务迁移到较新的 Windows Server。",
  "The name {name} is kept for a card of the old machine, so the card on ECS gets another.":
    "接口名 {name} 绑定在原机器的某块网卡上，因此 ECS 上的网卡会得到另一个名称。",
  "The name {name} is kept for the card {macAddress} of the old machine, so the card on ECS gets another.":
    "接口名 {name} 绑定在原机器的网卡 {macAddress} 上，因此 ECS 上的网卡会得到另一个名称。",
  "Remove line {line} of {source}.": "删除 {source} 的第 {line} 行。",
  'ECS has no platform named after {name}; it imports as "Others Linux", and ECS will not set its network, password or keys.':
    "ECS 没有以 {name} 命名的平台；将以“Others Linux”导入，ECS 不会设置其网络、密码或密钥。",
  "Install cloud-init in the guest before capture, or set network and access by hand after the first boot.":
    "捕获前在客户机系统中安装 cloud-init，或在首次启动后手工设置网络和登录方式。",
  "The guest uses software RAID ({what}), of which the image has one disk.":
    "客户机系统使用软件 RAID（{what}），而镜像中只有其中一块磁盘。",
  "Move the guest to plain partitions, or shrink a mirror to one member: `mdadm --grow /dev/md0 --raid-devices=1 --force`.":
    "将客户机系统迁移到普通分区，或将镜像阵列缩减为单个成员：`mdadm --grow /dev/md0 --raid-devices=1 --force`。",
  "Remote desktop is off, so the guest can be reached only by the console of ECS.":
    "远程桌面已关闭，因此只能通过 ECS 控制台访问客户机系统。",
  'On the host: `reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f`.':
    '在主机上执行：`reg add "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server" /v fDenyTSConnections /t REG_DWORD /d 0 /f`。',
  "Remote desktop listens on port {port} instead of 3389.": "远程桌面监听端口 {port}，而不是 3389。",
  "Open that port in the security group of the instance, or set PortNumber below WinStations\\RDP-Tcp to 3389.":
    "在实例的安全组中放行该端口，或将 WinStations\\RDP-Tcp 下的 PortNumber 设为 3389。",
  "The guest takes its hardware clock for local time; the clock of an ECS instance runs in UTC, and arm64 images must say so.":
    "客户机系统将硬件时钟视为本地时间；ECS 实例的时钟采用 UTC，arm64 镜像必须如此声明。",
  "The guest takes its hardware clock for local time; the clock of an ECS instance runs in UTC.":
    "客户机系统将硬件时钟视为本地时间；ECS 实例的时钟采用 UTC。",
  "Run `timedatectl set-local-rtc 0` on the host, or make the last line of /etc/adjtime UTC.":
    "在主机上执行 `timedatectl set-local-rtc 0`，或将 /etc/adjtime 的最后一行改为 UTC。",
  "The agent of Security Center is installed but does not start at boot, so the instance goes unwatched.":
    "已安装云安全中心的 Agent，但未设置开机启动，因此实例得不到防护。",
  "Run `systemctl enable aegis.service` on the host, or uninstall the agent.":
    "在主机上执行 `systemctl enable aegis.service`，或卸载该 Agent。",
  "SELinux is {configured}; on ECS it can keep the guest from booting or from being reached.":
    "SELinux 处于 {configured} 状态；在 ECS 上可能使客户机系统无法启动或无法访问。",
  "Set SELINUX=disabled in /etc/selinux/config.": "在 /etc/selinux/config 中设置 SELINUX=disabled。",
  "No SSH server was found, so the guest can be reached only by the console of ECS.":
    "没有找到 SSH 服务，因此只能通过 ECS 控制台访问客户机系统。",
  "Install openssh-server on the host before capture.": "捕获前在主机上安装 openssh-server。",
  "The SSH server listens on {ports} instead of 22.": "SSH 服务监听 {ports}，而不是 22。",
  "Open that port in the security group of the instance.": "在实例的安全组中放行该端口。",
  "The SSH server refuses root; another account must be able to log in.":
    "SSH 服务拒绝 root 登录；必须有其他账号可以登录。",
  "Make sure that an account with a key or password exists in the guest.":
    "确保客户机系统中有设置了密钥或密码的账号。",
  "The host has {count} disks; the whitepaper's way migrates the system disk only.":
    "主机有 {count} 块磁盘；白皮书的方式只迁移系统盘。",
  "Move the data of the other disks by file synchronisation: `rsync -aHAX /data/ root@INSTANCE:/data/`.":
    "通过文件同步迁移其他磁盘的数据：`rsync -aHAX /data/ root@INSTANCE:/data/`。",
  "No operating system could be seen on {hidden}.": "在 {hidden} 上看不到操作系统。",
  'If you know that the disk boots, accept this by id with a reason: `assess({ accept: { "GUESTOS.SystemImage": "…" } })`.':
    '如果您确定该磁盘可以启动，请按规则 ID 加理由接受：`assess({ accept: { "GUESTOS.SystemImage": "…" } })`。',
  "The disk holds no operating system, so nothing can be started from its image.":
    "磁盘上没有操作系统，因此无法从其镜像启动任何系统。",
  "Give the system disk of the host; `sampan inspect` lists what is on this one.":
    "请提供主机的系统盘；`sampan inspect` 可列出此磁盘的内容。",
  "User Account Control is on; the whitepaper has it closed.":
    "用户账户控制（UAC）已开启；白皮书要求将其关闭。",
  "On the host: `reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v EnableLUA /t REG_DWORD /d 0 /f`.":
    "在主机上执行：`reg add HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System /v EnableLUA /t REG_DWORD /d 0 /f`。",
  "Kernel {version} has no {driver} driver, so it would not find its disk on ECS.":
    "内核 {version} 没有 {driver} 驱动，因此在 ECS 上找不到其磁盘。",
  "Install a kernel with virtio drivers.": "安装带有 virtio 驱动的内核。",
  "Kernel {version} has {driver} as a module, but not in its initramfs, so it may not find its disk on ECS.":
    "内核 {version} 以模块形式提供 {driver}，但其 initramfs 中没有，因此在 ECS 上可能找不到其磁盘。",
  "Rebuild the initramfs on the host: `dracut -f --add-drivers {driver}`, or add {driver} to /etc/initramfs-tools/modules and run `update-initramfs -u`.":
    "在主机上重新生成 initramfs：`dracut -f --add-drivers {driver}`，或将 {driver} 加入 /etc/initramfs-tools/modules 后执行 `update-initramfs -u`。",
  "Kernel {version} has no virtio_net driver, so the guest would have no network on ECS.":
    "内核 {version} 没有 virtio_net 驱动，因此客户机系统在 ECS 上没有网络。",
  "Windows has no virtio disk driver (viostor); without one it stops with 0x0000007B on ECS.":
    "Windows 没有 virtio 磁盘驱动（viostor）；缺少该驱动时会在 ECS 上以 0x0000007B 蓝屏停止。",
  "Install the virtio-win drivers on the host: `pnputil -i -a D:\\viostor\\2k12R2\\amd64\\viostor.inf`.":
    "在主机上安装 virtio-win 驱动：`pnputil -i -a D:\\viostor\\2k12R2\\amd64\\viostor.inf`。",
  "The virtio disk driver {name} {what}, so Windows may not find its disk on ECS.":
    "virtio 磁盘驱动 {name} {what}，因此 Windows 在 ECS 上可能找不到其磁盘。",
  "Install the virtio-win drivers again on the host.": "在主机上重新安装 virtio-win 驱动。",
  "On the host: `reg add {servicesKey}\\{name} /v Start /t REG_DWORD /d 0 /f`.":
    "在主机上执行：`reg add {servicesKey}\\{name} /v Start /t REG_DWORD /d 0 /f`。",
  "Windows has no working virtio network driver (netkvm), so the guest would have no network on ECS.":
    "Windows 没有可用的 virtio 网络驱动（netkvm），因此客户机系统在 ECS 上没有网络。",
  "Install the virtio-win drivers on the host: `pnputil -i -a D:\\NetKVM\\2k12R2\\amd64\\netkvm.inf`.":
    "在主机上安装 virtio-win 驱动：`pnputil -i -a D:\\NetKVM\\2k12R2\\amd64\\netkvm.inf`。",
  "The guest's programs are made for {architecture}; the whitepaper takes 64-bit Linux for x86 only.":
    "客户机系统的程序面向 {architecture} 架构；白皮书只接受 x86 架构的 64 位 Linux。",
  "Assess with the profile `current`: ECS takes i386 and aarch64 today.":
    "使用规则集 `current` 评估：如今 ECS 支持 i386 和 aarch64。",
  "The system disk of {sizeBytes} is larger than the whitepaper's 500 GB.":
    "系统盘大小为 {sizeBytes}，超过白皮书规定的 500 GB。",
  "Assess with the profile `current`: ECS takes up to 2,048 GiB today.":
    "使用规则集 `current` 评估：如今 ECS 最大支持 2,048 GiB。",
  "{volume} is formatted with something else than {good}, which is what the whitepaper takes.":
    "{volume} 的文件系统不是白皮书所接受的 {good}。",
  "Assess with the profile `current`: ECS takes XFS today.": "使用规则集 `current` 评估：如今 ECS 支持 XFS。",
  "{name} is not on the whitepaper's list of systems that can be migrated.":
    "{name} 不在白皮书列出的可迁移系统之中。",
  "Assess with the profile `current`: ECS takes more systems today.":
    "使用规则集 `current` 评估：如今 ECS 支持更多系统。",
  "No boot configuration (BCD) was found on the disk, so Windows cannot be started from it.":
    "磁盘上没有找到启动配置（BCD），因此无法从中启动 Windows。",
  "Capture the disk with its boot partition, or write one on the host: `bcdboot C:\\Windows`.":
    "连同启动分区一起捕获磁盘，或在主机上写入启动配置：`bcdboot C:\\Windows`。",
  "The boot manager of Windows was not found on the disk, so it will hardly boot.":
    "磁盘上没有找到 Windows 启动管理器，因此很可能无法启动。",
  "Capture the disk with its boot partition, or write it anew on the host: `bcdboot C:\\Windows`.":
    "连同启动分区一起捕获磁盘，或在主机上重新写入：`bcdboot C:\\Windows`。",
  "The filter {name} sits on every {kind}, and its driver is gone: Windows does not start without it.":
    "过滤驱动 {name} 作用于每个 {kind}，而其驱动文件已不存在：缺少它 Windows 无法启动。",
  "Take {name} out of UpperFilters and LowerFilters of {source}, and leave Windows's own names in them.":
    "从 {source} 的 UpperFilters 和 LowerFilters 中移除 {name}，并保留 Windows 自身的名称。",
  "The filter {name} sits on every {kind}; Windows does not start if it fails on ECS.":
    "过滤驱动 {name} 作用于每个 {kind}；如果它在 ECS 上失效，Windows 将无法启动。",
  "Uninstall what brought {name} if it is of the old machine's hardware or of another hypervisor.":
    "如果 {name} 属于原机器的硬件或其他虚拟化平台，请卸载引入它的软件。",
  "The update {one} is installed, which keeps instances from starting.":
    "已安装更新 {one}，该更新会使实例无法启动。",
  "On the host: `wusa /uninstall /kb:{one} /norestart`.":
    "在主机上执行：`wusa /uninstall /kb:{one} /norestart`。",
  "Windows Server 2008 R2 lacks {needed}, without which it refuses the drivers of ECS.":
    "Windows Server 2008 R2 缺少 {needed}，没有它就会拒绝 ECS 的驱动。",
  "Install {needed} on the host, or a rollup that brings it.": "在主机上安装 {needed}，或包含它的汇总更新。",
  "The registry of Windows could not be read, so nothing is known of the guest and it may not start.":
    "无法读取 Windows 注册表，因此对客户机系统一无所知，系统可能无法启动。",
  "Run `chkdsk C: /f` on the host, shut it down by `shutdown /s /f /t 0` and capture again.":
    "在主机上执行 `chkdsk C: /f`，以 `shutdown /s /f /t 0` 关机后重新捕获。",
  "Windows is told to install no drivers, so devices of ECS stay dead.":
    "Windows 被设置为不安装任何驱动，因此 ECS 的设备无法工作。",
  "On the host: `reg delete {key} /v DeviceInstallDisabled /f`.":
    "在主机上执行：`reg delete {key} /v DeviceInstallDisabled /f`。",
  "Sysprep did not come to its end, so Windows cannot finish its set-up at the next start.":
    "Sysprep 没有执行完成，因此 Windows 在下次启动时无法完成安装。",
  "Run `sysprep.exe /generalize /oobe /shutdown` on the host again, and let it shut the host down.":
    "在主机上重新执行 `sysprep.exe /generalize /oobe /shutdown`，并等待其自行关机。",
  "Windows has work left for its next start ({pending}), which may not end well on new hardware.":
    "Windows 有未完成的工作留待下次启动（{pending}），在新硬件上可能无法顺利完成。",
  "Restart the host, let it finish, shut it down and capture again.":
    "重启主机，等待其完成，关机后重新捕获。",
  "The Xen driver hides {devices}, so Windows may see no disk on ECS.":
    "Xen 驱动隐藏了 {devices}，因此 Windows 在 ECS 上可能看不到磁盘。",
  "On the host: `reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\XenPCI\\Parameters /v hide_devices /f`.":
    "在主机上执行：`reg delete HKLM\\SYSTEM\\CurrentControlSet\\Services\\XenPCI\\Parameters /v hide_devices /f`。",
};
