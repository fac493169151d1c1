#!/usr/bin/env bash
# Installs when needed and becomes the program: `run.sh run-demo`, `run.sh demo reset`.
set -euo pipefail
# shellcheck source=scripts/common.sh
source "$(dirname "$0")/common.sh"

require_git
scripts/install.sh runtime
require_writable "${REVIEWTOOL_VAR:-${VAR:-var}}"
exec .venv/bin/reviewtool "$@"
