#!/usr/bin/env bash
# Makes an archive to check and measure the program on a machine that has a GPU, but no MPI, Swift or OpenBLAS.
#   jobs/gpu-check.sh [--rehearse] [FILE]   builds the program and packs it with all it needs
#                                           (default: gpu-check.tgz in the repository)
# The other machine needs x86-64, the same glibc as this one or a newer one, NVIDIA's driver, NVRTC (PyTorch's copy
# suffices), and python3 for everything beyond the checks and measurements of the kernels. There:
#   tar xzf gpu-check.tgz && gpu-check/check
# This checks every kernel against the CPU, measures, trains, and runs the same steps in PyTorch where that is
# installed. The head of jobs/gpu/check lists its sections, which can be run one by one. Without a GPU it prints the
# reason.
# --rehearse: afterwards runs all sections here, with very little work, on a driver that computes on the CPU
# (Tests/FakeCUDA).
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

# The archive contains the parts of Open MPI.
export MPI=openmpi
set_up
get_data
scratch=$root/.build-install
build --product mnist-mpi --scratch-path "$scratch" --static-swift-stdlib
[[ -z $rehearse ]] || build --product FakeCUDA --scratch-path "$scratch" --static-swift-stdlib

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
package=$work/gpu-check
mkdir -p "$package"/{bin,lib/openmpi,lib/pmix,share,etc,data/mnist}

# Prints a path of Open MPI, as ompi_info reports it from the build.
#   mpi_path libdir
mpi_path() { ompi_info --path "$1" --parsable | cut -d: -f3; }
libraries=$(mpi_path libdir)
parts=$(mpi_path pkglibdir)
[[ -d $parts ]] || parts=$libraries/openmpi
mpirun=$(readlink -f "$(command -v mpirun)")

strip -o "$package/bin/mnist-mpi" "$scratch/release/mnist-mpi"
cp "$mpirun" "$package/bin/orterun"
ln -s orterun "$package/bin/mpirun"
# One host needs neither network nor batch system components; without them a dozen libraries are not needed.
find -L "$parts" -name 'mca_*.so' -print0 | while IFS= read -r -d '' part; do
  case $(basename "$part") in
    *ucx* | *ofi* | *openib* | *psm* | *slurm* | *flux* | *gridengine* | *jsm* | *_usnic* | *portals*) ;;
    mca_spml_* | mca_scoll_* | mca_memheap_* | mca_sshmem_* | mca_atomic_*) ;;
    mca_io_* | mca_fs_* | mca_fbtl_* | mca_fcoll_* | mca_sharedfp_*) ;;
    *) cp -L "$part" "$package/lib/openmpi/" ;;
  esac
done
# PMIx prints warnings about missing components that it was built with.
pmix=$(find "$(dirname "$libraries")" "$libraries" -maxdepth 4 -name 'pmix_mca_prm_default.so' -print -quit 2>/dev/null || true)
if [[ -n $pmix ]]; then
  find "$(dirname "$pmix")" \( -name '*pcompress_zlib.so' -o -name '*prm_default.so' \) -exec cp -L {} "$package/lib/pmix/" \;
fi
# The shared libraries of all these files, except those of the C and C++ compilers, which the other machine has in a
# newer version.
find "$package/bin" "$package/lib" -type f -exec ldd {} + 2>/dev/null |
  sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' | sort -u |
  while IFS= read -r library; do
    case $(basename "$library") in
      libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libutil.so.* | libresolv.so.*) ;;
      ld-linux* | libstdc++.so.* | libgcc_s.so.* | libcuda.so.* | libnvidia*) ;;
      *) cp -Ln "$library" "$package/lib/" ;;
    esac
  done
cp -rL "$(mpi_path pkgdatadir)" "$package/share/openmpi" 2>/dev/null || mkdir -p "$package/share/openmpi"
cp -rL "$(mpi_path sysconfdir)" "$package/etc/openmpi" 2>/dev/null || mkdir -p "$package/etc/openmpi"
for name in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
  file=$MNIST_DATA/$name-ubyte
  if [[ -f $file.gz ]]; then cp "$file.gz" "$package/data/mnist/"; else gzip -c "$file" >"$package/data/mnist/$name-ubyte.gz"; fi
done
cp "$root/jobs/gpu/check" "$root"/jobs/gpu/*.py "$root/jobs/peers/torch_models.py" "$package/"
chmod +x "$package/check"
echo "$MNIST_MPI_REVISION" >"$package/revision"

tar -czf "$archive" -C "$work" gpu-check
echo "$archive: $(($(stat -c %s "$archive") >> 20)) MB, unpacked $(du -sm "$package" | cut -f1) MB"

# Runs the first section of the unpacked archive here: no library may be missing.
mkdir "$work/trial"
tar -xzf "$archive" -C "$work/trial"
"$work/trial/gpu-check/check" start
if [[ -n $rehearse ]]; then
  MNIST_MPI_CUDA=$scratch/release/libFakeCUDA.so FAKE_CUDA_DEVICES=1 "$work/trial/gpu-check/check" --tiny
fi
