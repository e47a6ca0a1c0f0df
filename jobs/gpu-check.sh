#!/usr/bin/env bash
# For a machine with a GPU and no MPI, no Swift, no OpenBLAS: everything in one archive.
#   jobs/gpu-check.sh [--rehearse] [FILE]   builds the program and packs it with all it needs
#                                           (default: gpu-check.tgz in the repository)
# On the other machine (x86-64, glibc of this one or newer; NVIDIA's driver and NVRTC, for which PyTorch's will do;
# python3 for all that goes beyond checks and figures of the kernels):
#   tar xzf gpu-check.tgz && gpu-check/check
# That checks every kernel against the CPU, measures, trains, and takes the same steps in PyTorch if that is there. The
# head of jobs/gpu/check names its sections, which may be run one by one. Without a GPU it says why there is none.
# --rehearse: then runs all of it here, as small as can be, on a driver that computes on the CPU (Tests/FakeCUDA).
set -euo pipefail
# shellcheck source=jobs/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rehearse=
if [[ ${1:-} == --rehearse ]]; then
  rehearse=yes
  shift
fi
archive=${1:-$root/gpu-check.tgz}
case $archive in
  -*) die "usage: jobs/gpu-check.sh [--rehearse] [FILE]" ;;
esac
[[ -d $(dirname "$archive") ]] || die "there is no directory $(dirname "$archive")"

set_up
get_data
scratch=$root/.build-install
build --product mnist-mpi --scratch-path "$scratch" --static-swift-stdlib
[[ -z $rehearse ]] || build --product FakeCUDA --scratch-path "$scratch" --static-swift-stdlib

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
box=$work/gpu-check
mkdir -p "$box"/{bin,lib/openmpi,lib/pmix,share,etc,data/mnist}

# Where Open MPI keeps its parts; ompi_info prints paths as it was built with.
mpi_path() { ompi_info --path "$1" --parsable | cut -d: -f3; }
libraries=$(mpi_path libdir)
parts=$(mpi_path pkglibdir)
[[ -d $parts ]] || parts=$libraries/openmpi
mpirun=$(readlink -f "$(command -v mpirun)")

strip -o "$box/bin/mnist-mpi" "$scratch/release/mnist-mpi"
cp "$mpirun" "$box/bin/orterun"
ln -s orterun "$box/bin/mpirun"
# One host needs neither networks nor batch systems; leaving them out spares a dozen libraries.
find -L "$parts" -name 'mca_*.so' -print0 | while IFS= read -r -d '' part; do
  case $(basename "$part") in
    *ucx* | *ofi* | *openib* | *psm* | *slurm* | *flux* | *gridengine* | *jsm* | *_usnic* | *portals*) ;;
    mca_spml_* | mca_scoll_* | mca_memheap_* | mca_sshmem_* | mca_atomic_*) ;;
    mca_io_* | mca_fs_* | mca_fbtl_* | mca_fcoll_* | mca_sharedfp_*) ;;
    *) cp -L "$part" "$box/lib/openmpi/" ;;
  esac
done
# PMIx complains about parts that it was built with and does not find.
pmix=$(find "$(dirname "$libraries")" "$libraries" -maxdepth 4 -name 'pmix_mca_prm_default.so' -print -quit 2>/dev/null || true)
if [[ -n $pmix ]]; then
  find "$(dirname "$pmix")" \( -name '*pcompress_zlib.so' -o -name '*prm_default.so' \) -exec cp -L {} "$box/lib/pmix/" \;
fi
# The libraries of all of these, but for those that come with the C and C++ compilers: the other machine's are newer.
find "$box/bin" "$box/lib" -type f -exec ldd {} + 2>/dev/null |
  sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
  while IFS= read -r library; do
    case $(basename "$library") in
      libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libutil.so.* | libresolv.so.*) ;;
      ld-linux* | libstdc++.so.* | libgcc_s.so.* | libcuda.so.* | libnvidia*) ;;
      *) cp -Ln "$library" "$box/lib/" ;;
    esac
  done
cp -rL "$(mpi_path pkgdatadir)" "$box/share/openmpi" 2>/dev/null || mkdir -p "$box/share/openmpi"
cp -rL "$(mpi_path sysconfdir)" "$box/etc/openmpi" 2>/dev/null || mkdir -p "$box/etc/openmpi"
for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  file=$MNIST_DATA/$name-ubyte
  if [[ -f $file.gz ]]; then cp "$file.gz" "$box/data/mnist/"; else gzip -c "$file" >"$box/data/mnist/$name-ubyte.gz"; fi
done
cp "$root/jobs/gpu/check" "$root"/jobs/gpu/*.py "$root/jobs/peers/torch_models.py" "$box/"
chmod +x "$box/check"
echo "$MNIST_MPI_REVISION" >"$box/revision"

tar -czf "$archive" -C "$work" gpu-check
echo "$archive: $(($(stat -c %s "$archive") >> 20)) MB, unpacked $(du -sm "$box" | cut -f1) MB"

# What another machine will do, as far as this one can: no library may be missing.
mkdir "$work/trial"
tar -xzf "$archive" -C "$work/trial"
"$work/trial/gpu-check/check" start
if [[ -n $rehearse ]]; then
  MNIST_MPI_CUDA=$scratch/release/libFakeCUDA.so FAKE_CUDA_DEVICES=1 "$work/trial/gpu-check/check" --tiny
fi
