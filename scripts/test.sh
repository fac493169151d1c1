#!/usr/bin/env bash
# Installs what the tests need, then runs every check and test; pytest's summary is the last line.
# PYTEST_ARGS narrows the run, WORKERS says how many test processes share it.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

has_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome
} >/dev/null

has_browser_driver() {  # a bare Debian lacks a library that Playwright's own program needs
    .venv/bin/python -m playwright --version
} >/dev/null 2>&1

has_postgres() {
    compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb
} >/dev/null

# Only the server's programs are wanted: without this Debian would also start a database of its own.
install_postgres() {
    local prefix folder=/etc/postgresql-common/createcluster.d
    prefix=$(apt_prefix) || return 1
    $prefix mkdir -p "$folder"
    echo 'create_main_cluster = false' | $prefix tee "$folder/reviewtool-tests.conf" >/dev/null
    apt_install postgresql || { $prefix rm -f "$folder/reviewtool-tests.conf"; return 1; }
    $prefix rm -f "$folder/reviewtool-tests.conf"
}

require_git
scripts/install.sh dev
has_browser || apt_install chromium ||
    echo "Chromium is missing; to run the browser tests: $(apt_line chromium)" >&2
has_browser_driver || apt_install libatomic1 ||
    echo "To run the browser tests: $(apt_line libatomic1)" >&2
has_postgres || install_postgres ||
    echo "PostgreSQL is missing; to run the tests on it: $(apt_line postgresql)" >&2
command -v ssh-keygen >/dev/null || apt_install openssh-client ||
    echo "ssh-keygen is missing; to run the tests of signatures: $(apt_line openssh-client)" >&2

scripts/check.sh
# shellcheck disable=SC2086  # the arguments are words
.venv/bin/python -m pytest -n "${WORKERS:-2}" --dist worksteal ${PYTEST_ARGS:-}
