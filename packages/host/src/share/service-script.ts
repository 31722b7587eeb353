/*
 * One service of a host, whatever starts services there: systemd, upstart, OpenRC or System V scripts.
 *
 * $1 is what to do: look, start, stop, reload, enable, disable. $2 … are names the service is known under; the first that is
 * installed is meant. `look` says `NAME KIND active|inactive enabled|disabled`, or nothing where none is installed.
 */
export const serviceScript = `
PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
export PATH
action=$1
shift
init=sysv
if [ -d /run/systemd/system ]; then init=systemd
elif [ -d /etc/runlevels ] && command -v rc-service >/dev/null 2>&1; then init=openrc
elif [ -d /etc/init ] && initctl version 2>/dev/null | grep upstart >/dev/null; then init=upstart
fi
script_of() {
  for folder in /etc/rc.d/init.d /etc/init.d; do
    if [ -f "$folder/$1" ]; then echo "$folder/$1"; return 0; fi
  done
  return 1
}
kind=
for name in "$@"; do
  case $init in
    systemd)
      if [ "$(systemctl show -p LoadState "$name.service" 2>/dev/null)" = LoadState=loaded ]; then kind=systemd; break; fi ;;
    openrc)
      if [ -f "/etc/init.d/$name" ]; then kind=openrc; break; fi ;;
    upstart)
      if [ -f "/etc/init/$name.conf" ]; then kind=upstart; break; fi
      if script_of "$name" >/dev/null; then kind=sysv; break; fi ;;
    sysv)
      if script_of "$name" >/dev/null; then kind=sysv; break; fi ;;
  esac
done
[ -n "$kind" ] || { [ "$action" = look ] && exit 0; exit 69; }
sysv() {
  # A daemon that keeps our pipes open would keep us waiting.
  "$(script_of "$name")" "$1" </dev/null >/dev/null 2>&1
}
starts_by_links() {
  for folder in /etc/rc.d/rc[2345].d /etc/rc[2345].d /etc/init.d/rc[2345].d; do
    for link in "$folder"/S[0-9][0-9]"$name"; do [ -e "$link" ] && return 0; done
  done
  return 1
}
case $action in
  look)
    active=inactive enabled=disabled
    case $kind in
      systemd)
        [ "$(systemctl show -p ActiveState "$name.service")" = ActiveState=active ] && active=active
        systemctl is-enabled "$name.service" >/dev/null 2>&1 && enabled=enabled ;;
      openrc)
        rc-service "$name" status >/dev/null 2>&1 && active=active
        [ -e "/etc/runlevels/default/$name" ] || [ -e "/etc/runlevels/boot/$name" ] && enabled=enabled ;;
      upstart)
        initctl status "$name" 2>/dev/null | grep start/running >/dev/null && active=active
        enabled=enabled
        grep '^[[:space:]]*manual' "/etc/init/$name.override" >/dev/null 2>&1 && enabled=disabled ;;
      sysv)
        sysv status && active=active
        starts_by_links && enabled=enabled ;;
    esac
    echo "$name $kind $active $enabled" ;;
  start|stop|reload)
    case $kind in
      systemd) systemctl "$action" "$name.service" ;;
      openrc) rc-service "$name" "$action" </dev/null >/dev/null ;;
      upstart) initctl "$action" "$name" >/dev/null ;;
      sysv) sysv "$action" ;;
    esac ;;
  enable|disable)
    case $kind in
      systemd) systemctl "$action" "$name.service" ;;
      openrc) if [ $action = enable ]; then rc-update add "$name" default; else rc-update del "$name" default; fi ;;
      upstart)
        if [ $action = disable ]; then echo manual >>"/etc/init/$name.override"
        elif [ -f "/etc/init/$name.override" ]; then
          sed '/^[[:space:]]*manual/d' "/etc/init/$name.override" >"/etc/init/$name.override.sampan" &&
            mv -f "/etc/init/$name.override.sampan" "/etc/init/$name.override"
        fi ;;
      sysv)
        if command -v chkconfig >/dev/null 2>&1; then
          if [ $action = enable ]; then chkconfig "$name" on; else chkconfig "$name" off; fi
        elif command -v update-rc.d >/dev/null 2>&1; then update-rc.d "$name" "$action"
        elif command -v insserv >/dev/null 2>&1; then
          if [ $action = enable ]; then insserv "$name"; else insserv -r "$name"; fi
        else echo "neither chkconfig, update-rc.d nor insserv is there" >&2; exit 1
        fi ;;
    esac >/dev/null ;;
esac
`;
