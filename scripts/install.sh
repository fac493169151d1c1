#!/usr/bin/env bash
# Makes .venv and installs the pinned requirements and this package: `install.sh runtime` or `install.sh dev`.
# A second call with unchanged requirements does nothing and asks no index: stamps in .venv hold a hash of them.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

kind=${1:-runtime}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$candidate"; return; }
    done
    stop "Python 3.11 or newer is missing. Install it with: $(apt_line python3 python3-venv)" \
        "Falta Python 3.11 o posterior. Instálelo con: $(apt_line python3 python3-venv)"
}

stamp_of() {  # the folder is in it: a moved .venv is made again
    { cat "$@" pyproject.toml; pwd; } | sha256sum | cut -d' ' -f1
}

is_installed() {  # is_installed KIND REQUIREMENTS…
    [[ -x .venv/bin/reviewtool && "$(cat ".venv/installed-$1" 2>/dev/null)" == "$(stamp_of "${@:2}")" ]]
}

make_venv() {
    local python package
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then  # Debian ships them apart
        package="${python##*/}-venv"
        apt_install "$package" || stop \
            "Python's venv module is missing. Install it with: $(apt_line "$package")" \
            "Falta el módulo venv de Python. Instálelo con: $(apt_line "$package")"
    fi
    echo "Making .venv with $("$python" --version)" >&2
    "$python" -m venv --clear .venv
}

pip() {
    .venv/bin/python -m pip --disable-pip-version-check --quiet --no-input "$@" || stop \
        "The Python packages could not be installed; the lines above say why. Is this machine connected?" \
        "No se pudieron instalar los paquetes de Python; arriba se indica la causa. ¿Hay conexión?"
}

is_installed dev requirements.txt requirements-dev.txt && exit 0
[[ "$kind" == runtime ]] && is_installed runtime requirements.txt && exit 0

require_writable .venv
works='import pip, sys; sys.exit(sys.version_info < (3, 11) or sys.prefix != sys.argv[1])'
if ! .venv/bin/python -c "$works" "$PWD/.venv" 2>/dev/null; then
    make_venv
fi

if [[ "$kind" == dev ]]; then
    files=(requirements.txt requirements-dev.txt)
    echo "Installing what the tests need" >&2
    pip install -r requirements-dev.txt
else
    files=(requirements.txt)
    echo "Installing what the program needs" >&2
    pip install -r requirements.txt
fi
pip install --no-deps --editable .
stamp_of "${files[@]}" >".venv/installed-$kind"
