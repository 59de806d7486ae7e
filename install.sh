#!/bin/sh
# Installs Kubernetes long-term support releases from a signed repository, with apt, dnf, yum or zypper.
#
#   curl -fsSL https://packages.example.org/klts/install.sh | sh
#   curl -fsSL https://packages.example.org/klts/install.sh | sh -s -- --version 1.28.15-lts.2 --dry-run
#
# It finds the system, chooses the best mirror, adds the repository, installs kubeadm, kubelet and kubectl, and holds them
# where they are. It trusts the key below and nothing else: no mirror, and no place that a byte came from. Nothing of a node
# is changed without --prepare, and no cluster is made without --init or --join. `--help` lists all options, `--uninstall`
# takes everything back.
#
# All of it is one group, from the brace below to the one in the last line: a shell runs none of it before it has read that
# last line, so that a file that was cut off does nothing. Functions alone are not enough for that: of "make_folder() {" may
# have come "make".
# shellcheck disable=SC2317 # finish() is called when the shell ends, and what it calls
{
set -eu

# klts-repo: settings begin
settings() {
  id='klts'
  name='KLTS'
  vendors='KLTS,obs://build.opensuse.org/isv:kubernetes'
  base_url=''
  # name, kind, priority, address, address of rpm, address of apt; the origin is the last
  mirrors=''
  # name, the registry in whose place it is asked, address, priority
  registries=''
  # channel, its newest version
  channels=''
  fingerprints=''
  key=''
}
# klts-repo: settings end

# --- what is said ------------------------------------------------------------------------------------------------------

# Every message is given twice, in English and in Chinese, as formats of printf; what follows fills both.
text() {
  text_format=$1
  if [ "$lang" = zh ]; then text_format=$2; fi
  shift 2
  # shellcheck disable=SC2059 # the format is one of ours, and may begin with an option's name
  printf -- "$text_format\n" "$@"
}

say() {
  if [ "$quiet" = no ]; then text "$@"; fi
}

detail() {
  if [ "$verbose" = yes ]; then text "$@"; fi
}

warn() { text "$@" >&2; }

# die CODE ENGLISH CHINESE WORD...: the reason, and the end. finish() adds the last line.
die() {
  die_code=$1
  shift
  explained=yes
  warn "$@"
  exit "$die_code"
}

# problem CODE ENGLISH CHINESE WORD...: what must be put right first. stop_at_problems() says all of them at once; the first one
# gives the exit code.
problem() {
  problem_code=${problem_code:-$1}
  shift
  problems="$problems$(text 'problem: %s' '问题：%s' "$(text "$@")")
"
}

stop_at_problems() {
  if [ -z "$problem_code" ]; then return 0; fi
  printf '%s' "$problems" >&2
  explained=yes
  exit "$problem_code"
}

usage_error() {
  explained=yes
  warn "$@"
  warn 'see all options: --help' '查看全部选项：--help'
  exit 2
}

help() {
  if [ "$lang" = zh ]; then help_zh; else help_en; fi
  printf '\n'
  text 'Steps, for --only and --skip:' '步骤（用于 --only 和 --skip）：'
  printf '%s\n' "$steps" | while read -r step when; do
    printf '  %-42s %s\n' "$step" "$when"
  done
}

help_en() {
  cat <<'END'
Usage: install.sh [OPTION]...        through a pipe: curl -fsSL URL/install.sh | sh -s -- [OPTION]...
Adds the repository, and installs and holds kubeadm, kubelet and kubectl. Each option has a variable.

What to install
  --version VERSION      this release, such as 1.28.15-lts.2                        KLTS_VERSION
  --channel CHANNEL      the newest of 1.28; without both, of the newest channel    KLTS_CHANNEL
  --packages LIST        instead of kubeadm,kubelet,kubectl                         KLTS_PACKAGES
  --with-runtime         also containerd, runc, cri-tools and kubernetes-cni        KLTS_WITH_RUNTIME=yes
  --upgrade              move what is installed already to that version             KLTS_UPGRADE=yes
  --download-only        download the packages, install nothing                     KLTS_DOWNLOAD_ONLY=yes
  --repo-only            add the repository and its keys, no more                   KLTS_REPO_ONLY=yes

Where from
  --mirror NAME|URL      this mirror only; without it all healthy ones, best first  KLTS_MIRROR
  --offline DIR          a copy of the tree in a folder; no network                 KLTS_OFFLINE
  --base-url URL         another tree than the one of this script                   KLTS_BASE_URL
  --key FILE             the public key of that tree, armored                       KLTS_KEY

A node, only if asked
  --prepare              kernel modules, sysctl, swap, containerd's cgroup driver   KLTS_PREPARE=yes
  --init                 make a control plane: kubeadm init                         KLTS_INIT=yes
  --join HOST:PORT       join a cluster: kubeadm join                               KLTS_JOIN
  --token, --ca-hash     of that cluster; ps shows options, and not variables       KLTS_TOKEN, KLTS_CA_HASH
  --image-registry REPO  where container images come from                           KLTS_IMAGE_REGISTRY

How
  --only LIST, --skip LIST   these steps only, or all but these                     KLTS_ONLY, KLTS_SKIP
  --dry-run              print every command and file, change nothing               KLTS_DRY_RUN=yes
  --uninstall            remove what this script installed and wrote                KLTS_UNINSTALL=yes
  --yes                  answer every question with yes                             KLTS_YES=yes
  --quiet, --verbose     say less, or more                                          KLTS_QUIET=yes, KLTS_VERBOSE=yes
  --lang en|zh           the language; without it that of the locale                KLTS_LANG
  --print-os             say what system this is and what manages it                KLTS_PRINT_OS=yes
  --help                 this text

Exit codes: 0 done, 2 wrong usage, 3 system not supported, 4 not ready or not possible here, 5 no fresh mirror,
6 wrong signature or digest, 7 the package manager or kubeadm failed, 8 not root, and neither sudo nor doas.
END
}

help_zh() {
  cat <<'END'
用法：install.sh [选项]...        通过管道：curl -fsSL URL/install.sh | sh -s -- [选项]...
添加软件源，安装 kubeadm、kubelet 和 kubectl 并锁定版本。每个选项都有对应的环境变量。

安装什么
  --version VERSION      指定版本，例如 1.28.15-lts.2                  KLTS_VERSION
  --channel CHANNEL      通道（如 1.28）的最新版本；默认为最新通道     KLTS_CHANNEL
  --packages LIST        代替 kubeadm,kubelet,kubectl                  KLTS_PACKAGES
  --with-runtime         同时安装 containerd、runc、cri-tools、kubernetes-cni  KLTS_WITH_RUNTIME=yes
  --upgrade              把已安装的软件包换成该版本                    KLTS_UPGRADE=yes
  --download-only        只下载，不安装                                KLTS_DOWNLOAD_ONLY=yes
  --repo-only            只添加软件源及其公钥                          KLTS_REPO_ONLY=yes

从哪里
  --mirror NAME|URL      只用这个镜像；默认使用所有正常的镜像          KLTS_MIRROR
  --offline DIR          本地目录中的副本，不使用网络                  KLTS_OFFLINE
  --base-url URL         另一个软件源                                  KLTS_BASE_URL
  --key FILE             该软件源的公钥（文本格式）                    KLTS_KEY

节点（只在明确要求时）
  --prepare              内核模块、sysctl、交换分区、containerd 的 cgroup 驱动  KLTS_PREPARE=yes
  --init                 初始化控制平面：kubeadm init                  KLTS_INIT=yes
  --join HOST:PORT       加入集群：kubeadm join                        KLTS_JOIN
  --token, --ca-hash     该集群的令牌和 CA 摘要；ps 能看到选项，看不到变量
                                                                       KLTS_TOKEN、KLTS_CA_HASH
  --image-registry REPO  容器镜像仓库                                  KLTS_IMAGE_REGISTRY

方式
  --only LIST, --skip LIST   只执行或跳过这些步骤                      KLTS_ONLY、KLTS_SKIP
  --dry-run              只显示命令和文件，不做任何改动                KLTS_DRY_RUN=yes
  --uninstall            删除本脚本安装和写入的一切                    KLTS_UNINSTALL=yes
  --yes                  所有问题都回答“是”                            KLTS_YES=yes
  --quiet, --verbose     少说，或多说                                  KLTS_QUIET=yes、KLTS_VERBOSE=yes
  --lang en|zh           语言；默认由 locale 决定                      KLTS_LANG
  --print-os             显示系统及其包管理器                          KLTS_PRINT_OS=yes
  --help                 本说明

退出码：0 完成，2 用法错误，3 系统不支持，4 条件不满足，5 没有可用的新镜像，6 签名或摘要错误，
7 包管理器或 kubeadm 失败，8 不是 root，也没有 sudo 或 doas。
END
}

# --- options -----------------------------------------------------------------------------------------------------------

newline='
'

# The steps in their order, and when they are taken without --only.
steps='setup-source always
install-containerd --with-runtime
install-runc --with-runtime
install-crictl --with-runtime
install-cniplugins --with-runtime
install-kubernetes always
hold-packages always
install-keyring always
setup-crictl-config --prepare
setup-containerd-config --prepare
enable-iptables-discover-bridged-traffic --prepare
disable-swap --prepare
images-pull --only
control-plane-init --init
node-join --join
show-join-command --init'

# What the environment says; options come after it. KLTS_ROOT goes before every path of the system; package managers know
# nothing of it, so it is for tests.
defaults() {
  root=${KLTS_ROOT:-}
  version=${KLTS_VERSION:-}
  channel=${KLTS_CHANNEL:-}
  packages=${KLTS_PACKAGES:-kubeadm,kubelet,kubectl}
  mirror=${KLTS_MIRROR:-auto}
  offline=${KLTS_OFFLINE:-}
  key_file=${KLTS_KEY:-}
  join=${KLTS_JOIN:-}
  token=${KLTS_TOKEN:-}
  unset KLTS_TOKEN # no program that is started from here has a use for it
  ca_hash=${KLTS_CA_HASH:-}
  image_registry=${KLTS_IMAGE_REGISTRY:-}
  only=${KLTS_ONLY:-}
  skip=${KLTS_SKIP:-}
  other_url=${KLTS_BASE_URL:-}
  lang=${KLTS_LANG:-}
  bad_switch=
  for switch in with_runtime/WITH_RUNTIME upgrade/UPGRADE download_only/DOWNLOAD_ONLY repo_only/REPO_ONLY prepare/PREPARE \
    init/INIT dry_run/DRY_RUN uninstall/UNINSTALL yes/YES quiet/QUIET verbose/VERBOSE print_os/PRINT_OS; do
    variable=KLTS_${switch#*/}
    switch=${switch%/*}
    eval "$switch=\${$variable:-no}"
    eval "value=\$$switch"
    case $value in
      yes | no) ;;
      *) bad_switch="$variable=$value" ;;
    esac
  done
  state=$root/var/lib/$id/install.state
  work=
  changes=0
  finished=no
  explained=no
  unsettled=no
  listed=no
  follow=yes
  problems=
  problem_code=
  installed=
  spelled=
}

locale_language() {
  case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
    zh*) lang=zh ;;
    *) lang=en ;;
  esac
}

parse_options() {
  wants_help=no
  bad_option=
  missing_value=
  while [ $# -gt 0 ]; do
    option=$1
    shift
    case $option in
      --version | --channel | --packages | --mirror | --offline | --base-url | --key | --join | --token | --ca-hash | \
        --image-registry | --only | --skip | --lang)
        if [ $# -eq 0 ]; then
          missing_value=$option
          break
        fi
        set_value "$option" "$1"
        shift
        ;;
      --version=* | --channel=* | --packages=* | --mirror=* | --offline=* | --base-url=* | --key=* | --join=* | \
        --token=* | --ca-hash=* | --image-registry=* | --only=* | --skip=* | --lang=*)
        set_value "${option%%=*}" "${option#*=}"
        ;;
      --with-runtime) with_runtime=yes ;;
      --upgrade) upgrade=yes ;;
      --download-only) download_only=yes ;;
      --repo-only) repo_only=yes ;;
      --prepare) prepare=yes ;;
      --init) init=yes ;;
      --dry-run) dry_run=yes ;;
      --uninstall) uninstall=yes ;;
      --yes | -y) yes=yes ;;
      --quiet | -q) quiet=yes ;;
      --verbose | -v) verbose=yes ;;
      --print-os) print_os=yes ;;
      --help | -h) wants_help=yes ;;
      *)
        bad_option=$option
        break
        ;;
    esac
  done
}

set_value() {
  case $1 in
    --version) version=$2 ;;
    --channel) channel=$2 ;;
    --packages) packages=$2 ;;
    --mirror) mirror=$2 ;;
    --offline) offline=$2 ;;
    --base-url) other_url=$2 ;;
    --key) key_file=$2 ;;
    --join) join=$2 ;;
    --token) token=$2 ;;
    --ca-hash) ca_hash=$2 ;;
    --image-registry) image_registry=$2 ;;
    --only) only=$2 ;;
    --skip) skip=$2 ;;
    --lang) lang=$2 ;;
  esac
}

# From here on, messages have their language, and ranges of letters mean those of ASCII.
choose_language() {
  wanted_language=$lang
  case $lang in
    en | zh) ;;
    *) locale_language ;;
  esac
  LC_ALL=C
  export LC_ALL
  case $wanted_language in
    '' | en | zh) ;;
    *) usage_error '--lang is %s; expected en or zh' '--lang 是 %s，应为 en 或 zh' "$wanted_language" ;;
  esac
}

check_options() {
  if [ -n "$bad_option" ]; then usage_error 'unknown option: %s' '未知选项：%s' "$bad_option"; fi
  if [ -n "$missing_value" ]; then usage_error '%s wants a value' '%s 需要一个值' "$missing_value"; fi
  if [ -n "$bad_switch" ]; then
    usage_error 'the environment has %s; expected yes or no' '环境变量 %s 应为 yes 或 no' "$bad_switch"
  fi
  if [ "$wants_help" = yes ]; then
    help
    exit 0
  fi
  check_words
  if [ -n "$join" ] && [ "$init" = yes ]; then
    usage_error '--init and --join exclude each other' '--init 和 --join 不能同时使用'
  fi
  if [ -n "$join" ] && { [ -z "$token" ] || [ -z "$ca_hash" ]; }; then
    usage_error '--join wants --token and --ca-hash; on the control plane, print them: kubeadm token create --print-join-command' \
      '--join 需要 --token 和 --ca-hash；在控制平面上显示它们：kubeadm token create --print-join-command'
  fi
}

# What goes into files and commands has no characters that mean something there.
check_words() {
  version=${version#v}
  case $version in
    *[!0-9a-z.-]*) usage_error '--version is %s; expected a form such as 1.28.15-lts.2' \
      '--version 是 %s，应为 1.28.15-lts.2 这样的形式' "$version" ;;
    '' | [0-9]*.[0-9]*.[0-9]*-[a-z]*.[0-9]*) ;;
    *) usage_error '--version is %s; expected a form such as 1.28.15-lts.2' \
      '--version 是 %s，应为 1.28.15-lts.2 这样的形式' "$version" ;;
  esac
  channel=${channel#v}
  case $channel in
    *[!0-9.a-z]*) usage_error '--channel is %s; expected a form such as 1.28' '--channel 是 %s，应为 1.28 这样的形式' "$channel" ;;
  esac
  rejoin "$packages" ', ' ' '
  packages=$joined
  case $packages in
    '' | *[!a-z0-9\ .+-]*) usage_error '--packages is %s; expected names such as kubeadm,kubelet' \
      '--packages 是 %s，应为 kubeadm,kubelet 这样的名称' "$packages" ;;
  esac
  for word in "$mirror" "$other_url" "$offline" "$image_registry"; do
    case $word in
      *[\ \'\"\\\<\>*?]*) usage_error 'an address has a character that none may have: %s' '地址含有不允许的字符：%s' "$word" ;;
    esac
  done
  case $join in
    *[!]A-Za-z0-9.:[-]*) usage_error '--join is %s; expected a form such as 10.0.0.1:6443' '--join 是 %s，应为 10.0.0.1:6443 这样的形式' "$join" ;;
  esac
  case $token in
    *[!a-z0-9.]*) usage_error '--token has another form than abcdef.0123456789abcdef' '--token 的形式应为 abcdef.0123456789abcdef' ;;
  esac
  case ${ca_hash#sha256:} in
    *[!0-9a-f]*) usage_error '--ca-hash is %s; expected sha256: and digits' '--ca-hash 是 %s，应为 sha256: 加十六进制数字' "$ca_hash" ;;
  esac
  rejoin "$only" ', ' ' '
  only=$joined
  rejoin "$skip" ', ' ' '
  skip=$joined
  for step in $only $skip; do
    case $newline$steps in
      *"$newline$step "*) ;;
      *) usage_error 'there is no step %s' '没有步骤 %s' "$step" ;;
    esac
  done
}

# Sets joined to the parts of a text, with another character between them.
rejoin() { # TEXT SEPARATORS CHARACTER
  joint=$3
  set -f
  IFS=$2
  # shellcheck disable=SC2086 # several parts
  set -- $1
  IFS=$joint
  joined=$*
  unset IFS
  set +f
}

is_selected() { # STEP: is it to be taken?
  case " $skip " in
    *" $1 "*) return 1 ;;
  esac
  if [ -n "$only" ]; then
    case " $only " in
      *" $1 "*) return 0 ;;
    esac
    return 1
  fi
  step_condition=${steps#*"$1 "}
  case ${step_condition%%"$newline"*} in
    always) [ "$repo_only" = no ] || [ "$1" = setup-source ] || [ "$1" = install-keyring ] ;;
    --with-runtime) [ "$with_runtime" = yes ] && [ "$repo_only" = no ] ;;
    --prepare) [ "$prepare" = yes ] ;;
    --init) [ "$init" = yes ] ;;
    --join) [ -n "$join" ] ;;
    *) return 1 ;;
  esac
}

# --- what is there -----------------------------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }

# Sets os_id, os_version and os_name from os-release(5), which is read and never executed.
read_os_release() {
  os_id=
  os_version=
  os_name=
  for file in "$root/etc/os-release" "$root/usr/lib/os-release"; do
    if [ -r "$file" ]; then
      while IFS='=' read -r os_key os_value || [ -n "$os_key" ]; do
        case $os_value in
          \"*\" | \'*\')
            os_value=${os_value#?}
            os_value=${os_value%?}
            ;;
        esac
        case $os_key in
          ID) os_id=$os_value ;;
          VERSION_ID) os_version=$os_value ;;
          PRETTY_NAME) os_name=$os_value ;;
        esac
      done <"$file"
      break
    fi
  done
  case $os_id in
    *[A-Z]*) os_id=$(printf '%s' "$os_id" | tr '[:upper:]' '[:lower:]') ;;
  esac
  os_name=${os_name:-${os_id:-$(uname -s)} $os_version}
}

# Where a program is. Some shells, such as a busybox that stands alone, have an rpm and a dpkg of their own, which know nothing
# of this system: only a full path gets past them.
path_of() (
  IFS=:
  for directory in $PATH; do
    if [ -x "$directory/$1" ]; then
      printf '%s\n' "$directory/$1"
      exit 0
    fi
  done
  exit 1
)

rpm() { "$rpm_program" "$@"; }
dpkg() { "$dpkg_program" "$@"; }

# Sets what this system is. The manager is the one that owns the system, whatever else is installed: a Debian machine may
# well have dnf, and two systems with the same name may differ, as the server and desktop of Kylin and UOS do.
find_system() {
  read_os_release
  manager=
  rpm_program=$(path_of rpm || :)
  dpkg_program=$(path_of dpkg || :)
  if [ -s "$root/var/lib/dpkg/status" ] && has dpkg-query && dpkg-query -W dpkg >/dev/null 2>&1; then
    manager=apt
    apt_version=$(apt-get --version 2>/dev/null | sed -n '1s/^apt \([0-9]*\.[0-9]*\).*/\1/p')
  elif [ -n "$rpm_program" ] && rpm -q rpm >/dev/null 2>&1; then
    if [ -d "$root/etc/zypp" ] && has zypper; then
      manager=zypper
    elif has dnf; then
      manager=dnf
    elif has yum; then
      manager=yum
    fi
  fi
  refusal=$(system_refusal)
  if [ "$manager" = apt ]; then
    arch=$(dpkg --print-architecture 2>/dev/null || uname -m)
  else
    arch=$(rpm --eval '%{_arch}' 2>/dev/null || uname -m)
  fi
  case $arch in
    amd64 | arm64 | armhf | ppc64el | s390x | riscv64 | loong64 | x86_64 | aarch64 | arm | armv7hl | ppc64le | loongarch64) ;;
    *) refusal=${refusal:-architecture} ;;
  esac
  # Debian's name for the older, incompatible interface of the same processor.
  if [ "$manager/$arch" = apt/loongarch64 ]; then refusal=${refusal:-architecture}; fi
  name_files
}

# The package of the channel by which later keys and mirrors come with ordinary upgrades. The files that it has are named here,
# and this script writes them before the package is there.
name_files() {
  keyring_package=$id-release
  package_list=/usr/share/$keyring_package/mirrorlist
  key_path=/etc/pki/rpm-gpg/RPM-GPG-KEY-$id
  case $manager in
    apt)
      keyring_package=$id-archive-keyring
      package_list=/usr/share/$keyring_package/mirrors.list
      key_path=/usr/share/keyrings/$keyring_package.gpg
      definition=/etc/apt/sources.list.d/$id-archive.sources
      ;;
    zypper) definition=/etc/zypp/repos.d/$id.repo ;;
    *) definition=/etc/yum.repos.d/$id.repo ;;
  esac
}

