#!/bin/sh
# SPDX-License-Identifier: ISC
# debian-init.sh LOWER NAME: for debian.sh, which runs it as the first process of new
# namespaces: makes the root, cleans it, and becomes its systemd.  Of what this machine's
# own users did nothing is seen: no folder for temporary files, no service, no
# configuration of ours.
[ $$ -eq 1 ] || exit 75
set -e
lower=$1 name=$2
mount --make-rprivate /
mount -t tmpfs -o mode=755,size=8g tmpfs /mnt
mkdir /mnt/u /mnt/w /mnt/root
mount -t overlay -o "lowerdir=$lower,upperdir=/mnt/u,workdir=/mnt/w" overlay /mnt/root
R=/mnt/root
mkdir -p $R/proc $R/sys $R/dev $R/run $R/tmp $R/old
mount -t proc proc $R/proc
mount -t sysfs -o ro sysfs $R/sys
mount -t cgroup2 cgroup2 $R/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs $R/dev
mkdir $R/dev/pts $R/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts $R/dev/pts
mount -t tmpfs -o mode=1777 tmpfs $R/dev/shm
ln -s pts/ptmx $R/dev/ptmx
ln -s /proc/self/fd $R/dev/fd
for d in null zero full random urandom tty; do
	: >$R/dev/$d
	mount --bind /dev/$d $R/dev/$d
done
mount -t tmpfs -o mode=755 tmpfs $R/run
mount -t tmpfs -o mode=1777 tmpfs $R/tmp
hostname "$name"
ip link set lo up
cd $R
pivot_root . old
umount -l /old
rmdir /old
rm -rf /etc/systemd/system /etc/rc?.d /etc/cron.d /etc/cron.*ly /etc/postfix/*.cf \
    /etc/aliases* /etc/multiscan /etc/logrotate.d/multiscan /etc/rsyslog.d/*multiscan* \
    /var/lib/multiscan /var/spool/multiscan /var/log /var/spool/postfix /var/lib/postfix \
    /var/lib/systemd /usr/sbin/policy-rc.d /usr/local/bin/multiscan* \
    /usr/local/lib/multiscan /usr/local/lib/systemd
mkdir -m 755 /etc/systemd/system /etc/cron.d /var/log /var/lib/postfix /var/spool/postfix
# With an id it is no first boot, which would enable all there is.
od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >/etc/machine-id
printf '127.0.0.1 localhost\n127.0.1.1 %s %s\n' "$name" "${name%%.*}" >/etc/hosts
: >/etc/resolv.conf
hostname >/etc/hostname
hostname >/etc/mailname
for user in multiscan avscand sigupdate virtally relaycheck heartbeat; do
	! grep -q "^$user:" /etc/passwd || userdel $user
done 2>/dev/null
for unit in systemd-timesyncd systemd-networkd systemd-resolved systemd-udevd getty@tty1 \
    console-getty systemd-logind apt-daily.timer apt-daily-upgrade.timer e2scrub_reap \
    systemd-firstboot systemd-ask-password-wall.path; do
	case $unit in
	*.*) ;;
	*) unit=$unit.service ;;
	esac
	ln -s /dev/null "/etc/systemd/system/$unit"
done
mkdir -p /etc/systemd/system/multi-user.target.wants /etc/systemd/system/sockets.target.wants
# Debian configures Postfix: its main.cf and master.cf as they are after `apt install'.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
printf "postfix postfix/%s\n" "main_mailer_type select Internet Site" "mailname string $name" \
    "destinations string \$myhostname, $name, localhost.${name#*.}, , localhost" |
    debconf-set-selections
chown postfix:postfix /var/lib/postfix
DEBIAN_FRONTEND=noninteractive dpkg-reconfigure postfix </dev/null >/var/log/reconfigure 2>&1
rm -f /usr/sbin/policy-rc.d /var/log/reconfigure
for unit in rsyslog cron postfix; do
	[ ! -e /lib/systemd/system/$unit.service ] || systemctl -q enable $unit.service
done 2>/dev/null
exec env -i container=multiscan \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --log-target=journal-or-kmsg --show-status=0 \
    --unit=multi-user.target </dev/null >/dev/null 2>&1
