# shellcheck shell=bash
# What single.sbatch, multi.sbatch and gpu.sbatch have in common: finds the program, starts it on the allocation.
# Sourced by them. These variables, set when the job is submitted, change what is started:
#   LAUNCHER   mpirun (default) or srun
#   BINDING    the launcher's options for placing and binding ranks, in place of the default
#   MNIST_MPI  the program; else mnist-mpi on PATH, else the one built in the repository
#   MNIST_DATA where the images are; else data/mnist in the repository

# shellcheck source=jobs/lib.sh
. "$SLURM_SUBMIT_DIR/jobs/lib.sh"

find_program() {
  local candidate
  for candidate in "${MNIST_MPI:-}" "$(command -v mnist-mpi || true)" "$program"; do
    if [[ -n $candidate ]]; then
      [[ -x $candidate ]] || die "no program at $candidate; build it first: jobs/install.sh"
      echo "$candidate"
      return
    fi
  done
}

# Prints the command and becomes it, so the job ends with the program's own exit code.
#   launch [options of mnist-mpi]
launch() {
  local executable threads=${SLURM_CPUS_PER_TASK:-1} command default binding
  executable=$(find_program)
  as_root
  if [[ -z ${MNIST_DATA:-} && -d $SLURM_SUBMIT_DIR/data/mnist ]]; then
    export MNIST_DATA=$SLURM_SUBMIT_DIR/data/mnist
  fi

  case ${LAUNCHER:-mpirun} in
    mpirun)
      # No -np: mpirun takes hosts and ranks from the allocation.
      command=(mpirun)
      default="--bind-to core --map-by slot:PE=$threads"
      # Other nodes get no environment variables but those named.
      local name
      for name in MNIST_DATA MNIST_MPI_CUDA CUDA_HOME; do
        [[ -z ${!name:-} ]] || command+=(-x "$name")
      done
      # A lost node is noticed within seconds; by default it can take minutes.
      export OMPI_MCA_oob_tcp_keepalive_time=${OMPI_MCA_oob_tcp_keepalive_time:-2}
      export OMPI_MCA_oob_tcp_keepalive_intvl=${OMPI_MCA_oob_tcp_keepalive_intvl:-1}
      export OMPI_MCA_oob_tcp_keepalive_probes=${OMPI_MCA_oob_tcp_keepalive_probes:-3}
      ;;
    srun)
      # pmix, or every rank would be a world of its own; -K1, or a dead rank would leave the others
      # waiting; --cpus-per-task, because not every Slurm release hands it on from sbatch.
      command=(srun --mpi=pmix -K1 "--cpus-per-task=$threads")
      default=""
      ;;
    *) die "LAUNCHER is mpirun or srun, not $LAUNCHER" ;;
  esac
  read -ra binding <<<"${BINDING-$default}"
  command+=("${binding[@]}" "$executable" --threads "$threads")
  command+=(--results "$SLURM_SUBMIT_DIR/results" "$@")

  echo "Job ${SLURM_JOB_ID:-?} on ${SLURM_JOB_NUM_NODES:-?} node(s): ${SLURM_JOB_NODELIST:-?}"
  echo "${command[*]}"
  exec "${command[@]}"
}