# In a word, why the system is not supported; nothing if it is.
system_refusal() {
  if [ "$(uname -s)" != Linux ]; then
    printf 'linux\n'
  elif [ -e "$root/run/ostree-booted" ]; then
    printf 'ostree\n'
  elif [ "$manager" = zypper ] && is_transactional; then
    printf 'transactional\n'
  elif [ -z "$manager" ]; then
    printf 'manager\n'
  elif [ "$manager" = apt ] && ! apt_has 1 1; then
    printf 'apt\n'
  fi
}

# MicroOS and its relatives have a root that is changed by snapshots only. Inside of a new snapshot it can be written.
is_transactional() {
  case $os_id in
    *microos* | sle-micro* | sl-micro* | *leap-micro* | *aeon* | *kalpa*) ;;
    *) [ -x "$root/usr/sbin/transactional-update" ] || return 1 ;;
  esac
  awk '$2 == "/" { options = "," $4 "," } END { exit options !~ /,ro,/ }' "$root/proc/mounts"
}

apt_has() { # MAJOR MINOR: is this apt as new?
  case $apt_version in
    *.*) [ "${apt_version%.*}" -gt "$1" ] || { [ "${apt_version%.*}" -eq "$1" ] && [ "${apt_version#*.}" -ge "$2" ]; } ;;
    *) return 1 ;;
  esac
}

print_system() {
  printf 'id=%s\nversion=%s\nname=%s\nmanager=%s\narch=%s\n' "$os_id" "$os_version" "$os_name" "${manager:-none}" "$arch"
  printf 'supported=%s\n' "${refusal:-yes}"
}

require_system() {
  case $refusal in
    '') ;;
    ostree)
      die 3 '%s keeps its system in images. Layer the packages instead: put klts.repo into /etc/yum.repos.d, then rpm-ostree install kubeadm kubelet kubectl' \
        '%s 的系统由镜像管理。请改为分层安装：把 klts.repo 放入 /etc/yum.repos.d，再执行 rpm-ostree install kubeadm kubelet kubectl' "$os_name" ;;
    transactional)
      die 3 '%s changes its root in snapshots only. Run this script inside of one: transactional-update shell; then reboot' \
        '%s 只能在快照中修改根文件系统。请在快照中运行本脚本：transactional-update shell，然后重启' "$os_name" ;;
    apt)
      die 3 'the apt of %s is older than 1.1 and cannot tie a repository to its key; use a newer release of the system' \
        '%s 的 apt 早于 1.1，不能把软件源与其公钥绑定；请使用更新的系统' "$os_name" ;;
    architecture)
      die 3 'there are no packages for %s on %s' '没有 %s 架构的软件包（%s）' "$arch" "$os_name" ;;
    linux)
      die 3 'this is %s; expected Linux' '这是 %s；需要 Linux' "$(uname -s)" ;;
    *)
      die 3 'no supported package manager owns %s; expected apt (with dpkg), dnf, yum or zypper (with rpm)' \
        '%s 不由受支持的包管理器管理；需要 apt（dpkg），或 dnf、yum、zypper（rpm）' "$os_name" ;;
  esac
}

