internal import CMPI
internal import Foundation

extension Environment {
  /// Finalises MPI on all ranks of `world`, and returns if this process may go on.
  ///
  /// Called by all ranks, with nothing left to do but to exit with `exitCode`. Where ``hangsInFinalization(library:)`` and the ranks are on several hosts, the process exits
  /// instead. Nothing is lost: no rank exits before all have ended their work.
  /// - Throws: ``MPIError``.
  static func finalize(_ world: Communicator, exitCode: Int32) throws {
    if hangsInFinalization(library: libraryText), try world.splitByNode().size < world.size {
      try world.barrier()
      fflush(nil)
      _exit(exitCode)
    }
    try check(MPI_Finalize(), "MPI_Finalize")
  }

  /// Whether ranks on several hosts may wait for ever in `MPI_Finalize` of this library.
  ///
  /// They do with MPICH over UCX: a rank that has closed its connections waits outside MPI (in PMI)
  /// and no longer answers ranks that are still closing theirs. With MPICH 4.0.2 over TCP, half of the
  /// runs of four ranks on two hosts hung. MPICH's pull request 6596 of July 2023 removed that
  /// wait; releases before 4.2 count as affected.
  /// - Parameter library: the text of `MPI_Get_library_version`.
  package static func hangsInFinalization(library: String) -> Bool {
    guard library.contains("ch4:ucx"),
      let version = library.firstMatch(of: /MPICH Version:\s*(\d+)\.(\d+)/),
      let major = Int(version.1), let minor = Int(version.2)
    else { return false }
    return (major, minor) < (4, 2)
  }
}
