# Takes out of the tree what a box that is never changed in place has no use for.

# What only installs packages, and what only people at a shell use.
rm -rf "$tree"/usr/{bin,sbin}/{dpkg*,apt*,deb-*,perl*,debconf*,dselect,update-alternatives,start-stop-daemon,cpan*}
rm -rf "$tree"/usr/lib/{apt,dpkg,initcpio,bfd-plugins,mime,locale,init,lsb,valgrind,pcrlock.d,modules-load.d/*}
rm -rf "$tree"/usr/lib/*-linux-gnu/{perl*,gconv,libapt-*,libdb-5.3.so,audit,e2fsprogs,libicu*}
rm -rf "$tree"/usr/share/{apt,debconf,dpkg,perl*,man,info,locale,lintian,bash-completion,zsh,fish,bug,common-licenses/*.gz}
rm -rf "$tree"/usr/share/{initramfs-tools,polkit-1,menu,pixmaps,applications,keyrings,gdb,zoneinfo/right,zoneinfo/posix,xml,mime,gettext}
rm -rf "$tree"/etc/{apt,dpkg,perl,debconf.conf,cron*,init.d,rc?.d,logrotate.d,alternatives/README,update-motd.d,initramfs-tools}
rm -rf "$tree"/usr/sbin/{tc,bridge,devlink,dcb,rdma,tipc,vdpa,e2scrub*,e4crypt,e4defrag,debugfs,e2image,mkfs.{bfs,cramfs,minix},fsck.{cramfs,minix},rmt*,ldconfig,iconvconfig,add-shell,remove-shell,pam*,unix_update}
# systemd's parts for machines of other kinds. The database of hardware names is 22 MB.
rm -rf "$tree"/usr/lib/udev/{hwdb.d,hwdb.bin} "$tree"/etc/udev/hwdb.*
rm -rf "$tree"/usr/lib/systemd/{boot,catalog,user,user-preset,user-generators,user-environment-generators,repart,portable}
rm -rf "$tree"/usr/bin/{systemd-cgtop,systemd-nspawn,localectl,bootctl,userdbctl,homectl,portablectl,kernel-install,systemd-hwdb}
rm -rf "$tree"/usr/lib/systemd/systemd-{bless-boot,pcrlock,pcrextend,storagetm,tpm2-setup,export,import*,pull,vmspawn,hibernate-resume,backlight,rfkill,bsod}
rm -rf "$tree"/usr/lib/systemd/system-generators/systemd-{bless-boot,gpt-auto,hibernate-resume,tpm2,system-update,veritysetup,cryptsetup,integritysetup,import,rc-local,factory-reset}-generator
rm -rf "$tree"/usr/lib/systemd/system-generators/systemd-{getty,rc-local,run,sysv,debug}-generator "$tree"/usr/lib/systemd/system-generators/systemd-tpm2-generator

# Python, C++ and others leave precompiled files only where they are used: nothing does here.
find "$tree/usr/share/doc" -type f ! -name copyright -delete
find "$tree/usr/share/doc" -type l -delete
find "$tree" -name '*.dpkg-*' -delete
# /var is on the data partition; what has to be there is made at boot.
rm -rf "$tree/var" "$tree/boot" "$tree/home" "$tree/srv" "$tree/opt" "$tree/media" "$tree/mnt"
rm -rf "$tree"/{tmp,run,proc,sys,dev}/* "$tree"/etc/{machine-id,hostname,resolv.conf,passwd-,group-,shadow-,gshadow-,subuid-,subgid-,.pwd.lock}
mkdir -p "$tree/mnt"
