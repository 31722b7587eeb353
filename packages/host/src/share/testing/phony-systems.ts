/** What a distribution looks like to who prepares a share on it. */
export interface PhonySystem {
  readonly files: Readonly<Record<string, string>>;
  /** What packages bring. */
  readonly packaged: Readonly<Record<string, string>>;
  isEnabled(exists: (path: string) => boolean, service: string): boolean;
}

/** A program of a phony host: writes down how it was called. */
export function program(body: string): string {
  return `#!/bin/sh\necho "\${0##*/} $*" >>/state/log\n${body}\n`;
}

/** Prints as exportfs of nfs-utils 1.0 to 2.6 does: a path of 15 characters and more has its clients on the next line. */
const exportfs = program(`
case $1 in
  -ra) [ -e /state/exportfs-fails ] && { echo "exportfs: /etc/exports:1: syntax error" >&2; exit 1; }
    grep -v '^#' /etc/exports >/state/exported; exit 0 ;;
esac
[ -e /state/exported ] || exit 0
while read -r path client; do
  path=$(printf '%b' "$(echo "$path" | sed 's/\\\\0/\\\\00/g')")
  client=\${client%%(*}
  [ "$client" = "*" ] && client="<world>"
  if [ \${#path} -ge 15 ]; then printf '%s\\n\\t\\t%s\\n' "$path" "$client"; else printf '%-15s\\t%s\\n' "$path" "$client"; fi
done </state/exported`);

const mount = program(`
[ "$1 $2 $3" = "-t nfs -o" ] || [ "$1 $2 $3" = "-t cifs -o" ] || exit 32
if [ "$2" = cifs ]; then
  grep -qx 'password=sail away' "\${4##*credentials=}" || { echo "mount error(13): Permission denied" >&2; exit 32; }
fi
[ "$5" = "--" ] || exit 32
case $6 in *refused*) echo "mount.nfs: access denied by server while mounting $6" >&2; exit 32 ;; esac
echo "$(echo "$6" | sed 's/ /\\\\040/g') $(echo "$7" | sed 's/ /\\\\040/g') $2 rw 0 0" >>/proc/mounts`);
const umount = program(`
[ "$1" = "--" ] || exit 32
grep -v " $(echo "$2" | sed 's/ /\\\\\\\\040/g') " /proc/mounts >/state/mounts
cat /state/mounts >/proc/mounts`);

const accounts = {
  "/usr/sbin/useradd": program(
    'for user; do :; done; echo "$user:x:990:990::/nonexistent:/sbin/nologin" >>/etc/passwd',
  ),
  "/usr/sbin/userdel": program('sed -i "/^$1:/d" /etc/passwd'),
};
// BusyBox's chown knows no accounts of a phony host.
const chown = { "/usr/sbin/chown": program("exit 0") };

const samba = {
  "/usr/sbin/smbd": program(""),
  "/usr/bin/smbpasswd": program(`
case "$1 $2" in
  "-s -a") read -r one; read -r two; [ "$one" = "$two" ] || exit 1; echo "$one" >"/state/smb-$3" ;;
  "-x "*) rm -f "/state/smb-$2" ;;
esac`),
  "/usr/bin/pdbedit": program('[ -e "/state/smb-$3" ]'),
  "/usr/bin/testparm": program(`
echo "Load smb config files from $2" >&2
grep -q nonsense "$2" && { echo 'Unknown parameter encountered: "nonsense"' >&2; exit 1; }
echo "Loaded services file OK." >&2
grep -v '^#' "$2"`),
  "/usr/bin/smbcontrol": program(""),
  "/etc/samba/smb.conf": "[global]\n\tworkgroup = WORKGROUP\n\n[homes]\n\tread only = yes\n",
};
const nfs = {
  "/usr/sbin/exportfs": exportfs,
  "/usr/sbin/rpc.nfsd": program(""),
  "/sbin/mount.nfs": program(""),
  "/sbin/mount.cifs": program(""),
};

/** Copies what packages bring to where it belongs. */
const install = program(
  '[ -e /state/no-network ] && { echo "cannot reach the mirror" >&2; exit 1; }; cp -a /packages/. / 2>/dev/null; exit 0',
);

const initScript = (name: string) =>
  program(`case $1 in
  start) [ -e /state/broken-${name} ] && exit 1; : >/state/active/${name} ;;
  stop) rm -f /state/active/${name} ;;
  status) [ -e /state/active/${name} ] || exit 3 ;;
  *) exit 2 ;;
esac`);
const initScripts = (folder: string, ...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`${folder}/${name}`, initScript(name)]));

const chkconfig = program(`
case $2 in
  on) for level in 2 3 4 5; do mkdir -p /etc/rc.d/rc$level.d; ln -sf ../init.d/$1 /etc/rc.d/rc$level.d/S60$1; done ;;
  off) rm -f /etc/rc.d/rc[2345].d/S60$1 ;;
esac`);
const redHatEnabled: PhonySystem["isEnabled"] = (exists, service) => exists(`/etc/rc.d/rc3.d/S60${service}`);