require_tools() {
  missing_tools=
  for tool in awk cut grep mktemp sed sort tr; do
    if ! has "$tool"; then missing_tools="$missing_tools $tool"; fi
  done
  if [ -n "$missing_tools" ]; then die 4 'programs are missing; install them first:%s' '缺少程序，请先安装：%s' "$missing_tools"; fi
  if [ -z "$offline" ] && ! has curl && ! has wget; then
    problem 4 'neither curl nor wget is here; install one of them first' '没有 curl 和 wget；请先安装其中之一'
  fi
}

# Sets how to become root; a dry run needs nobody.
require_root() {
  as_root=
  if [ "$dry_run" = yes ] || [ "$(id -u)" -eq 0 ]; then return 0; fi
  if has sudo; then
    as_root=sudo
  elif has doas; then
    as_root=doas
  else
    problem 8 'not root, and neither sudo nor doas is here; run it as root: curl -fsSL URL/install.sh | su -c sh' \
      '不是 root，也没有 sudo 或 doas；请以 root 身份运行：curl -fsSL URL/install.sh | su -c sh'
  fi
}

make_work_folder() {
  for place in "${TMPDIR:-/tmp}" /run /dev/shm; do
    if work=$(mktemp -d "$place/$id.XXXXXX" 2>/dev/null); then
      mkdir "$work/old" "$work/probe"
      content=$work/content
      : >"$work/state"
      if [ -r "$state" ]; then cat "$state" >"$work/state"; fi
      return 0
    fi
  done
  work=
  die 4 'no temporary folder can be made in %s; is the disk full or read-only? Set TMPDIR to another place' \
    '无法在 %s 中创建临时目录；磁盘是否已满或只读？请把 TMPDIR 设为其他位置' "${TMPDIR:-/tmp}"
}

confirm() { # ENGLISH CHINESE WORD...: asks on the terminal, for standard input may be this script
  if [ "$yes" = yes ] || [ "$dry_run" = yes ]; then return 0; fi
  if { : >/dev/tty; } 2>/dev/null; then
    text "$@" >/dev/tty
    printf '[y/N] ' >/dev/tty
    read -r answer </dev/tty || answer=
    case $answer in
      [yY]*) return 0 ;;
    esac
  else
    warn "$@"
  fi
  die 4 'not confirmed; add --yes if it is meant' '未确认；如果确实需要，请加 --yes'
}

# --- commands and files ------------------------------------------------------------------------------------------------

root_run() {
  if [ -n "$as_root" ]; then "$as_root" "$@"; else "$@"; fi
}

# Runs a command that changes the system, or says only which.
run() {
  shown=" $*"
  changes=$((changes + 1))
  if [ "$dry_run" = yes ]; then
    printf '+%s\n' "$shown"
    return 0
  fi
  detail '+%s' '+%s' "$shown"
  if [ "$quiet" = no ]; then
    root_run "$@"
  else
    root_run "$@" >"$work/output" 2>&1 || {
      run_code=$?
      cat "$work/output" >&2
      return "$run_code"
    }
  fi
}

try() { # COMMAND...: of the package manager
  installed=
  if ! run "$@"; then
    warn 'this failed, see above: %s' '此命令失败，原因见上：%s' "${shown# }"
    return 1
  fi
}

manage() { # COMMAND...: without which nothing goes on
  if ! try "$@"; then
    explained=yes
    exit 7
  fi
}

# Sets digest to the SHA-256 of a file.
find_digest() {
  if has sha256sum; then
    digest=$(sha256sum <"$1")
    digest=${digest%% *}
  else
    digest=$(openssl dgst -sha256 <"$1")
    digest=${digest##* }
  fi
}

has_digest() { # FILE SHA-256: is the file there, and has it that digest?
  [ -f "$1" ] && {
    find_digest "$1"
    [ "$digest" = "$2" ]
  }
}

# The state has a line for each thing that --uninstall takes back:
#   folder PATH, new PATH SHA-256, replaced PATH SHA-256, package NAME, hold NAME, key NAME, lists NAME, module NAME,
#   sysctl NAME VALUE; and for a key that rpm had before: known NAME
# It is written before the thing is done, so that a run that dies is known as well.
record() {
  if grep -qxF "$*" "$work/state"; then return 0; fi
  printf '%s\n' "$*" >>"$work/state"
  save_state
}

forget() { # KIND NAME
  awk -v kind="$1" -v name="$2" '!($1 == kind && $2 == name)' "$work/state" >"$work/state.new"
  mv "$work/state.new" "$work/state"
}

record_file() { # KIND PATH SHA-256: in the place of what was recorded of that path
  awk -v path="$2" '!($2 == path && ($1 == "new" || $1 == "replaced"))' "$work/state" >"$work/state.new"
  printf '%s\n' "$*" >>"$work/state.new"
  mv "$work/state.new" "$work/state"
  save_state
}

save_state() {
  if [ "$dry_run" = yes ]; then return 0; fi
  if ! { root_run mkdir -p "$root/var/lib/$id" && root_run cp "$work/state" "$state.new" && root_run mv -f "$state.new" "$state"; }; then
    die 4 'cannot write %s; is the disk full or read-only?' '无法写入 %s；磁盘是否已满或只读？' "$state"
  fi
}

recorded() { awk -v kind="$1" '$1 == kind { print $2 }' "$work/state"; } # KIND: the names in the state

is_ours() { recorded package | grep -qxF "$1"; } # PACKAGE

make_folder() { # PATH: with those above it, each of which goes with --uninstall if it is empty then
  if [ -d "$root$1" ]; then return 0; fi
  make_folder "${1%/*}"
  record folder "$1"
  root_run mkdir "$root$1" || die 4 'cannot make the folder %s' '无法创建目录 %s' "$root$1"
}

# put PATH: makes the file what $content holds, through a file beside it, and keeps what was there before.
put() {
  find_digest "$content"
  put_digest=$digest
  if has_digest "$root$1" "$put_digest"; then
    detail 'unchanged %s' '未改变 %s' "$1"
    return 0
  fi
  changes=$((changes + 1))
  if [ "$dry_run" = yes ]; then
    show_change "$1" "$content"
    return 0
  fi
  say 'writing %s' '写入 %s' "$1"
  keep_for_this_run "$1"
  put_kind=$(awk -v path="$1" '$2 == path && ($1 == "new" || $1 == "replaced") { print $1 }' "$work/state")
  if [ -f "$root$1" ] && [ -z "$put_kind" ]; then
    put_kind=replaced
    keep_original "$1"
  fi
  make_folder "${1%/*}"
  record_file "${put_kind:-new}" "$1" "$put_digest"
  install_file "$content" "$1"
}

# What a file was before this run, for take_back(): it may be written several times.
keep_for_this_run() { # PATH
  if grep -qsxF "$1" "$work/written"; then return 0; fi
  rejoin "$1" / _
  if [ -f "$root$1" ]; then cp "$root$1" "$work/old/$joined"; fi
  printf '%s\n' "$1" >>"$work/written"
}

# set_aside PATH: takes a file away, until --uninstall.
set_aside() {
  if [ ! -f "$root$1" ]; then return 0; fi
  if [ "$dry_run" = no ]; then
    keep_for_this_run "$1"
    keep_original "$1"
    record replaced "$1" -
  fi
  run rm -f "$root$1"
}

# install_file FILE PATH: with owner and mode of the file that it takes the place of.
install_file() {
  beside=$root$2.$id-new
  if [ -f "$root$2" ]; then set -- "$1" "$2" -p "$root$2"; else set -- "$1" "$2" "$1"; fi
  if ! { root_run cp "$3" ${4:+"$4"} "$beside" && root_run cp "$1" "$beside" && root_run mv -f "$beside" "$root$2"; }; then
    root_run rm -f "$beside" || :
    die 4 'cannot write %s; is the disk full or read-only?' '无法写入 %s；磁盘是否已满或只读？' "$root$2"
  fi
}

original() { printf '%s/var/lib/%s/originals%s\n' "$root" "$id" "$1"; }

keep_original() {
  keep_to=$(original "$1")
  if ! { root_run mkdir -p "${keep_to%/*}" && root_run cp -p "$root$1" "$keep_to"; }; then
    die 4 'cannot keep the present %s in %s' '无法把现有的 %s 备份到 %s' "$1" "$keep_to"
  fi
}

show_change() { # PATH FILE
  printf '= %s\n' "$1"
  if [ "${1%.gpg}" != "$1" ]; then
    find_digest "$2"
    printf '+(binary, SHA-256 %s)\n' "$digest"
  elif [ -f "$root$1" ] && has diff; then
    diff -u "$root$1" "$2" | sed 1,2d || :
  else
    sed 's/^/+/' "$2"
  fi
}

# Takes back what this run wrote, when the repository turned out not to work. What was there before is there again: all that
# the state has, if this was the first run.
take_back() {
  unsettled=no
  if [ ! -s "$work/state.before" ]; then
    undo_all
  elif [ -s "$work/written" ]; then
    while read -r path; do
      rejoin "$path" / _
      if [ -f "$work/old/$joined" ]; then install_file "$work/old/$joined" "$path"; else root_run rm -f "$root$path"; fi
    done <"$work/written"
    # What only this run recorded, folders among it.
    grep -vxFf "$work/state.before" "$work/state" >"$work/state.new" || :
    mv "$work/state.new" "$work/state"
    undo_folders
    mv "$work/state.before" "$work/state"
    save_state
  fi
}

# --- signatures --------------------------------------------------------------------------------------------------------

# The key as packets, which gpgv and apt want. Each block of an armored file has its own padding.
dearmor() {
  block=1
  while [ "$block" -le "$(grep -c '^-----BEGIN' "$1")" ]; do
    awk -v want="$block" '
      /^-----BEGIN/ { block++; body = 0; next }
      /^-----END/ || block != want { next }
      /^\r?$/ { body = 1; next }
      body && !/^=/ { print }' "$1" | base64_decode
    block=$((block + 1))
  done
}

base64_decode() {
  if has base64; then base64 -d; else openssl base64 -d; fi
}

write_key() {
  if [ -n "$key_file" ]; then
    if ! grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$key_file" 2>/dev/null; then
      die 2 '%s is no armored public key; expected -----BEGIN PGP PUBLIC KEY BLOCK-----' \
        '%s 不是文本格式的公钥；应以 -----BEGIN PGP PUBLIC KEY BLOCK----- 开头' "$key_file"
    fi
    cat "$key_file" >"$work/key.asc"
    fingerprints=$key_file
  else
    printf '%s\n' "$key" >"$work/key.asc"
  fi
  dearmor "$work/key.asc" >"$work/key.gpg"
}

# Is this a clear-signed text and nothing else? Whatever stood outside of the signed part would be believed without reason.
# Writes the text and the signature beside it.
split_signed() {
  awk -v text="$1.text" -v signature="$1.sig" '
    /\r/ { exit 1 }
    NR == 1 { if ($0 != "-----BEGIN PGP SIGNED MESSAGE-----") exit 1; part = "hash"; next }
    part == "hash" { if ($0 == "") part = "text"; else if ($0 !~ /^Hash: /) exit 1; next }
    part == "text" && $0 == "-----BEGIN PGP SIGNATURE-----" { part = "signature" }
    part == "text" { if (/^-/) exit 1; printf "%s%s", (lines++ ? "\n" : ""), $0 >text; next }
    part == "signature" { print >signature; if ($0 == "-----END PGP SIGNATURE-----") part = "end"; next }
    { exit 1 }
    END { if (part != "end") exit 1 }' "$1"
}

find_verifier() {
  verifier=none
  for program in gpg sqv gpgv; do
    if has "$program"; then verifier=$program; fi
  done
  if [ "$verifier" = none ]; then
    warn 'no gpgv, sqv or gpg is here, so mirrors are compared without their signatures; %s still verifies every index and package' \
      '没有 gpgv、sqv 或 gpg，因此比较镜像时不验证签名；%s 仍会验证每个索引和软件包' "$manager"
  fi
}

# Did one of the keys sign? During a change of keys there are two signatures, and a machine may know one of them only.
is_signed() {
  case $verifier in
    none) return 0 ;;
    sqv) sqv --keyring "$work/key.gpg" "$1.sig" "$1.text" >/dev/null 2>&1 ;;
    *)
      # A clock before the date of the key is found out later, and then called by its name.
      set -- "$1" --status-fd 1 --ignore-time-conflict --keyring "$work/key.gpg"
      if [ "$verifier" = gpg ]; then
        mkdir -p "$work/gpg"
        chmod 700 "$work/gpg"
        set -- "$@" --homedir "$work/gpg" --no-default-keyring --batch --verify
      fi
      signed_file=$1
      shift
      "$verifier" "$@" "$signed_file" >"$signed_file.status" 2>/dev/null || :
      grep -q '^\[GNUPG:\] GOODSIG ' "$signed_file.status" && ! grep -q '^\[GNUPG:\] BADSIG ' "$signed_file.status"
      ;;
  esac
}

