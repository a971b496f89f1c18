# shellcheck shell=bash
# The Python packages that everybody quotes, in a virtual environment in the cache,
# for the tests that compare our metrics with them. Sourced before lib.sh, which
# moves HOME:
#
#   . "$SRC/tests/e2e/lib_packages.sh"
#   . "$SRC/tests/e2e/lib.sh"
#   packages_need
#   "$packages_python" ...
#
# Tests want no network: the packages are installed only when EVALRUN_PACKAGES=1
# asks for it, and a test that lacks them is skipped.
# shellcheck source=scripts/lib.sh
. "$SRC/scripts/lib.sh"
packages_venv=$cache/metric-packages
# shellcheck disable=SC2034 # for the scripts
packages_python=$packages_venv/bin/python
packages_log=$cache/metric-packages.log
packages=(sacrebleu==2.6.0 rouge-score==0.1.2 rouge-chinese==1.0.3 jieba==0.42.1
    nltk==3.10.4 langdetect==1.0.9 sympy==1.12 antlr4-python3-runtime==4.11.1)

# packages_have: each is there in its version.
packages_have() {
    [ -x "$packages_python" ] && "$packages_python" - "${packages[@]}" <<'END'
import sys
from importlib import metadata
try:
    wrong = [p for p in sys.argv[1:] if "%s==%s" % (p.split("==")[0], metadata.version(p.split("==")[0])) != p]
except metadata.PackageNotFoundError:
    wrong = True
sys.exit(bool(wrong))
END
}

# packages_need: installs them if that is asked for, else skips the test.
packages_need() {
    packages_have && return
    [ "${EVALRUN_PACKAGES:-}" = 1 ] ||
        skip "the packages to compare with are not installed; EVALRUN_PACKAGES=1 installs them"
    [ -x "$packages_python" ] || logged "$packages_log" python3 -m venv "$packages_venv"
    logged "$packages_log" "$packages_venv/bin/pip" install \
        --disable-pip-version-check "${packages[@]}"
}
