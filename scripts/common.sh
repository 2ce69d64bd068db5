# shellcheck shell=bash
# What ./run, ./test, .ci/run and others share: the packages they need, and how a build directory is made.
# Sourced from the top of the tree. Everything here speaks on standard error, so that the standard output of the
# commands stays theirs.

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Runs a command whose output matters only if it fails.
quietly() {
    local output status=0
    output=$("$@" 2>&1 </dev/null) || status=$?
    ((status == 0)) || printf '%s\n' "$output" >&2
    return "$status"
}

# packages_of GROUP…: the names listed under these groups in scripts/packages.
packages_of() {
    local group name
    while read -r group name; do
        [[ " $* " == *" $group "* ]] && printf '%s\n' "$name"
    done <scripts/packages
    return 0
}

# missing_packages GROUP…: those of them that are not installed.
missing_packages() {
    local -a wanted
    mapfile -t wanted < <(packages_of "$@")
    # dpkg-query fails if it knows none of one name; what it does know is printed all the same.
    comm -23 <(printf '%s\n' "${wanted[@]}" | LC_ALL=C sort -u) \
        <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/^installed //p' | LC_ALL=C sort -u)
}

# install_packages GROUP…: installs what is missing, and only that; sudo is used only then.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "no Debian packages here, going on; what the build needs is listed in scripts/packages"
        return 0
    fi
    local -a missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "cannot install without root or sudo, missing: ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} missing packages: ${missing[*]}"
    install_as_root "${missing[@]}" || die "could not install: ${missing[*]}"
}

# The package lists may be absent (a fresh image) or older than the mirror: fetch them only if installing fails without.
# Waits for another apt instead of failing beside it.
install_as_root() {
    local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    local -a install=("${apt[@]}" install -y --no-install-recommends "$@")
    "${install[@]}" >/dev/null 2>&1 </dev/null && return 0
    quietly "${apt[@]}" update && quietly "${install[@]}"
}

# Of a build by clang under AddressSanitizer and UndefinedBehaviorSanitizer, for `configure`.
readonly sanitizers=("-Db_sanitize=address,undefined" -Db_lundef=false)

# configure DIR OPTION…: makes the build directory unless it is there. Ninja notices by itself when it must do it again.
configure() {
    local dir=$1
    shift
    [[ -f $dir/build.ninja ]] || quietly meson setup "$dir" "$@"
}

# run_suites DIR LIMIT MULTIPLIER SUITE…: runs the Meson suites of a build directory, all if none is named. LIMIT is the
# last resort against a hang: each test has a limit of its own in its meson.build, which MULTIPLIER stretches.
run_suites() {
    local dir=$1 limit=$2 multiplier=$3 suite
    local -a chosen=()
    shift 3
    for suite in "$@"; do chosen+=(--suite "$suite"); done
    # With one seed the properties are tests, not a search: what they find, they find again.
    [[ ${CI:-} != true ]] || export RC_PARAMS=${RC_PARAMS:-seed=1}
    # Left from the run before, Meson would take them for the results of a test that crashed.
    rm -f "$dir"/meson-logs/testlog.json "$dir"/*.xml
    timeout --foreground --kill-after=30s "$limit" meson test -C "$dir" --no-rebuild --print-errorlogs \
        --timeout-multiplier "$multiplier" "${chosen[@]}"
}
