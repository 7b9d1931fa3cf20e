# SPDX-License-Identifier: MIT
# Debian packages by purpose, and how they are installed; sourced by etc/quickstart and tests/run.
# shellcheck shell=sh

BUILD_PACKAGES="cmake ninja-build gcc g++ pkg-config libc6-dev libconfig-dev libical-dev
libcurl4-gnutls-dev uuid-dev libmicrohttpd-dev libsimdjson-dev libgnutls28-dev libsqlite3-dev
libpq-dev
libexpat1-dev libsystemd-dev scdoc tzdata ca-certificates"

UNIT_PACKAGES="libcmocka-dev clang-14 libclang-rt-14-dev clang-format-14 python3 binutils
mandoc git python3-icalendar python3-dateutil"

# The real programs that the end-to-end tests talk to.
PROGRAM_PACKAGES="icinga2-bin icinga2-common nagios4-core nagios4-common monitoring-plugins-basic
curl faketime prometheus-alertmanager kannel kannel-extras python3-aiosmtpd chromium sqlite3 strace openssl radicale
apache2-utils valgrind prometheus postgresql zabbix-server-pgsql zabbix-frontend-php zabbix-sender php-cli
php-pgsql smstools gammu-smsd iproute2 nftables"

package_is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@" # nobody is there who could type a password
    fi
}

# No installed service is left started: a policy that forbids starting lies in the way meanwhile,
# unless the machine has a policy of its own.
without_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    status=0
    "$@" || status=$?
    as_root rm -f "$policy"
    return "$status"
}

# install_missing PACKAGES: installs those that are not there; nothing to do is quick and silent.
# Who may not install is told what is missing, and how it is installed.
install_missing() {
    missing=
    for package in $1; do
        package_is_installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "This is not Debian. Please install what these packages hold:$missing" >&2
        return 1
    fi
    command="apt-get install -y --no-install-recommends$missing"
    if ! as_root true 2>/dev/null; then
        echo "This needs packages that only root can install. Please run as root: $command" >&2
        return 1
    fi
    echo "+ $command"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null
    # shellcheck disable=SC2086
    without_services as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends $missing >/dev/null
}