# --- mirrors -----------------------------------------------------------------------------------------------------------

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# Seconds since 1970 of such a time, by arithmetic: date(1) reads times in no standard way.
epoch() {
  awk -v time="$1" 'BEGIN {
    split(time, t, /[-T:Z]/)
    y = t[1]; m = t[2] + 0
    if (m <= 2) { y--; m += 12 }
    days = 365 * y + int(y / 4) - int(y / 100) + int(y / 400) + int((153 * m - 457) / 5) + t[3] - 719469
    printf "%.0f\n", ((days * 24 + t[4]) * 60 + t[5]) * 60 + t[6]
  }'
}

# Sets hundredths, of a second, since the machine started.
find_time() {
  uptime=0.00
  if [ -r /proc/uptime ]; then read -r uptime _ </proc/uptime; fi
  hundredths=${uptime%.*}${uptime#*.}
}

# fetch URL FILE: a small file, in bounded time and size. The system stops whoever writes more than 128 to 256 KiB.
fetch() (
  case $1 in
    file://*)
      cp "${1#file://}" "$2"
      exit
      ;;
  esac
  ulimit -f 256
  if has curl; then
    protocols='=http,https'
    case $1 in
      https:*) protocols='=https' ;;
    esac
    curl -fsSL --proto "$protocols" --connect-timeout 5 --max-time 10 -o "$2" "$1"
  elif has timeout; then
    timeout 10 wget -q -T 5 -t 1 -O "$2" "$1"
  else
    wget -q -T 5 -t 1 -O "$2" "$1"
  fi
)

# probe NUMBER ADDRESS: writes serial, date, milliseconds, and a fault or - into NUMBER.result.
probe() {
  probe_file=$work/probe/$1
  find_time
  probe_start=$hundredths
  if ! fetch "$2/timestamp.asc" "$probe_file" 2>"$probe_file.error"; then
    printf '0 - 0 UNREACHABLE\n' >"$probe_file.result"
    return 0
  fi
  find_time
  probe_time=$(((hundredths - probe_start) * 10))
  read_timestamp "$probe_file"
  printf '%s %s %s %s\n' "$said_serial" "$said_date" "$probe_time" "$said_fault" >"$probe_file.result"
}

# Sets said_serial, said_date and said_fault of a timestamp. Nothing in it is looked at before its signature is proven.
read_timestamp() {
  said_serial=0
  said_date=-
  said_fault=STATUS
  if ! split_signed "$1"; then return 0; fi
  if ! is_signed "$1"; then
    said_fault=SIGNATURE
    return 0
  fi
  said=$(awk '
    NR == 1 && $0 != "klts-timestamp 1" { exit }
    $1 ~ /^(serial|date|valid-until)$/ && !($1 in said) { said[$1] = substr($0, length($1) + 2) }
    END { print said["serial"] "/" said["date"] "/" said["valid-until"] }' "$1.text")
  case $said in
    */*[!0-9TZ:/-]* | *[!0-9]*/*Z/* | /* | *//*) return 0 ;;
  esac
  said_serial=${said%%/*}
  said_end=${said##*/}
  said_date=${said#*/}
  said_date=${said_date%/*}
  said_fault=-
  if [ "$said_serial" -lt "$seen_serial" ]; then
    said_fault=OLDER
  elif [ -n "$said_end" ] && [ "$(epoch "$said_end")" -lt "$started" ]; then
    said_fault=ENDED
  elif [ "$(epoch "$said_date")" -gt $((started + 300)) ]; then
    said_fault=FUTURE
  fi
}

# The order in which mirrors are tried: those with the newest serial, then by priority, then the quicker one, then by name.
# A mirror with a fault is not tried at all. Reads: name, serials behind, priority, milliseconds, faults or -.
order_mirrors() {
  awk '$5 == "-" { print ($2 > 0), $3, $4, $1 }' | sort -k 1,1n -k 2,2n -k 3,3n -k 4,4 | awk '{ print $4 }'
}

# Those that come into question: one a line, as in the settings.
candidates() {
  case $mirror in
    auto) printf '%s\n' "$mirrors" ;;
    *://*) printf '%s copy 1 %s %s/rpm %s/apt\n' "${mirror%/}" "${mirror%/}" "${mirror%/}" "${mirror%/}" ;;
    *) printf '%s\n' "$mirrors" | awk -v name="$mirror" '$1 == name' ;;
  esac | awk 'NF == 6'
}

# Probes all of them side by side. Then table has, in the form that order_mirrors reads, how they are.
probe_mirrors() {
  candidates >"$work/candidates"
  if [ ! -s "$work/candidates" ]; then
    usage_error 'there is no mirror %s; there are: %s' '没有镜像 %s；可用的有：%s' "$mirror" \
      "$(printf '%s\n' "$mirrors" | awk '{ printf "%s ", $1 }')"
  fi
  started=$(epoch "$(now)")
  seen_serial=$(sed 1q "$root/var/lib/$id/serial" 2>/dev/null || :)
  seen_serial=${seen_serial:-0}
  number=0
  while read -r _ _ _ address _; do
    number=$((number + 1))
    case $base_url/$address in
      https:*/http:*) printf '0 - 0 HTTP\n' >"$work/probe/$number.result" ;;
      *) probe "$number" "$address" & ;;
    esac
  done <"$work/candidates"
  wait
  judge_probes
}

# A mirror that is behind is good enough for this long: as mirrors.conf has it without an interval.
allowed_lag() { printf '%s\n' $((72 * 3600)); }

judge_probes() {
  best_serial=0
  best_date=-
  number=0
  while read -r _; do
    number=$((number + 1))
    read -r its_serial its_date _ its_fault <"$work/probe/$number.result"
    if [ "$its_fault" = - ] && [ "$its_serial" -gt "$best_serial" ]; then
      best_serial=$its_serial
      best_date=$its_date
    fi
  done <"$work/candidates"
  number=0
  while read -r its_name _ its_priority _; do
    number=$((number + 1))
    read -r its_serial its_date its_time its_fault <"$work/probe/$number.result"
    behind=$((best_serial - its_serial))
    if [ "$its_fault" = - ] && [ "$behind" -gt 0 ] &&
      [ $(($(epoch "$best_date") - $(epoch "$its_date"))) -gt "$(allowed_lag)" ]; then
      its_fault=STALE
    fi
    printf '%s %s %s %s %s\n' "$its_name" "$behind" "$its_priority" "$its_time" "$its_fault"
    if [ "$its_fault" != - ]; then explain "$number" "$its_name" "$its_fault" "$its_date" >&2; fi
  done <"$work/candidates" >"$work/table"
}

explain() { # NUMBER NAME FAULT DATE
  case $3 in
    UNREACHABLE) text 'left out %s: no answer: %s' '不用 %s：没有应答：%s' "$2" "$(tail -n 1 "$work/probe/$1.error")" ;;
    STATUS) text 'left out %s: what it has in place of timestamp.asc is something else' '不用 %s：它的 timestamp.asc 是别的内容' "$2" ;;
    SIGNATURE) text 'left out %s: its timestamp.asc is not signed by the key of this script' '不用 %s：它的 timestamp.asc 不是由本脚本的公钥签名的' "$2" ;;
    OLDER) text 'left out %s: it has an older state than this machine has seen (serial %s)' '不用 %s：它比本机见过的状态更旧（序号 %s）' "$2" "$seen_serial" ;;
    ENDED) text 'left out %s: what it has is no longer valid, or the clock of this machine is wrong: %s' '不用 %s：它的内容已过期，或本机时钟不对：%s' "$2" "$(now)" ;;
    FUTURE) text 'left out %s: its date, %s, is in the future; the clock of this machine says %s' '不用 %s：它的日期 %s 在未来；本机时钟为 %s' "$2" "$4" "$(now)" ;;
    STALE) text 'left out %s: it is behind since before %s' '不用 %s：它的内容停留在 %s' "$2" "$4" ;;
    HTTP) text 'left out %s: its address is not https' '不用 %s：它的地址不是 https' "$2" ;;
  esac
}

# Writes the names of the mirrors that are good, the best first.
choose_mirrors() {
  if [ -z "$offline" ] && ! has curl && ! has wget; then return 0; fi
  write_key
  find_verifier
  if [ -n "$offline" ]; then
    offline_folder=$(CDPATH='' cd -- "$offline" 2>/dev/null && pwd -P) || {
      problem 4 'there is no folder %s' '没有目录 %s' "$offline"
      return 0
    }
    offline=$offline_folder
    mirrors="offline copy 1 file://$offline file://$offline/rpm file://$offline/apt"
    base_url=file://$offline
  fi
  probe_mirrors
  order_mirrors <"$work/table" >"$work/order"
  if [ ! -s "$work/order" ]; then
    if [ -z "$(awk '$5 != "FUTURE"' "$work/table")" ]; then
      problem 4 'the clock of this machine says %s, which is before the date of the repository; set it' \
        '本机时钟为 %s，早于软件源的日期；请校准时钟' "$(now)"
    elif [ -z "$(awk '$5 != "SIGNATURE"' "$work/table")" ]; then
      problem 6 'nothing was signed by the key of this script, or the key has ended for the clock of this machine: %s' \
        '没有任何内容是由本脚本的公钥签名的，或者按本机时钟公钥已过期：%s' "$(now)"
    else
      problem 5 'no mirror is fresh and reachable; try again later, or name one with --mirror' \
        '没有可用的新镜像；请稍后再试，或用 --mirror 指定'
    fi
    return 0
  fi
  keep_order
  # From version 1.6 on apt reads a file of mirrors.
  if [ "$manager" = apt ] && [ "$(wc -l <"$work/order")" -gt 1 ] && apt_has 1 6; then listed=yes; fi
  say 'mirrors: %s' '镜像：%s' "$(tr '\n' ' ' <"$work/order")"
  if [ "$manager" = apt ] && [ ! -e "$root/usr/lib/apt/methods/https" ]; then
    case $(cat "$work/candidates") in
      *https:*) problem 4 'this apt cannot read https yet: apt-get install apt-transport-https ca-certificates' \
        '此 apt 还不能读取 https：apt-get install apt-transport-https ca-certificates' ;;
    esac
  fi
}

# Latencies differ from run to run. As long as the same mirrors are as good as before, their order stays.
keep_order() {
  before=$root/var/lib/$id/mirrors
  if [ -r "$before" ] && [ -z "$(awk '$5 == "-" && $2 > 0' "$work/table")" ] &&
    [ "$(sort "$before")" = "$(sort "$work/order")" ]; then
    cat "$before" >"$work/order"
  fi
}

address_of() { awk -v name="$1" -v column="$2" '$1 == name { print $column }' "$work/candidates"; } # MIRROR COLUMN

# --- the repository ----------------------------------------------------------------------------------------------------

channel_versions() { printf '%s\n' "$channels" | awk -v channel="$1" '$1 == channel { print $2 }'; }

# Sets channel to that of what is installed, so that a further run stays in it.
find_installed_channel() {
  for package in kubelet kubeadm kubectl; do
    look_up "$package"
    find_minor_release "$present"
    if [ -n "$present" ] && [ -n "$(channel_versions "v$minor_release")" ]; then
      channel=$minor_release
      return 0
    fi
  done
}

