# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034
# A Debian of our own, with a systemd of its own; read after lib.sh.  It is a layer in
# memory over this machine's root, or over the folder $DEBIAN_ROOT that debootstrap made;
# whatever is done in it, nothing of that is left on the machine.
#
#	debian_missing || debian_boot
#	inside COMMAND...	runs it there, as root; its status
#	from COMMAND...		so, with our files, in the net outside of it
#	$D/...			its files, from here
#	debian_stop
#
# As it is booted it has Debian's Postfix as it comes from the package (`Internet Site',
# chroot on), rsyslog and cron where they are installed, none of our files, and no other
# service.  Its net is its own and has no way out: it is GATEWAY there, and clients are
# INSIDE and OUTSIDE, in a net of their own.  All of this wants root.

GATEWAY=192.0.2.10 INSIDE=192.0.2.77 OUTSIDE=203.0.113.7
PATH=$PATH:/usr/sbin:/sbin
debian_pid='' D=''
CGROUP=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)

# debian_missing: prints why there can be none here; false if there can
debian_missing() {
	if [ "$(id -u)" -ne 0 ]; then
		echo 'only root has namespaces with a systemd'
	elif [ ! -x "${DEBIAN_ROOT-}/lib/systemd/systemd" ]; then
		echo 'systemd is not installed'
	elif [ ! -x "${DEBIAN_ROOT-}/usr/sbin/postfix" ]; then
		echo 'Postfix is not installed'
	elif [ -z "$CGROUP" ] || ! mkdir -p "$CGROUP/multiscan-test.$$" 2>/dev/null; then
		echo 'there is no cgroup2 that can be written'
	elif ! unshare -m -p -n -u -i -C --fork sh -c 'mount -t tmpfs tmpfs /mnt &&
	    mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay -o \
	    lowerdir='"${DEBIAN_ROOT:-/}"',upperdir=/mnt/u,workdir=/mnt/w overlay /mnt/m &&
	    ip link set lo up' >/dev/null 2>&1; then
		echo 'the kernel lets root have no namespaces, or no overlay'
	else
		return 1
	fi
	rmdir "$CGROUP/multiscan-test.$$" 2>/dev/null
	return 0
}

# inside COMMAND...: there, as root; what hangs fails
inside() { timeout -k 5 240 nsenter -t "$debian_pid" -a "$@"; }

# from COMMAND...: with our own files, in the net of the clients, as with
# `submit -s $GATEWAY -b $OUTSIDE 25 FROM TO'
from() { nsenter -t "$net_pid" -n "$@"; }

# What unshare started: the first process in there
debian_child() {
	debian_pid=$(cat "/proc/$debian_top/task/$debian_top/children" 2>/dev/null)
	debian_pid=${debian_pid% }
	[ -n "$debian_pid" ]
}
debian_up() {
	case $(inside systemctl is-system-running 2>/dev/null) in
	running | degraded) ;;
	*) return 1 ;;
	esac
}
# wait_until SECONDS COMMAND...
wait_until() {
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# debian_net: a pair of devices, one in there, one in a net of the clients
debian_net() {
	unshare -n sleep 3600 &
	net_pid=$!
	wait_until 5 test "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$net_pid/ns/net")"
	nsenter -t "$net_pid" -n sh -c '
	    ip link set lo up
	    ip link add clients type veth peer name eth0 netns '"$debian_pid"'
	    ip addr add '"$INSIDE"'/24 dev clients
	    ip addr add '"$OUTSIDE"'/24 dev clients
	    ip link set clients up' &&
	nsenter -t "$debian_pid" -n sh -c '
	    ip addr add '"$GATEWAY"'/24 dev eth0
	    ip addr add 203.0.113.1/24 dev eth0
	    ip link set eth0 up'
}

# debian_boot [HOSTNAME]: false, with what was said as comments, if it does not run
debian_boot() {
	cleanup=debian_stop
	debian_group=$CGROUP/multiscan-test.$$
	mkdir -p "$debian_group"
	sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh "$debian_group" \
	    unshare -m -p -n -u -i -C --fork --kill-child sh "$ROOT/tests/debian-init.sh" \
	    "${DEBIAN_ROOT:-/}" "${1:-gw1.company.com}" >"$T/boot.log" 2>&1 </dev/null &
	debian_top=$!
	if wait_until 10 debian_child && wait_until 60 debian_up && debian_net; then
		D=/proc/$debian_pid/root
		return 0
	fi
	sed 's/^/# /' "$T/boot.log"
	return 1
}

# Whatever happened, nothing of it is left: with its first process all others end.
debian_stop() {
	clients_end
	[ -z "$debian_pid" ] || kill -9 "$debian_pid" 2>/dev/null
	[ -z "${debian_top-}" ] || kill -9 "$debian_top" 2>/dev/null
	# shellcheck disable=SC2086
	wait ${net_pid-} ${debian_top-} 2>/dev/null
	tries=50
	until rmdir_all "$debian_group" || [ $tries -eq 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
}
# What still runs in the clients' net: what a test has started there `&' may be the child
# of a shell that it has killed.
clients_end() {
	[ -n "${net_pid-}" ] || return 0
	net=$(readlink "/proc/$net_pid/ns/net")
	for place in /proc/[0-9]*; do
		[ "$(readlink "$place/ns/net" 2>/dev/null)" != "$net" ] ||
			kill "${place#/proc/}" 2>/dev/null
	done
}
rmdir_all() { ! [ -d "$1" ] || find "$1" -depth -type d -exec rmdir {} + 2>/dev/null; }
