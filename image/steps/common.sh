# What every step of image/build shares. Sourced; the steps are sourced in order and see each other's variables.

here=$PWD/image
mkdir -p "$work"
work=$(realpath "$work")
: "${out:=dist/image/$arch}"
mkdir -p "$out"
out=$(realpath "$out")
: "${keys:=$work/keys}"
: "${version:=$(node -p 'require("./package.json").version')}"
if [[ ! $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "image/build: --version is three numbers, e.g. 1.2.3, not $version" >&2
  exit 2
fi

# Every file of the image is as old as the commit, so that two builds of it give the same bytes.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export LC_ALL=C TZ=UTC
umask 022

suite=trixie
case $arch in
  amd64) kernel_package=linux-image-amd64 kind=branchline-x86-64 console=ttyS0,115200 ;;
  arm64) kernel_package=linux-image-arm64 kind=branchline-arm64 console=ttyAMA0,115200 ;;
esac
: "${machine:=$kind}"

step() {
  local begin=$SECONDS
  printf -- '-- %s\n' "$1"
  source "image/steps/$1.sh"
  printf '   %s s\n' $((SECONDS - begin))
}

# The package sources of $suite: the mirror that this machine uses itself.
apt_sources() {
  local mirror security
  mirror=$(apt_mirror '/debian/?$' http://deb.debian.org/debian)
  security=$(apt_mirror '/debian-security/?$' "${mirror%/}-security")
  cat <<TEXT
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main${1:+ $1}
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite-updates main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $security $suite-security main
TEXT
}

apt_mirror() {
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
    grep -v '^#' | grep -oE 'https?://[^ ]+' | grep -E -m1 "$1" || echo "$2"
}

debian_tree() {
  apt_sources "${components:-}" | mmdebstrap --mode=root --quiet --format=directory ${BRANCHLINE_SKIP:+--skip=$BRANCHLINE_SKIP} "$@" -
}

# Runs a command with the tools' tree as root. The work and output folders are where they are outside.
in_tools() {
  unshare --mount --propagation private bash -c '
    tree=$1 work=$2 out=$3; shift 3
    for folder in "$work" "$out"; do mkdir -p "$tree$folder"; mount --bind "$folder" "$tree$folder"; done
    mount -t proc proc "$tree/proc"
    mount --rbind /dev "$tree/dev"
    exec chroot "$tree" "$@"
  ' bash "$work/tools" "$work" "$out" "$@"
}

# Sets the times of everything below a folder to those of the commit.
settle_times() {
  find "$1" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch --no-dereference "--date=@$SOURCE_DATE_EPOCH"
}

# A UUID that depends on nothing but the given words.
uuid_of() {
  printf '%s' "branchline $*" | sha256sum |
    sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\1-\2-8\3-8\4-\5/'
}

megabytes() {
  stat -c %s "$1" | awk '{ printf "%.1f MB", $1 / 1e6 }'
}