# Sets minor_release, such as 1.28, of a version.
find_minor_release() {
  minor_release=${1#*.}
  minor_release=${1%%.*}.${minor_release%%.*}
}

# Sets channel, as v1.28 or all, and the version; that stays empty where this script does not know the newest one.
choose_version() {
  if [ -z "$channel" ] && [ -n "$version" ]; then
    find_minor_release "$version"
    channel=$minor_release
  elif [ -z "$channel" ]; then
    find_installed_channel
  fi
  if [ -z "$channel" ]; then
    channel=$(printf '%s\n' "$channels" | awk '$1 ~ /^v/ { last = $1 } END { print last }')
    channel=${channel#v}
  fi
  case $channel in
    '') usage_error 'this script does not know what channels the repository has; give --channel or --version' \
      '本脚本不知道软件源有哪些通道；请指定 --channel 或 --version' ;;
    all) suite=stable ;;
    *)
      channel=v$channel
      suite=$channel
      ;;
  esac
  if [ -n "$channels" ] && [ -z "$(channel_versions "$channel")" ]; then
    usage_error 'there is no channel %s; there are: %s' '没有通道 %s；可用的有：%s' "$channel" \
      "$(printf '%s\n' "$channels" | awk '{ printf "%s ", $1 }')"
  fi
  version=${version:-$(channel_versions "$channel")}
  spelled=$version
  if [ "$manager" != apt ]; then
    rejoin "$version" - .
    spelled=$joined
  fi
  repository=$id-$channel
  folder=rpm/$channel
  if [ "$channel" = all ]; then folder=rpm; fi
}

# The settings of a script that lies where it was written, or --base-url and --key in their place.
choose_tree() {
  if [ -n "$other_url" ]; then
    if [ -z "$key_file" ]; then usage_error '--base-url wants --key' '--base-url 需要 --key'; fi
    base_url=${other_url%/}
    mirrors="origin copy 100 $base_url $base_url/rpm $base_url/apt"
    channels=
  elif [ -z "$base_url" ] && { [ -z "$offline" ] || [ -z "$key_file" ]; }; then
    usage_error 'this script has no settings yet: take the one of a published repository, or give --base-url URL --key FILE' \
      '本脚本尚未设置：请使用已发布软件源中的脚本，或指定 --base-url URL --key FILE'
  fi
}

# Is the package there, and that of this channel? Its version says of which one it is.
has_keyring() {
  if [ "$channel" = all ]; then set -- 0.0; else set -- "${channel#v}"; fi
  look_up "$keyring_package"
  case $present in
    "$1".0[-.]keys.*) return 0 ;;
  esac
  return 1
}

# Does the package begin with the mirror that is the best one now? Then the definition names its list, and later mirrors are
# in it. zypper reads no lists: its definition is that of the package where all mirrors are good.
follows_list() {
  [ "$follow" = yes ] && [ "$mirror" = auto ] && [ -z "$offline" ] && [ "$manager" != zypper ] && [ -s "$work/order" ] &&
    has_keyring && [ -f "$root$package_list" ] &&
    [ "$(awk 'NR == 1 { print $1 }' "$root$package_list")" = "$(list_address "$(sed 1q "$work/order")")" ]
}

list_address() { # MIRROR: as the lists spell it
  if [ "$manager" = apt ]; then
    address_of "$1" 6
  else
    printf '%s%s/\n' "$(address_of "$1" 5)" "${folder#rpm}"
  fi
}

# Has the package brought these keys already? Then its file stays as it is.
has_keys() { # ARMORED-KEYS FILE
  look_up "$keyring_package"
  [ -n "$present" ] && [ -f "$root$2" ] && ! grep -qvxFf "$root$2" "$1"
}

# As dnf and yum read several addresses, one indented below the other; zypper wants the word before each.
addresses() {
  if follows_list; then
    printf 'mirrorlist=file://%s\n' "$package_list"
    return 0
  fi
  first=yes
  while read -r name_of_mirror; do
    address=$(list_address "$name_of_mirror")
    if [ "$first" = yes ] || [ "$manager" = zypper ]; then
      printf 'baseurl=%s\n' "$address"
    else
      printf '        %s\n' "$address"
    fi
    first=no
  done <"$work/order"
}

# dnf would go on without a repository whose signature is bad, and EL 8's modules would hide our runc. zypper takes unsigned
# packages from a signed repository unless it is told not to. By the priority no other repository gets the better of this one.
rpm_definition() {
  printf '[%s]\nname=%s %s\n' "$repository" "$name" "$channel"
  addresses
  printf 'enabled=1\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://%s\n' "$key_path"
  if [ "$manager" = zypper ]; then
    printf 'pkg_gpgcheck=1\nautorefresh=1\ntype=rpm-md\n'
  else
    printf 'skip_if_unavailable=0\nmodule_hotfixes=1\n'
  fi
  printf 'priority=50\n'
}

apt_list() {
  rank=0
  while read -r name_of_mirror; do
    rank=$((rank + 1))
    printf '%s\tpriority:%s\n' "$(address_of "$name_of_mirror" 6)" "$rank"
  done <"$work/order"
}

# Sets apt_address, of one mirror or of a list, and apt_name, which apt makes of it for the files that it stores.
find_apt_address() {
  if follows_list; then
    apt_address=mirror+file:$package_list
  elif [ "$listed" = yes ]; then
    apt_address=mirror+file:/etc/apt/mirrors/$id.list
  else
    apt_address=$(address_of "$(sed 1q "$work/order")" 6)
  fi
  case $apt_address in
    mirror+file:*) rejoin "${apt_address#mirror+file:}" / _ ;;
    *) rejoin "${apt_address#*://}" / _ ;;
  esac
  apt_name=$joined
}

apt_definition() {
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$apt_address" "$suite" "$key_path"
}

# Above the 500 of other repositories, so that none of them gets the better of this one; below 1000, so that nothing that is
# installed goes back by itself.
apt_preferences() {
  printf 'Package: *\nPin: release o=%s\nPin-Priority: 990\n' "$name"
}

# Lets zypper move between the packages of these vendors, patches included.
vendors_file() {
  printf '# For /etc/zypp/vendors.d/: lets zypper move between the packages of these vendors.\n[main]\nvendors = %s\n' "$vendors"
}

write_repository() {
  case $manager in
    apt)
      # Of the keys of this script the first one signs indexes now; the last ones may be retired, which the package's are not.
      sed '/^-----END/q' "$work/key.asc" >"$work/first.asc"
      if ! has_keys "$work/first.asc" "${key_path%gpg}asc"; then
        cp "$work/key.gpg" "$content"
        put "$key_path"
      fi
      find_apt_address
      if [ "$apt_address" = "mirror+file:/etc/apt/mirrors/$id.list" ]; then
        apt_list >"$content"
        put "/etc/apt/mirrors/$id.list"
      fi
      apt_preferences >"$content"
      put "/etc/apt/preferences.d/$id"
      apt_definition >"$content"
      put "$definition"
      # One that was made by hand, as the manual says: apt would read both.
      set_aside "/etc/apt/sources.list.d/$id.sources"
      if [ "$dry_run" = no ]; then record lists "$apt_name"; fi
      ;;
    *)
      if ! has_keys "$work/key.asc" "$key_path"; then
        cp "$work/key.asc" "$content"
        put "$key_path"
      fi
      if [ "$manager" = zypper ]; then
        vendors_file >"$content"
        put "/etc/zypp/vendors.d/$id.conf"
      fi
      rpm_definition >"$content"
      put "$definition"
      import_key
      ;;
  esac
}

# The names that rpm gives the keys of this script: it is asked with a list of keys that has nothing else in it.
rpm_keys() {
  rpm --dbpath "$work/rpm" --initdb >/dev/null 2>&1 || :
  rpm --dbpath "$work/rpm" --import "$work/key.asc" >/dev/null 2>&1 || :
  rpm --dbpath "$work/rpm" -qa 'gpg-pubkey*' 2>/dev/null || :
}

# rpm's own list of keys. dnf and yum put the key there by themselves, from the file that was written above; zypper would
# want to be told to believe whatever key the mirror has. A key that is there already is not ours to remove. An rpm that names
# no keys, as it may from 6 on, gets it whatever it has.
import_key() {
  rpm -qa 'gpg-pubkey*' >"$work/keys"
  own_keys=$(rpm_keys)
  missing_keys=no
  if [ -z "$own_keys" ]; then missing_keys=yes; fi
  for rpm_key in $own_keys; do
    if ! grep -qxF "$rpm_key" "$work/keys"; then
      missing_keys=yes
      if [ "$dry_run" = no ]; then record key "$rpm_key"; fi
    elif [ "$dry_run" = no ] && ! recorded key | grep -qxF "$rpm_key" && ! is_ours "$keyring_package"; then
      record known "$rpm_key"
    fi
  done
  if [ "$manager" = zypper ] && [ "$missing_keys" = yes ]; then
    manage rpm --import "$root$key_path"
  fi
}

# Only this repository: what is wrong with others is not ours to say.
refresh() {
  case $manager in
    apt)
      try apt-get -o "Dir::Etc::sourcelist=$definition" -o Dir::Etc::sourceparts=- \
        -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any -o "Acquire::Retries=$(retries)" update
      ;;
    dnf) try dnf -y --disablerepo='*' --enablerepo="$repository" --refresh makecache ;;
    yum)
      try yum -y --disablerepo='*' --enablerepo="$repository" clean expire-cache &&
        try yum -y --disablerepo='*' --enablerepo="$repository" makecache fast
      ;;
    zypper) try zypper --non-interactive refresh --force "$repository" ;;
  esac
}

# apt tries each mirror of a list that often before it goes on to the next one.
retries() {
  if [ "$listed" = yes ] || grep -qs '^URIs: mirror+file:' "$root$definition"; then printf '0\n'; else printf '3\n'; fi
}

# Where the manager keeps the index that it begins with; nothing if that is not there.
stored_index() {
  case $manager in
    apt) set -- "$root/var/lib/apt/lists/${apt_name}_dists_${suite}_InRelease" ;;
    zypper) set -- "$root/var/cache/zypp/raw/$repository/repodata/repomd.xml" ;;
    *) set -- "$root/var/cache/dnf/$repository"-*/repodata/repomd.xml "$root/var/cache/libdnf5/$repository"-*/repodata/repomd.xml \
      "$root/var/cache/yum"/*/*/"$repository"/repomd.xml ;;
  esac
  # shellcheck disable=SC2012 # these names have no strange characters
  ls -t "$@" 2>/dev/null | sed 1q
}

apt_name() { apt_address | sed -e 's,^[a-z+]*://,,' -e 's,^mirror+file:,,' | tr '/' '_'; }

index_path() {
  if [ "$manager" = apt ]; then printf 'apt/dists/%s/InRelease\n' "$suite"; else printf '%s/repodata/repomd.xml\n' "$folder"; fi
}

# Is what the manager has stored what one of the chosen mirrors signed? A mirror could send one state with its timestamp and
# another, older one to dnf or zypper, which do not notice.
is_stored_right() {
  stored=$(stored_index)
  [ -n "$stored" ] || return 1
  find_digest "$stored"
  while read -r name_of_mirror; do
    number=$(awk -v name="$name_of_mirror" '$1 == name { print NR }' "$work/candidates")
    if grep -q "^$digest [0-9]* $(index_path)\$" "$work/probe/$number.text"; then return 0; fi
  done <"$work/order"
  return 1
}

refresh_and_compare() {
  fault=7
  if [ "$dry_run" = yes ]; then
    refresh
    return 0
  fi
  if [ "$changes" -eq 0 ] && is_stored_right; then return 0; fi
  refresh || return 1
  if is_stored_right; then return 0; fi
  if [ -z "$(stored_index)" ]; then
    warn 'where %s keeps the index is not known here, so it was not compared once more' '不知道 %s 把索引存放在哪里，因此没有再次比较' "$manager"
    return 0
  fi
  fault=6
  return 1
}