/** CentOS 5: System V scripts, portmap, chkconfig, yum. */
export const centos5: PhonySystem = {
  files: {
    "/sbin/chkconfig": chkconfig,
    "/usr/bin/yum": install,
    "/bin/mount": mount,
    "/bin/umount": umount,
    ...accounts,
    ...chown,
  },
  packaged: {
    ...initScripts("/etc/rc.d/init.d", "nfs", "portmap", "smb"),
    "/sbin/portmap": program(""),
    ...nfs,
    ...samba,
  },
  isEnabled: redHatEnabled,
};

/** CentOS 6, which the whitepaper shows: System V scripts under upstart, rpcbind. */
const centos6: PhonySystem = {
  ...centos5,
  files: {
    ...centos5.files,
    "/sbin/initctl": program('[ "$1" = version ] && echo "init (upstart 0.6.5)"'),
    "/etc/init/rc.conf": "start on runlevel [0123456]\n",
  },
  packaged: {
    ...initScripts("/etc/rc.d/init.d", "nfs", "rpcbind", "smb", "nmb"),
    "/sbin/rpcbind": program(""),
    ...nfs,
    ...samba,
  },
};

/** Ubuntu 14.04: upstart's jobs beside System V scripts, update-rc.d. */
const ubuntu14: PhonySystem = {
  files: {
    "/sbin/initctl": program(`
case $1 in
  version) echo "init (upstart 1.12.1)" ;;
  status) if [ -e /state/active/$2 ]; then echo "$2 start/running, process 812"; else echo "$2 stop/waiting"; fi ;;
  start) : >/state/active/$2 ;;
  stop) rm -f /state/active/$2 ;;
esac`),
    "/usr/sbin/update-rc.d": program(`
case $2 in
  enable) for level in 2 3 4 5; do mkdir -p /etc/rc$level.d; ln -sf ../init.d/$1 /etc/rc$level.d/S20$1; done ;;
  disable) rm -f /etc/rc[2345].d/S20$1 ;;
esac`),
    "/usr/bin/apt-get": install,
    "/bin/mount": mount,
    "/bin/umount": umount,
    "/etc/init/rc.conf": "start on runlevel [0123456]\n",
    ...accounts,
    ...chown,
  },
  packaged: {
    ...initScripts("/etc/init.d", "nfs-kernel-server"),
    "/etc/init/rpcbind.conf": "start on starting mountall\n",
    "/etc/init/rpcbind.override": "manual\n",
    "/etc/init/smbd.conf": "start on (local-filesystems and net-device-up)\n",
    "/etc/init/nmbd.conf": "start on (local-filesystems and net-device-up)\n",
    "/sbin/rpcbind": program(""),
    ...nfs,
    ...samba,
  },
  isEnabled: (exists, service) => exists(`/etc/rc3.d/S20${service}`) || exists(`/etc/init/${service}.conf`),
};

const systemctl = program(`
[ "$1" = show ] && { unit=\${4%.service}; what=$3; } || unit=\${2%.service}
known() { [ -e /usr/lib/systemd/system/$unit.service ]; }
case $1 in
  show)
    case $what in
      LoadState) if known; then echo LoadState=loaded; else echo LoadState=not-found; fi ;;
      ActiveState) if [ -e /state/active/$unit ]; then echo ActiveState=active; else echo ActiveState=inactive; fi ;;
    esac ;;
  is-enabled) if [ -e /state/enabled/$unit ]; then echo enabled; else echo disabled; exit 1; fi ;;
  start) [ -e /state/broken-$unit ] && { echo "Job for $unit.service failed." >&2; exit 1; }; : >/state/active/$unit ;;
  stop) rm -f /state/active/$unit ;;
  enable) : >/state/enabled/$unit ;;
  disable) rm -f /state/enabled/$unit ;;
esac`);

/** CentOS 7 and later: systemd. */
const centos7: PhonySystem = {
  files: {
    "/usr/bin/systemctl": systemctl,
    "/run/systemd/system/.there": "",
    "/usr/bin/yum": install,
    "/bin/mount": mount,
    "/bin/umount": umount,
    ...accounts,
    ...chown,
  },
  packaged: {
    ...Object.fromEntries(
      ["rpcbind", "nfs-server", "smb", "nmb"].map((name) => [
        `/usr/lib/systemd/system/${name}.service`,
        "[Unit]\n",
      ]),
    ),
    "/sbin/rpcbind": program(""),
    ...nfs,
    ...samba,
  },
  isEnabled: (exists, service) => exists(`/state/enabled/${service}`),
};

export const phonySystems = { centos5, centos6, centos7, ubuntu14 } satisfies Record<string, PhonySystem>;
