# shellcheck shell=bash
# Functions that make the nodes hosts for mpirun, with an sshd on each, and start runs on them.
# Sourced by inside.sh.
# shellcheck disable=SC2154 # variables of the other files that inside.sh sources

# Starts an sshd on every node that accepts root with a key generated here, if that was not done.
hosts_up() {
  local node
  [[ ! -e ssh/key ]] || return 0 # for another part
  mkdir -p ssh /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f ssh/key
  ssh-keygen -q -t ed25519 -N '' -f ssh/hostkey
  # Without PAM, sshd refuses a locked account. Unlock root here, without a valid password.
  sed 's/^root:[^:]*:/root:*:/' /etc/shadow >ssh/shadow
  chmod 600 ssh/shadow
  mount --bind ssh/shadow /etc/shadow
  printf '%s\n' "HostKey $PWD/ssh/hostkey" "PidFile none" "AuthorizedKeysFile $PWD/ssh/key.pub" \
    "PasswordAuthentication no" "KbdInteractiveAuthentication no" \
    "PermitRootLogin prohibit-password" "UsePAM no" "StrictModes no" >ssh/sshd_config
  printf '%s\n' "Host *" "IdentityFile $PWD/ssh/key" "IdentitiesOnly yes" "BatchMode yes" \
    "StrictHostKeyChecking no" "UserKnownHostsFile /dev/null" "LogLevel ERROR" >ssh/config
  # Hydra takes a program in place of ssh, without options.
  printf '%s\n' "#!/bin/sh" "exec ssh -F $PWD/ssh/config \"\$@\"" >ssh/ssh
  chmod +x ssh/ssh
  export OMPI_MCA_plm_rsh_agent=ssh OMPI_MCA_plm_rsh_args="-F $PWD/ssh/config"
  for node in "${nodes[@]}"; do
    on "$node" "$(command -v sshd)" -D -e -f "$PWD/ssh/sshd_config" >"ssh/$node.log" 2>&1 &
    within 5 answers "$node" || { tail -n 3 "ssh/$node.log" && return 1; }
  done
}
answers() { [[ $(on node1 ssh -F ssh/config "$1" hostname 2>&1) == "$1" ]]; }

# Prints a hostfile: the comments of hostfile.example, then these hosts.
#   write_hostfile SLOTS host...
write_hostfile() {
  local slots=$1
  shift
  grep '^#' "$root/hostfile.example"
  printf "%s slots=$slots\n" "$@"
}

# Prints the command that starts ranks on the hosts of the file `hostfile`, one word a line. ssh passes
# no environment variables on: -x passes MNIST_DATA to rank 0 on whichever host it runs; Hydra passes all.
#   host_launch RANKS
host_launch() {
  if [[ $MPI == mpich ]]; then
    sed '/^#/d; s/ slots=/:/' hostfile >machinefile
    printf '%s\n' "$mpirun" -launcher ssh -launcher-exec "$PWD/ssh/ssh" -f machinefile -np "$1" --bind-to none
  else
    printf '%s\n' "$mpirun" --hostfile hostfile -np "$1" --bind-to none -x MNIST_DATA
  fi
}

# Runs mnist-mpi on hosts, with the ranks spread evenly and mpirun on the first host. Output and
# errors go to the log. The exit code is that of mpirun, or 124 if it ran for longer than a minute.
#   on_hosts RANKS "host..." [options of mnist-mpi]
on_hosts() {
  local ranks=$1 hosts
  read -ra hosts <<<"$2"
  shift 2
  write_hostfile $(((ranks + ${#hosts[@]} - 1) / ${#hosts[@]})) "${hosts[@]}" >hostfile
  local command
  # Unbound: all hosts have the same cores, and each would bind its first rank to the same core.
  mapfile -t command < <(host_launch "$ranks")
  on "${hosts[0]}" timeout --kill-after=5 60 "${command[@]}" \
    "$MNIST_MPI" --threads 1 --results "$scratch/host-results" "$@" >"$log" 2>&1
}