# Only the first one: an index is taken from it as long as it answers.
leave_out() { # MIRROR
  if [ "$fault" = 6 ]; then
    warn 'what %s stored is not what %s signed; leaving it out' '%s 存储的内容与 %s 签名的不符；不再使用该镜像' "$manager" "$1"
  else
    warn '%s cannot use what %s has; leaving it out' '%s 无法使用 %s 的内容；不再使用该镜像' "$manager" "$1"
  fi
  # apt would go on with what it has of this index, also from the next mirror, if that says that its file has the same time; and
  # what time a file has, a mirror can say as it likes.
  if [ "$manager" = apt ]; then
    for index in "$root/var/lib/apt/lists/partial" "$root/var/lib/apt/lists"; do
      root_run rm -f "$index/${apt_name}_dists_${suite}_InRelease"
    done
  fi
  sed 1d "$work/order" >"$work/order.new"
  mv "$work/order.new" "$work/order"
  if [ ! -s "$work/order" ]; then die "$fault" 'no other mirror is left' '没有其他镜像了'; fi
}

setup_source() {
  cp "$work/state" "$work/state.before"
  unsettled=yes
  write_repository
  while ! refresh_and_compare; do
    leave_out "$(sed 1q "$work/order")"
    write_repository
  done
  unsettled=no
  remember_mirrors
}

# Only now, when everything was proven: an attacker must not be able to raise the serial.
remember_mirrors() {
  if [ "$dry_run" = yes ]; then return 0; fi
  changes_before=$changes
  quiet_before=$quiet
  quiet=yes
  cp "$work/order" "$content"
  put "/var/lib/$id/mirrors"
  if [ "$verifier" != none ]; then
    printf '%s\n' "$best_serial" >"$content"
    put "/var/lib/$id/serial"
  fi
  quiet=$quiet_before
  changes=$changes_before
}

# --- the package of the keys --------------------------------------------------------------------------------------------

# Nothing fails for it: without it, all is as good until there is another key. It comes after the other packages, because with
# another definition dnf looks elsewhere for what it has downloaded. dpkg has no question, because the definition that is there
# stays; the package's own beside that is of no use.
install_keyring() {
  if [ "$download_only" = yes ] || has_keyring; then return 0; fi
  if [ "$dry_run" = no ] && ! is_keyring_listed; then
    say 'note: the repository has no %s for this system, so run this script again when it has another key' \
      '注意：软件源中没有适用于本系统的 %s；更换公钥后，请再次运行本脚本' "$keyring_package"
    return 0
  fi
  look_up "$keyring_package"
  if [ -z "$present" ]; then record package "$keyring_package"; fi
  if ! manager_install_keyring || { [ "$dry_run" = no ] && ! has_keyring; }; then
    warn '%s could not be installed, so run this script again when the repository has another key' \
      '未能安装 %s；软件源更换公钥后，请再次运行本脚本' "$keyring_package"
  fi
  for beside in "$root$definition.rpmnew" "$root$definition.dpkg-dist"; do
    if [ "$dry_run" = no ] && [ -f "$beside" ]; then root_run rm -f "$beside"; fi
  done
  if follows_list; then
    write_repository
    if ! refresh_and_compare; then
      follow=no
      write_repository
    fi
  fi
}

is_keyring_listed() {
  case $manager in
    apt) apt-get -s --allow-downgrades install "$keyring_package/$suite" ;;
    zypper) zypper --non-interactive --no-refresh search --match-exact --type package "$keyring_package" ;;
    *) "$manager" -y --disablerepo='*' --enablerepo="$repository" list "$keyring_package" ;;
  esac >/dev/null 2>&1
}

# That of another channel may have a lower number.
manager_install_keyring() {
  case $manager in
    apt)
      try env DEBIAN_FRONTEND=noninteractive apt-get -y -o "Acquire::Retries=$(retries)" -o Dpkg::Options::=--force-confold \
        --no-install-recommends --allow-downgrades install "$keyring_package/$suite"
      ;;
    zypper) try zypper --non-interactive install --no-recommends --oldpackage --from "$repository" "$keyring_package" ;;
    *)
      look_up "$keyring_package"
      how=install
      if [ -n "$present" ]; then how=distro-sync; fi
      try "$manager" -y --disablerepo='*' --enablerepo="$repository" "$how" "$keyring_package"
      ;;
  esac
}

# --- packages ----------------------------------------------------------------------------------------------------------

is_kubernetes() {
  case $1 in
    kubeadm | kubelet | kubectl) return 0 ;;
  esac
  return 1
}

# Sets present, the version of a package that is installed; wanted, the one that this script installs; and specification, name
# and version as the manager wants them. Nothing stands for a package that is not there, and for the newest one.
look_up() { # PACKAGE
  if [ -z "$installed" ]; then ask_manager; fi
  present=
  case $installed in
    *"$newline$1 "*)
      present=${installed##*"$newline$1 "}
      present=${present%%"$newline"*}
      ;;
  esac
  wanted=
  if is_kubernetes "$1"; then wanted=$spelled; fi
  case $manager/$wanted in
    */) specification=$1 ;;
    apt/* | zypper/*) specification=$1=$wanted ;;
    *) specification=$1-$wanted ;;
  esac
}

# Sets installed: a line with name and version for each package that is there, of those that are looked up. One question takes
# as long as one for a single package; each time that the manager does something, try() forgets the answer.
ask_manager() {
  # shellcheck disable=SC2046,SC2086 # several words
  set -- $packages kubeadm kubelet kubectl containerd runc cri-tools kubernetes-cni "$keyring_package" $(recorded package)
  # shellcheck disable=SC2016 # the format is dpkg-query's
  installed=$newline$(
    if [ "$manager" = apt ]; then
      dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' "$@" 2>/dev/null | sed -n 's/^.i *//p'
    else
      rpm -q --qf '+%{NAME} %{VERSION}\n' "$@" 2>/dev/null | sed -n 's/^+//p'
    fi
  )$newline
}

# Sets step_packages, which a step installs.
packages_of() { # STEP
  case $1 in
    install-containerd) step_packages=containerd ;;
    install-runc) step_packages=runc ;;
    install-crictl) step_packages=cri-tools ;;
    install-cniplugins) step_packages=kubernetes-cni ;;
    install-kubernetes) step_packages=$packages ;;
    *) step_packages= ;;
  esac
}

all_packages() {
  if [ "$manager" = apt ]; then
    # shellcheck disable=SC2016 # the format is dpkg-query's
    dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | awk '$1 ~ /^.i/ { print $2 }' | sort -u
  else
    rpm -qa --qf '%{NAME}\n' | grep -v '^gpg-pubkey' | sort -u
  fi
}

# Installs packages that are not there; with --upgrade, also other versions of those that are.
install_packages() {
  specifications=
  moving=no
  for package in "$@"; do
    look_up "$package"
    if [ -z "$present" ]; then
      specifications="$specifications $specification"
    elif [ "$present" = "$wanted" ] || [ "$upgrade" = no ]; then
      detail '%s %s is installed' '已安装 %s %s' "$package" "$present"
    else
      moving=yes
      specifications="$specifications $specification"
    fi
  done
  if [ -z "$specifications" ]; then return 0; fi
  if [ "$download_only" = no ]; then record_missing "$@"; fi
  all_packages >"$work/packages.before"
  # shellcheck disable=SC2086 # several words
  manager_install $specifications
  if [ "$dry_run" = yes ] || [ "$download_only" = yes ]; then return 0; fi
  all_packages >"$work/packages.after"
  awk 'NR == FNR { before[$1]; next } !($1 in before)' "$work/packages.before" "$work/packages.after" >"$work/packages.new"
  while read -r package; do record package "$package"; done <"$work/packages.new"
  for package in $(recorded package); do
    look_up "$package"
    if [ -z "$present" ]; then forget package "$package"; fi
  done
  save_state
  check_installed "$@"
}

# Before they are installed, for a manager that dies in the middle: those asked for, and those that ours need of each other.
record_missing() {
  for package in "$@" kubelet kubectl cri-tools kubernetes-cni runc; do
    look_up "$package"
    if [ -z "$present" ]; then record package "$package"; fi
  done
}

# Nobody's cluster moves because somebody ran this script once more.
check_versions() {
  if ! is_selected install-kubernetes; then return 0; fi
  for package in $packages; do
    look_up "$package"
    if [ -z "$present" ] || [ -z "$wanted" ] || [ "$present" = "$wanted" ]; then continue; fi
    find_minor_release "$present"
    if [ "$upgrade" = yes ]; then
      refuse_older "$package" "$present" "$wanted"
    elif [ "$asked_version" = yes ] || { [ "$channel" != all ] && [ "v$minor_release" != "$channel" ]; }; then
      problem 4 '%s %s is installed, and not %s; add --upgrade to move it' '已安装的是 %s %s，而不是 %s；加 --upgrade 来更换' \
        "$package" "$present" "$wanted"
    else
      say '%s %s is installed; %s is the newest: --upgrade' '已安装 %s %s；最新的是 %s：--upgrade' "$package" "$present" "$wanted"
    fi
  done
}

# Kubernetes does not go back. Upstream's builds of the same patch release are older than ours, whatever their numbers.
refuse_older() { # PACKAGE PRESENT WANTED
  if awk -v present="$2" -v wanted="$3" 'BEGIN {
    both = (present ~ /lts/ && wanted ~ /lts/) ? 4 : 3
    split(present, p, /[^0-9]+/); split(wanted, w, /[^0-9]+/)
    for (i = 1; i <= both; i++) if (p[i] + 0 != w[i] + 0) exit !(w[i] + 0 < p[i] + 0)
    exit 1
  }'; then
    problem 4 '%s %s is installed, which is newer than %s; Kubernetes does not go back' '已安装 %s %s，比 %s 更新；Kubernetes 不支持降级' "$@"
  fi
}

manager_install() {
  more=
  case $manager in
    apt)
      if [ "$download_only" = yes ]; then more=--download-only; fi
      if [ "$moving" = yes ]; then more="$more --allow-change-held-packages"; fi
      # Lists of the distribution may be missing altogether, as in container images.
      if [ "$dry_run" = no ] && ! apt-get -s install --allow-change-held-packages "$@" >/dev/null 2>&1; then
        run apt-get update || warn 'not all lists of packages are up to date, see above' '并非所有软件包列表都是最新的，见上'
      fi
      # shellcheck disable=SC2086 # several words
      manage env DEBIAN_FRONTEND=noninteractive apt-get -y -o "Acquire::Retries=$(retries)" \
        -o Dpkg::Options::=--force-confold --no-install-recommends $more install "$@"
      ;;
    dnf)
      if [ "$download_only" = yes ]; then more=--downloadonly; fi
      # shellcheck disable=SC2086
      manage dnf -y --setopt=disable_excludes=main install $more "$@"
      ;;
    yum)
      if [ "$download_only" = yes ]; then more=--downloadonly; fi
      # shellcheck disable=SC2086
      manage yum -y --disableexcludes=main install $more "$@"
      ;;
    zypper)
      if [ "$download_only" = yes ]; then more=--download-only; fi
      if [ "$moving" = yes ]; then unlock_packages; fi
      # shellcheck disable=SC2086
      manage zypper --non-interactive install --no-recommends --auto-agree-with-licenses $more "$@"
      ;;
  esac
}

check_installed() {
  for package in "$@"; do
    look_up "$package"
    if [ -z "$present" ] || { [ -n "$wanted" ] && [ "$present" != "$wanted" ]; }; then
      die 7 '%s said that it was done, but %s is %s, expected %s' '%s 报告成功，但 %s 是 %s，应为 %s' \
        "$manager" "$package" "${present:--}" "${wanted:--}"
    fi
  done
}

# --- hold --------------------------------------------------------------------------------------------------------------

held_packages() {
  case $manager in
    apt) apt-mark showhold ;;
    zypper) sed -n 's/^solvable_name: *//p' "$root/etc/zypp/locks" 2>/dev/null || : ;;
    *) sed -n 's/^exclude\(pkgs\)\{0,1\} *= *//p' "$root$(manager_conf)" 2>/dev/null | tr ', ' '\n' ;;
  esac
}

manager_conf() {
  if [ "$manager" = yum ] && [ ! -d "$root/etc/dnf" ]; then printf '/etc/yum.conf\n'; else printf '/etc/dnf/dnf.conf\n'; fi
}

