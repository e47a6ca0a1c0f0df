# shellcheck shell=bash
# Installs the Debian packages of the cluster tests without starting their services, neither now nor
# at the next start of the machine. Sourced by jobs/cluster/test.sh.

# Prints the packages that a part lacks. It checks for commands, so commands from other sources
# count as present.
#   lacking_packages slurm|hosts|requeue|faults|ledger|projection
lacking_packages() {
  local commands=(iproute2:ip python3:python3) entry
  [[ -n $(find_mpirun "$MPI") ]] || mpi_runtime_package "$MPI"
  case $1 in
    slurm | requeue) commands+=(slurmctld:slurmctld slurmd:slurmd slurm-client:sbatch munge:munged) ;;
    hosts | faults | ledger) commands+=(openssh-server:sshd openssh-client:ssh) ;;
    projection) commands+=(openssh-server:sshd openssh-client:ssh gcc:cc libsimgrid-dev:smpirun) ;;
  esac
  for entry in "${commands[@]}"; do
    command -v "${entry#*:}" >/dev/null || echo "${entry%:*}"
  done
}

policy=/usr/sbin/policy-rc.d
policy_mark="# Written by mnist-mpi's cluster tests for the time of an installation."

# Prevents Debian's packages from starting their services: they run this script first, and exit code
# 101 forbids the start. A script that exists already is the administrator's decision and is kept.
forbid_starts() {
  [[ -e $policy ]] && return
  printf '%s\n' "#!/bin/sh" "$policy_mark" "exit 101" >"$policy"
  chmod +x "$policy"
}

# Removes this script again, if forbid_starts wrote it.
restore_start_policy() {
  if grep -qsxF "$policy_mark" "$policy"; then
    rm -f "$policy"
  fi
}

# Disables the services of newly installed packages, so that they do not start later.
#   disable_services package...
disable_services() {
  local package
  for package in "$@"; do
    case $package in
      openssh-server)
        update-rc.d ssh disable
        systemctl disable ssh.service ssh.socket
        ;;
      slurmctld | slurmd | munge)
        update-rc.d "$package" disable
        systemctl disable "$package.service"
        ;;
    esac
  done >/dev/null 2>&1 || true # one of the two commands may not have the service, or may not exist
}

# Installs the packages that a part lacks. Prints nothing on success, else the reason; to be called
# in $(...).
#   bring_packages slurm|hosts|requeue|faults|ledger|projection
bring_packages() {
  local packages
  mapfile -t packages < <(lacking_packages "$1")
  ((${#packages[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    echo "missing (by their Debian names): ${packages[*]}"
    return
  fi
  echo "Installing ${packages[*]}" >&2
  local install=(
    env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends
    -o Acquire::http::Timeout=15 -o Acquire::Retries=1 "${packages[@]}"
  )
  trap '' INT TERM HUP # do not interrupt an installation half-way; applies to this subshell only
  forbid_starts
  if ! "${install[@]}" >/dev/null 2>&1 </dev/null; then
    # Update the package lists only if the installation fails without that: it takes time.
    apt-get update -o Acquire::http::Timeout=15 >/dev/null 2>&1 </dev/null || true
    "${install[@]}" >/dev/null 2>&1 </dev/null || true
  fi
  disable_services "${packages[@]}"
  restore_start_policy
  mapfile -t packages < <(lacking_packages "$1")
  ((${#packages[@]} == 0)) || echo "cannot install ${packages[*]}"
}
