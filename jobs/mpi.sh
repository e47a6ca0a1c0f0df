# shellcheck shell=bash
# The two families of MPI libraries: which one a script uses, and the options in which their launchers
# differ. Sourced by lib.sh; it only defines variables and functions.
#   MPI=openmpi|mpich    the family; default: the one of mpicc, else openmpi

# The program that `build` builds, and its build folder; `choose_mpi` changes both.
# shellcheck disable=SC2034,SC2154 # used and defined by the scripts that source this
scratch_path=$root/.build program=$root/.build/release/mnist-mpi

# Sets MPI to its default, and the build folder of its family. MPICH has one of its own, so that both
# builds remain.
choose_mpi() {
  MPI=${MPI:-$(family_of_mpicc)}
  case $MPI in
    openmpi) scratch_path=$root/.build ;;
    mpich) scratch_path=$root/.build-mpich ;;
    *) die "MPI must be openmpi or mpich, not $MPI" ;;
  esac
  # shellcheck disable=SC2034
  program=$scratch_path/release/mnist-mpi
}

# Prints the family of mpicc; openmpi without one. Only Open MPI's mpicc knows the option.
family_of_mpicc() {
  if command -v mpicc >/dev/null && ! mpicc --showme:version >/dev/null 2>&1; then
    echo mpich
  else
    echo openmpi
  fi
}

# Prints the name of a family's launcher; nothing if PATH has none. `mpirun` may be the other family's.
#   find_mpirun openmpi|mpich
find_mpirun() {
  local name names=(mpirun mpirun.openmpi orterun) version
  [[ $1 == openmpi ]] || names=(mpirun mpirun.mpich mpiexec.hydra)
  for name in "${names[@]}"; do
    version=$("$name" --version 2>/dev/null </dev/null) || continue
    case $1/$version in
      openmpi/*"Open MPI"* | openmpi/*OpenRTE*) echo "$name" && return ;;
      openmpi/*) ;;
      mpich/*"Open MPI"* | mpich/*OpenRTE*) ;;
      mpich/*) echo "$name" && return ;;
    esac
  done
}

# Prints the pkg-config module of a family's library; nothing if there is none.
#   find_mpi_module openmpi|mpich
find_mpi_module() {
  local name names=(ompi-c mpi-c)
  [[ $1 == openmpi ]] || names=(mpich impi mvapich2 mvapich)
  for name in "${names[@]}"; do
    if pkg-config --exists "$name" 2>/dev/null; then
      echo "$name"
      return
    fi
  done
}

# Succeeds if a family's launcher and library are installed.
#   has_mpi openmpi|mpich
has_mpi() { [[ -n $(find_mpirun "$1") && -n $(find_mpi_module "$1") ]]; }

# Exports the module, which Package.swift reads. Its own default, mpi-c, is what mpicc is on Debian.
export_mpi_module() {
  if [[ $MPI == openmpi && $(family_of_mpicc) == openmpi ]] && pkg-config --exists mpi-c; then
    unset MNIST_MPI_PKG_CONFIG
  else
    MNIST_MPI_PKG_CONFIG=$(find_mpi_module "$MPI")
    export MNIST_MPI_PKG_CONFIG
  fi
}

# The Debian packages of a family: launcher, and library with headers.
mpi_runtime_package() { if [[ $1 == mpich ]]; then echo mpich; else echo openmpi-bin; fi; }
mpi_library_package() { if [[ $1 == mpich ]]; then echo libmpich-dev; else echo libopenmpi-dev; fi; }

# Prints a family's options for placing ranks, one word a line.
#   placement FAMILY core THREADS    every rank on THREADS cores of its own
#   placement FAMILY none            unbound
#   placement FAMILY crowded         unbound, and more ranks than cores are allowed
#   placement FAMILY spread          one rank on each host in turn
placement() {
  case $1/$2/${3:-} in
    */core/1) printf '%s\n' --bind-to core ;;
    openmpi/core/*) printf '%s\n' --bind-to core --map-by "slot:PE=$3" ;;
    mpich/core/*) printf '%s\n' --bind-to "core:$3" ;;
    openmpi/crowded/) printf '%s\n' --bind-to none --oversubscribe ;;
    mpich/crowded/ | */none/) printf '%s\n' --bind-to none ;;
    openmpi/spread/) printf '%s\n' --map-by node ;;
    mpich/spread/) printf '%s\n' -ppn 1 ;;
    *) die "placement $*: no such placement" ;;
  esac
}

# Prints a family's options that pass an environment variable on to other hosts. Open MPI passes only
# the variables that are named; Hydra passes all.
#   pass_on FAMILY NAME
pass_on() {
  [[ $1 != openmpi ]] || printf '%s\n' -x "$2"
}

# Prints srun's option for the interface of a family.
#   srun_interface FAMILY
srun_interface() {
  if [[ $1 == mpich ]]; then echo --mpi=pmi2; else echo --mpi=pmix; fi
}

# Allows mpirun to run as root: Open MPI refuses to, unless both variables are set; Hydra needs
# nothing. Does nothing for other users.
as_root() {
  if [[ $(id -u) == 0 ]]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}
