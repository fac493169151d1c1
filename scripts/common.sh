# Sourced by the other scripts: one clear sentence instead of a traceback, and what apt may do here.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

stop() {  # stop ENGLISH SPANISH
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

# Prints the command prefix with which apt may be used without asking anybody; fails when it may not be used.
apt_prefix() {
    command -v apt-get >/dev/null || return 1
    [[ $(id -u) -eq 0 ]] && { echo "env"; return; }
    command -v sudo >/dev/null && sudo -n true 2>/dev/null && echo "sudo -n env"
}

apt_install() {  # apt_install PACKAGE…: quiet, unless it fails
    local prefix said
    prefix=$(apt_prefix) || return 1
    echo "Installing with apt: $*" >&2
    # shellcheck disable=SC2086  # the prefix is words
    said=$($prefix DEBIAN_FRONTEND=noninteractive apt-get -qq update 2>&1 &&
        $prefix DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" 2>&1) ||
        { printf '%s\n' "$said" >&2; return 1; }
}

apt_line() {  # what a person would type
    echo "sudo apt-get install -y $*"
}

require_git() {
    local version
    command -v git >/dev/null || stop \
        "Git is missing. Install it with: $(apt_line git)" \
        "Falta Git. Instálelo con: $(apt_line git)"
    version=$(git version | awk '{ print $3 }')
    printf '%s\n' 2.38 "$version" | sort -V -C || stop \
        "Git 2.38 or newer is needed; this is $version." \
        "Se necesita Git 2.38 o posterior; este es $version."
}

require_writable() {  # require_writable FOLDER: makes it when absent
    local probe
    { mkdir -p "$1" && probe=$(mktemp "$1/.writable.XXXXXX") && rm -f "$probe"; } 2>/dev/null || stop \
        "The folder $1 cannot be written." \
        "No se puede escribir en la carpeta $1."
}
