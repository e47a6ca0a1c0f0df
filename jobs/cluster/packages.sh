# shellcheck shell=bash
# The Debian packages of the cluster tests, installed without starting a service, now or at the next
# start of the machine. Sourced by jobs/cluster/test.sh.

# Prints the packages that a part lacks. It looks for commands, so other sources of them count as well.
#   lacking_packages slurm|hosts
lacking_packages() {
  local commands=(iproute2:ip python3:python3 openmpi-bin:mpirun) entry
  case $1 in
    slurm) commands+=(slurmctld:slurmctld slurmd:slurmd slurm-client:sbatch munge:munged) ;;
    hosts) commands+=(openssh-server:sshd openssh-client:ssh) ;;
  esac
  for entry in "${commands[@]}"; do
    command -v "${entry#*:}" >/dev/null || echo "${entry%:*}"
  done
}

policy=/usr/sbin/policy-rc.d
policy_mark="# Written by mnist-mpi's cluster tests for the time of an installation."

# Debian's packages ask this script whether they may start their services: "101" is no.
# A script that is there already is the owner's decision.
forbid_starts() {
  [[ -e $policy ]] && return
  printf '%s\n' "#!/bin/sh" "$policy_mark" "exit 101" >"$policy"
  chmod +x "$policy"
}

# Removes that script again, if it is ours.
restore_start_policy() {
  if grep -qsxF "$policy_mark" "$policy"; then
    rm -f "$policy"
  fi
}

# Keeps the services of newly installed packages from being started later.
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
  done >/dev/null 2>&1 || true # one of the two does not know the service, or is not there
}

# Installs what a part lacks. To be called in $(...). Prints nothing if all is there then, else the reason.
#   bring_packages slurm|hosts
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
  trap '' INT TERM HUP # half an installation is worse than a wait; this runs in a subshell
  forbid_starts
  if ! "${install[@]}" >/dev/null 2>&1 </dev/null; then
    # The package lists are brought up to date only if it does not go without.
    apt-get update -o Acquire::http::Timeout=15 >/dev/null 2>&1 </dev/null || true
    "${install[@]}" >/dev/null 2>&1 </dev/null || true
  fi
  disable_services "${packages[@]}"
  restore_start_policy
  mapfile -t packages < <(lacking_packages "$1")
  ((${#packages[@]} == 0)) || echo "cannot install ${packages[*]}"
}
