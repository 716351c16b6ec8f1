# Which of systemd's units run, and the links into what is written at run time.

units=$tree/usr/lib/systemd/system
etc=$tree/etc/systemd/system
rm -rf "$etc"
mkdir -p "$etc"
want() { mkdir -p "$etc/$1.wants" && ln -sf "/usr/lib/systemd/system/$2" "$etc/$1.wants/$3"; }
for unit in systemd-networkd.service systemd-resolved.service chrony.service branchline-network.service \
  branchline-firewall.service branchline.service branchline-health.service branchline-ssh.service \
  branchline-update.path branchline-restart.path branchline-reset.path branchline-stick-copy.path \
  branchline-address.path branchline-time.path branchline-time.service branchline-light.service; do
  want multi-user.target "$unit" "$unit"
done
want sysinit.target branchline-firewall.service branchline-firewall.service
want timers.target branchline-log.timer branchline-log.timer
want shutdown.target branchline-log.service branchline-log.service
want multi-user.target branchline-console@.service branchline-console@tty1.service
want multi-user.target branchline-console@.service "branchline-console@${console%%,*}.service"
ln -sf /usr/lib/systemd/system/systemd-networkd.socket "$etc/"
ln -sf /usr/lib/systemd/system/multi-user.target "$etc/default.target"
ln -sf /usr/lib/systemd/system/reboot.target "$etc/ctrl-alt-del.target"

# What needs hardware names, people at shells, tracing, a writable root, or a package manager.
for unit in systemd-firstboot systemd-hwdb-update ldconfig systemd-update-done systemd-journal-catalog-update \
  systemd-machine-id-commit systemd-logind systemd-user-sessions systemd-binfmt systemd-pstore systemd-sysusers \
  systemd-growfs-root systemd-remount-fs systemd-pcrphase systemd-pcrphase-sysinit systemd-pcrmachine systemd-tpm2-setup \
  systemd-tpm2-setup-early systemd-boot-random-seed systemd-battery-check systemd-fsck-root systemd-hibernate-clear \
  systemd-networkd-wait-online systemd-networkd-persistent-storage systemd-network-generator systemd-journal-flush \
  systemd-confext systemd-sysext systemd-udev-load-credentials console-getty getty-static debug-shell emergency rescue \
  e2scrub_all e2scrub_reap dpkg-db-backup hwclock procps quotaon-root systemd-quotacheck-root nftables rc-local \
  cryptdisks cryptdisks-early systemd-rfkill systemd-timesyncd chrony-wait systemd-vconsole-setup x11-common; do
  ln -sf /dev/null "$etc/$unit.service"
done
for unit in systemd-ask-password-console.path systemd-ask-password-wall.path proc-sys-fs-binfmt_misc.automount \
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
  dev-hugepages.mount dev-mqueue.mount tmp.mount getty.target e2scrub_all.timer dpkg-db-backup.timer \
  systemd-initctl.socket systemd-rfkill.socket systemd-sysext.socket systemd-creds.socket systemd-pcrextend.socket \
  systemd-journald-audit.socket systemd-hostnamed.socket syslog.socket fstrim.timer; do
  ln -sf /dev/null "$etc/$unit"
done

ln -sf /run/systemd/resolve/resolv.conf "$tree/etc/resolv.conf"
ln -sf ../proc/self/mounts "$tree/etc/mtab"
: >"$tree/etc/machine-id"
: >"$tree/etc/fstab"
# Nobody signs in but by key over SSH, where it is switched on.
sed -i 's,^root:[^:]*:,root:*:,' "$tree/etc/shadow"
mkdir -p "$tree"/{proc,sys,dev,run,tmp,var,efi,home,srv,root}
chmod 755 "$tree"/usr/lib/branchline/system/*
printf 'Branchline %s\n' "$version" >"$tree/etc/issue"
sed -i -E "/^(PRETTY_NAME|IMAGE_)/d" "$tree/usr/lib/os-release"
printf 'PRETTY_NAME="Branchline %s"\nIMAGE_ID=%s\nIMAGE_VERSION=%s\n' "$version" "$machine" "$version" >>"$tree/usr/lib/os-release"
# The time of the build is the earliest that a clock may show.
touch --date="@$SOURCE_DATE_EPOCH" "$tree/usr/lib/clock-epoch"
# Caches of names and libraries that would otherwise depend on the machine that built them.
rm -f "$tree/etc/ld.so.cache" "$tree"/var/cache/ldconfig/aux-cache