# A system upgrade must not move a cluster: that has an order of its own, and kubelet restarts.
hold_packages() {
  if [ "$download_only" = yes ]; then return 0; fi
  to_hold=
  held=$newline$(held_packages)$newline
  for package in $packages; do
    look_up "$package"
    case $held in
      *"$newline$package$newline"*) ;;
      *) if [ "$dry_run" = yes ] || [ -n "$present" ]; then to_hold="$to_hold $package"; fi ;;
    esac
  done
  if [ -z "$to_hold" ]; then return 0; fi
  if [ "$dry_run" = no ]; then
    for package in $to_hold; do record hold "$package"; done
  fi
  # shellcheck disable=SC2086 # several words
  case $manager in
    apt) manage apt-mark hold $to_hold ;;
    zypper) manage zypper --non-interactive addlock $to_hold ;;
    *)
      with_excludes $to_hold >"$content"
      put "$(manager_conf)"
      ;;
  esac
}

# Excludes work without any plugin, and against every repository.
with_excludes() {
  { cat "$root$(manager_conf)" 2>/dev/null || :; } | awk -v names="$*" '
    /^\[/ { if (main && !done) { print "exclude=" names; done = 1 } main = ($0 ~ /^\[main\]/); if (main) seen = 1 }
    main && /^exclude(pkgs)? *=/ && !done { print $0 " " names; done = 1; next }
    { print }
    END { if (!seen) print "[main]"; if (!done) print "exclude=" names }'
}

unlock_packages() {
  # shellcheck disable=SC2046 # several words
  set -- $(recorded hold)
  if [ $# -gt 0 ]; then
    run zypper --non-interactive removelock "$@" || :
    for package in "$@"; do forget hold "$package"; done
  fi
}

# --- node --------------------------------------------------------------------------------------------------------------

# The minor of a package that is installed, or will be; of a version that is not known, a late one.
minor() { # PACKAGE
  look_up "$1"
  minor_version=$(printf '%s\n' "${present:-${version:-${channel#v}}}" | sed -n 's/^1\.\([0-9]*\).*/\1/p')
  printf '%s\n' "${minor_version:-99}"
}

setup_crictl_config() {
  if [ -f "$root/etc/crictl.yaml" ]; then return 0; fi
  printf 'runtime-endpoint: unix:///run/containerd/containerd.sock\n' >"$content"
  put /etc/crictl.yaml
}

# Kubeadm has kubelet use the systemd driver from 1.22 on, before that cgroupfs; containerd must do the same.
setup_containerd_config() {
  config=/etc/containerd/config.toml
  if [ ! -f "$root$config" ]; then
    say 'there is no %s yet, so its cgroup driver is not set' '还没有 %s，因此没有设置其 cgroup 驱动' "$config"
    return 0
  fi
  systemd_driver=true
  if [ "$(minor kubelet)" -lt 22 ]; then systemd_driver=false; fi
  changes_before=$changes
  sed -e "s/^\( *SystemdCgroup *= *\).*/\1$systemd_driver/" -e '/^ *disabled_plugins *=/s/"cri",\{0,1\} *//' "$root$config" >"$content"
  put "$config"
  if [ "$changes" -gt "$changes_before" ]; then restart_containerd; fi
}

restart_containerd() {
  if [ -d "$root/run/systemd/system" ]; then run systemctl restart containerd || :; fi
}

enable_bridged_traffic() {
  changes_before=$changes
  printf 'overlay\nbr_netfilter\n' >"$content"
  put "/etc/modules-load.d/$id.conf"
  for module in overlay br_netfilter; do
    if [ ! -d "$root/sys/module/$module" ]; then
      if [ "$dry_run" = no ]; then record module "$module"; fi
      run modprobe "$module" || warn 'the kernel has no module %s' '内核没有模块 %s' "$module"
    fi
  done
  for name_of_sysctl in net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables net.ipv4.ip_forward; do
    rejoin "$name_of_sysctl" . /
    value=$(cat "$root/proc/sys/$joined" 2>/dev/null || :)
    if [ "$dry_run" = no ] && [ -n "$value" ] && [ "$value" != 1 ]; then record sysctl "$name_of_sysctl" "$value"; fi
    printf '%s = 1\n' "$name_of_sysctl"
  done >"$content"
  put "/etc/sysctl.d/99-$id.conf"
  if [ "$changes" -gt "$changes_before" ]; then
    run sysctl -q -p "$root/etc/sysctl.d/99-$id.conf" || warn 'sysctl failed, see above' 'sysctl 失败，见上'
  fi
}

disable_swap() {
  if [ -f "$root/etc/fstab" ] && grep -q '^[^#].*[[:space:]]swap[[:space:]]' "$root/etc/fstab"; then
    sed "s/^\([^#].*[[:space:]]swap[[:space:]]\)/#$id# \1/" "$root/etc/fstab" >"$content"
    put /etc/fstab
  fi
  if [ -n "$(sed 1d "$root/proc/swaps" 2>/dev/null || :)" ]; then
    run swapoff -a || warn 'swap is still on, see above' '交换分区仍在使用，见上'
  fi
}

# The first registry of the settings that names a whole repository is where images come from, unless an option says another.
# An accelerator takes the place of the beginning that it matches.
image_repository() {
  repository_of_images=$image_registry
  if [ -z "$repository_of_images" ]; then
    repository_of_images=$(printf '%s\n' "$registries" | awk '$2 ~ /\// { print $2; exit }')
  fi
  printf '%s\n' "$registries" | sort -k 4,4n | awk -v images="$repository_of_images" '
    NF == 4 && !done && index(images "/", $2 "/") == 1 { images = $3 substr(images, length($2) + 1); done = 1 }
    END { print images }'
}

# Options for kubeadm: upstream has images of its own releases only.
image_options() {
  images=$(image_repository)
  look_up kubeadm
  release=${version:-$(printf '%s' "$present" | sed 's/\.lts\./-lts./')}
  if [ -n "$images" ]; then
    printf '%s\n' "--image-repository=$images" "--kubernetes-version=v$release"
  else
    printf '%s\n' "--kubernetes-version=v${release%%-*}"
  fi
}

pull_images() {
  # shellcheck disable=SC2046 # several words
  manage kubeadm config images pull $(image_options)
}

init_control_plane() {
  if [ -f "$root/etc/kubernetes/admin.conf" ]; then
    say 'this machine is a control plane already' '本机已是控制平面'
    return 0
  fi
  # shellcheck disable=SC2046
  manage kubeadm init $(image_options)
}

join_cluster() {
  if [ -f "$root/etc/kubernetes/kubelet.conf" ]; then
    say 'this machine is in a cluster already' '本机已在集群中'
    return 0
  fi
  join_configuration >"$work/join.yaml"
  if [ "$dry_run" = yes ]; then sed -e 's/^/+/' -e 's/\(token: \).*/\1***/' "$work/join.yaml"; fi
  manage kubeadm join --config "$work/join.yaml"
}

# The token goes to kubeadm in a file that nobody else can read: everybody on the machine sees the words of a command. In some
# shells that goes for printf as well, which is no part of them.
join_configuration() {
  join_minor=$(minor kubeadm)
  case $join_minor in
    10) form='v1alpha1 NodeConfiguration' ;;
    11) form='v1alpha2 NodeConfiguration' ;;
    12) form='v1alpha3 JoinConfiguration' ;;
    13 | 14) form='v1beta1 JoinConfiguration' ;;
    15 | 16 | 17 | 18 | 19 | 20 | 21) form='v1beta2 JoinConfiguration' ;;
    *) form='v1beta3 JoinConfiguration' ;;
  esac
  printf 'apiVersion: kubeadm.k8s.io/%s\nkind: %s\n' "${form% *}" "${form#* }"
  if [ "$join_minor" -le 12 ]; then
    cat <<END
token: "$token"
discoveryTokenAPIServers: ["$join"]
discoveryTokenCACertHashes: ["$ca_hash"]
END
  else
    cat <<END
discovery:
  bootstrapToken:
    apiServerEndpoint: "$join"
    token: "$token"
    caCertHashes: ["$ca_hash"]
END
  fi
}

# The line names the address of this script and not $0, which is "sh" when it came through a pipe.
show_join_command() {
  if [ "$dry_run" = yes ]; then
    printf '+ kubeadm token create --print-join-command\n'
    return 0
  fi
  root_run kubeadm token create --kubeconfig /etc/kubernetes/admin.conf --print-join-command >"$work/join" ||
    die 7 'this failed, see above: %s' '此命令失败，原因见上：%s' 'kubeadm token create'
  # shellcheck disable=SC2046 # its words: kubeadm join HOST:PORT --token T --discovery-token-ca-cert-hash H
  set -- $(cat "$work/join")
  text 'On each further machine, as root:' '在其他机器上，以 root 身份执行：'
  cat <<END
  curl -fsSL $base_url/install.sh | KLTS_TOKEN=$5 sh -s -- --version ${version:-VERSION} --with-runtime --prepare --join $3 --ca-hash $7
END
}

# --- the report --------------------------------------------------------------------------------------------------------

# Says what is here and what will be done, before anything is changed, and ends here if that cannot go well: with all reasons,
# and not with the first one only.
look_first() {
  say 'system: %s, by %s, %s; its clock says %s' '系统：%s，%s，%s；时钟为 %s' "$os_name" "$manager" "$arch" "$(now)"
  say 'release: %s %s' '版本：%s %s' "$channel" "$version"
  if is_selected setup-source; then
    choose_mirrors
    say 'trusted key: %s' '信任的公钥：%s' "$(printf '%s' "$fingerprints" | tr '\n' ' ')"
    note_upstream
  fi
  look_at_steps
  look_at_packages
  check_versions
  if [ "$download_only" = no ]; then
    for package in $asked_packages; do check_programs "$package"; done
    look_at_node
  fi
  stop_at_problems
}

look_at_steps() {
  selected_steps=
  asked_packages=
  printf '%s\n' "$steps" >"$work/steps"
  while read -r step _; do
    if is_selected "$step"; then
      selected_steps="$selected_steps $step"
      packages_of "$step"
      asked_packages="$asked_packages $step_packages"
    fi
  done <"$work/steps"
  say 'steps:%s' '步骤：%s' "$selected_steps"
}

look_at_packages() {
  missing_packages=
  for package in $asked_packages; do
    look_up "$package"
    if [ -z "$present" ]; then
      missing_packages="$missing_packages $specification"
    elif [ "$upgrade" = no ] || [ "$present" = "$wanted" ]; then
      say 'stays: %s %s' '保留：%s %s' "$package" "$present"
    elif [ -n "$wanted" ]; then
      say 'to move: %s %s to %s' '更换：%s %s，换成 %s' "$package" "$present" "$wanted"
    else
      say 'to move, if there is a newer one: %s %s' '如有更新的版本则更换：%s %s' "$package" "$present"
    fi
  done
  if [ -z "$missing_packages" ]; then return 0; fi
  if [ "$download_only" = yes ]; then
    say 'to download:%s' '下载：%s' "$missing_packages"
  else
    say 'to install:%s' '安装：%s' "$missing_packages"
  fi
  if has df; then
    for place in /usr /var; do
      room=$(df -Pk "$root$place" 2>/dev/null | awk 'NR == 2 { printf "%d", $4 / 1024 }')
      if [ "${room:-500}" -lt 500 ]; then
        say 'note: %s has only %s MiB left' '注意：%s 只剩 %s MiB' "$place" "$room"
      fi
    done
  fi
}

note_upstream() {
  for file in "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/*.list "$root"/etc/apt/sources.list.d/*.sources \
    "$root"/etc/yum.repos.d/*.repo "$root"/etc/zypp/repos.d/*.repo; do
    if [ -f "$file" ] && grep -q 'pkgs\.k8s\.io\|apt\.kubernetes\.io\|packages\.cloud\.google\.com' "$file" 2>/dev/null; then
      say 'note: %s has packages of the same names; this repository goes before it' '注意：%s 中有同名软件包；本软件源优先' "${file#"$root"}"
    fi
  done
}

# Managers would take away the package of a distribution, or Docker's, that has the same program, or fail in the middle.
check_programs() { # PACKAGE
  program=$1
  if [ "$1" = cri-tools ]; then program=crictl; fi
  for directory in /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /opt/bin; do
    path=$directory/$program
    if [ ! -f "$root$path" ]; then continue; fi
    owner=$(owner_of "$path")
    if [ -z "$owner" ]; then
      say 'note: %s is there already, and no package has it' '注意：%s 已存在，且不属于任何软件包' "$path"
    elif [ "$owner" != "$1" ]; then
      problem 4 '%s belongs to the package %s, whose place %s would take; remove that first, or leave this one out' \
        '%s 属于软件包 %s，会被 %s 取代；请先卸载它，或不安装本软件包' "$path" "$owner" "$1"
    fi
  done
}

owner_of() { # PATH: the package that has it
  if [ "$manager" = apt ]; then
    dpkg-query -S "$1" 2>/dev/null | sed -e '/^diversion by /d' -e 's/[:,].*//' -e q
  else
    rpm -qf --qf '%{NAME}\n' "$1" 2>/dev/null | grep -v ' ' | sed 1q || :
  fi
}

# What kubelet and kubeadm want of the machine.
look_at_node() {
  case " $asked_packages $selected_steps " in
    *' kubelet '* | *' control-plane-init '* | *' node-join '*) ;;
    *) return 0 ;;
  esac
  swap=off
  if [ -n "$(sed 1d "$root/proc/swaps" 2>/dev/null || :)" ]; then swap=on; fi
  missing_modules=
  for module in overlay br_netfilter; do
    if [ ! -d "$root/sys/module/$module" ]; then missing_modules="$missing_modules $module"; fi
  done
  say 'node: swap %s; modules not loaded:%s' '节点：swap %s；未加载的模块：%s' "$swap" "${missing_modules:- -}"
  ports=
  if is_selected control-plane-init && [ ! -f "$root/etc/kubernetes/admin.conf" ]; then
    ports='2379 2380 6443 10250 10257 10259'
  elif is_selected node-join && [ ! -f "$root/etc/kubernetes/kubelet.conf" ]; then
    ports=10250
  fi
  for port in $ports; do
    if is_taken "$port"; then problem 4 'another program listens on port %s' '端口 %s 已被其他程序占用' "$port"; fi
  done
  if [ "$swap" = on ] && [ -n "$ports" ] && ! is_selected disable-swap &&
    ! grep -qs 'fail-swap-on=false' "$root/etc/default/kubelet" "$root/etc/sysconfig/kubelet"; then
    problem 4 'swap is on, with which kubelet does not start; add --prepare' '交换分区已启用，kubelet 无法启动；请加 --prepare'
  fi
}

is_taken() { # PORT
  cat "$root/proc/net/tcp" "$root/proc/net/tcp6" 2>/dev/null | awk -v port=":$(printf '%04X' "$1")" '
    $4 == "0A" && substr($2, length($2) - 4) == port { taken = 1 }
    END { exit !taken }'
}

# --- taking back -------------------------------------------------------------------------------------------------------

uninstall() {
  if [ ! -s "$work/state" ]; then
    finish_well 'nothing to do: this script has installed nothing here' '无需操作：本脚本没有在此安装任何东西'
  fi
  if [ -f "$root/etc/kubernetes/kubelet.conf" ]; then
    confirm 'This machine is in a cluster (/etc/kubernetes/kubelet.conf); better run kubeadm reset first. Remove its packages?' \
      '本机在集群中（/etc/kubernetes/kubelet.conf），最好先执行 kubeadm reset。是否删除其软件包？'
  fi
  undo_all
}

undo_all() {
  undo_holds
  undo_later_keys
  undo_packages
  undo_node
  undo_files
  undo_keys
  undo_caches
  undo_folders
  if [ "$dry_run" = no ]; then root_run rm -rf "$root/var/lib/$id"; fi
}

undo_holds() {
  # shellcheck disable=SC2046 # several words
  set -- $(recorded hold)
  if [ $# -eq 0 ]; then return 0; fi
  case $manager in
    apt) manage apt-mark unhold "$@" ;;
    zypper)
      manage zypper --non-interactive removelock "$@"
      if [ ! -s "$root/etc/zypp/locks" ]; then run rm -f "$root/etc/zypp/locks"; fi
      ;;
    *) ;; # with the file, below
  esac
}

# Those that came with the package since, and that rpm did not know before.
undo_later_keys() {
  if [ "$manager" = apt ] || ! is_ours "$keyring_package" || [ ! -f "$root/usr/share/$id-release/keys" ]; then return 0; fi
  later_keys=$(cat "$root/usr/share/$id-release/keys")
  for rpm_key in $later_keys; do
    if ! recorded known | grep -q "^gpg-pubkey-$rpm_key-"; then undo_key "gpg-pubkey-$rpm_key-"; fi
  done
}

# dpkg and rpm refuse what others need, where apt-get and dnf would remove those, too.
undo_packages() {
  to_remove=
  for package in $(recorded package); do
    look_up "$package"
    if [ -n "$present" ] || is_left_configured "$package"; then to_remove="$to_remove $package"; fi
  done
  if [ -z "$to_remove" ]; then return 0; fi
  # shellcheck disable=SC2086 # several words
  case $manager in
    apt)
      spare_definition
      manage dpkg --purge $to_remove
      # It belongs to no package, so dpkg takes it away with the last one that has something in it.
      if [ "$dry_run" = no ] && [ ! -d "$root/opt" ]; then root_run mkdir "$root/opt"; fi
      ;;
    *)
      manage rpm -e $to_remove
      look_at_saved
      ;;
  esac
}

# dpkg would take away an edited definition with the package that has it.
spare_definition() {
  if is_ours "$keyring_package" && [ -f "$root$definition" ] && ! is_as_written "$definition" "$root$definition"; then
    run cp -p "$root$definition" "$root$definition.save"
    warn 'changed since, so it stays: %s' '之后被修改过，保留：%s' "$definition.save"
  fi
}

# rpm keeps one that is not the package's beside its place, ours as well, and those that came since then.
look_at_saved() {
  if ! is_ours "$keyring_package"; then return 0; fi
  if [ -f "$root$definition.rpmnew" ]; then run rm -f "$root$definition.rpmnew"; fi
  if [ ! -f "$root$definition.rpmsave" ]; then return 0; fi
  if is_as_written "$definition" "$root$definition.rpmsave"; then
    run rm -f "$root$definition.rpmsave"
  else
    warn 'changed since, so it stays: %s' '之后被修改过，保留：%s' "$definition.rpmsave"
  fi
}

is_as_written() { # PATH FILE: has the file what this script wrote to the path?
  find_digest "$2"
  awk -v path="$1" -v digest="$digest" '$2 == path && $3 == digest { same = 1 } END { exit !same }' "$work/state"
}

is_left_configured() {
  # shellcheck disable=SC2016 # the format is dpkg-query's
  [ "$manager" = apt ] && dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.c'
}

undo_node() {
  awk '$1 == "sysctl" { print $2 "=" $3 }' "$work/state" | while read -r setting; do
    run sysctl -q -w "$setting" || :
  done
  for module in $(recorded module); do
    if [ -d "$root/sys/module/$module" ]; then run modprobe -r "$module" || :; fi
  done
}

# A file that somebody changed after this script wrote it is left to them. Nothing is written for it: the disk may be full.
undo_files() {
  awk '$1 == "new" || $1 == "replaced"' "$work/state" | while read -r kind path written; do
    if [ ! -f "$root$path" ] && [ "$kind" = new ]; then
      detail 'gone already: %s' '已不存在：%s' "$path"
    elif [ "$kind" = new ] && [ -n "$(owner_of "$path")" ]; then
      detail 'a package has it now, so it stays: %s' '现在属于某个软件包，保留：%s' "$path"
    elif [ -f "$root$path" ] && ! has_digest "$root$path" "$written"; then
      warn 'changed since, so it stays: %s' '之后被修改过，保留：%s' "$path"
    elif [ "$kind" = new ]; then
      run rm -f "$root$path"
    else
      run cp -p "$(original "$path")" "$root$path"
      if [ "$path" = /etc/fstab ]; then run swapon -a || :; fi
    fi
  done
}

undo_keys() {
  for rpm_key in $(recorded key); do undo_key "$rpm_key"; done
}

undo_key() { # NAME, or how it begins
  for package in $(rpm -qa 'gpg-pubkey*' | grep -F "$1" || :); do run rpm -e "$package" || :; done
}

# What managers keep of the repository: they would do so until somebody clears their caches.
undo_caches() {
  case $manager in
    apt)
      set -- "$root/var/cache/apt/archives/$keyring_package"_* "$root/var/cache/apt/archives/partial/$keyring_package"_*
      for list in $(recorded lists); do set -- "$@" "$root/var/lib/apt/lists/$list"_dists_*; done
      ;;
    zypper) set -- "$root/var/cache/zypp/"*"/$id-"* ;;
    *) set -- "$root/var/cache/dnf/$id-"* "$root/var/cache/libdnf5/$id-"* "$root/var/cache/yum"/*/*/"$id-"* ;;
  esac
  for path in "$@"; do
    if [ -e "$path" ]; then run rm -rf "$path"; fi
  done
}

undo_folders() { # the inner ones first
  for path in $(recorded folder | sort -r); do
    if [ -d "$root$path" ]; then run rmdir "$root$path" 2>/dev/null || :; fi
  done
}

# --- the whole ---------------------------------------------------------------------------------------------------------

run_steps() {
  while read -r step _; do
    if is_selected "$step"; then
      detail 'step %s' '步骤 %s' "$step"
      run_step "$step"
    fi
  done <"$work/steps"
}

run_step() {
  case $1 in
    setup-source) setup_source ;;
    install-keyring) install_keyring ;;
    install-*)
      packages_of "$1"
      # shellcheck disable=SC2086 # several words
      install_packages $step_packages
      ;;
    hold-packages) hold_packages ;;
    setup-crictl-config) setup_crictl_config ;;
    setup-containerd-config) setup_containerd_config ;;
    enable-iptables-discover-bridged-traffic) enable_bridged_traffic ;;
    disable-swap) disable_swap ;;
    images-pull) pull_images ;;
    control-plane-init) init_control_plane ;;
    node-join) join_cluster ;;
    show-join-command) show_join_command ;;
  esac
}

# The last line says how it ended, in words that cannot be mistaken.
finish_well() {
  finished=yes
  if [ "$dry_run" = yes ]; then
    text '%s: DRY RUN, nothing was changed' '%s：仅为演示，没有任何改动' "$name"
  else
    finish_english=$1
    finish_chinese=$2
    shift 2
    text "%s: DONE, $finish_english" "%s：完成，$finish_chinese" "$name" "$@"
  fi
  exit 0
}

finish() {
  finish_code=$?
  trap - EXIT
  set +e
  # Programs of the system fail for reasons and with exit codes of their own.
  if [ "$finish_code" -ne 0 ] && [ "$finish_code" -lt 128 ] && [ "$explained" = no ]; then
    finish_code=4
    warn 'this could not go on, see above; is the disk full or read-only?' '无法继续，原因见上；磁盘是否已满或只读？'
  fi
  if [ "$unsettled" = yes ] && [ "$dry_run" = no ]; then take_back; fi
  if [ -n "$work" ]; then rm -rf "$work"; fi
  if [ "$finish_code" -ne 0 ] && [ "$finished" = no ]; then
    warn '%s: FAILED, exit code %s' '%s：失败，退出码 %s' "$name" "$finish_code"
  fi
  exit "$finish_code"
}

main() {
  # When this script comes through a pipe, nothing that it starts may read the rest of it.
  exec </dev/null
  settings
  defaults
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  parse_options "$@"
  choose_language
  check_options
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  umask 022
  find_system
  if [ "$print_os" = yes ]; then
    print_system
    exit 0
  fi
  require_system
  require_tools
  require_root
  make_work_folder
  if [ "$uninstall" = yes ]; then
    stop_at_problems
    uninstall
    finish_well 'everything that this script wrote is removed' '本脚本写入的一切都已删除'
  fi
  asked_version=no
  if [ -n "$version" ]; then asked_version=yes; fi
  choose_tree
  choose_version
  look_first
  run_steps
  if [ "$changes" -eq 0 ]; then
    finish_well 'nothing to change: %s %s' '无需改动：%s %s' "$channel" "$version"
  fi
  finish_well '%s %s' '%s %s' "$channel" "$version"
}

main "$@"; }
