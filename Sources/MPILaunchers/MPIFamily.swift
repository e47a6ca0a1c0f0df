/// A group of MPI libraries whose launchers take the same options and set the same variables.
public enum MPIFamily: String, Codable, Sendable, CaseIterable {
  /// Open MPI, with the launcher mpirun (orterun up to version 4, prterun from version 5 on).
  case openMPI
  /// MPICH and the libraries with its binary interface, such as Intel MPI, Cray MPICH and MVAPICH.
  /// Their launcher is Hydra.
  case mpich

  /// The family of a library by the name that it reports, such as `Open MPI 4.1.4`.
  ///
  /// The text of an unknown library counts as MPICH, from which most other libraries derive.
  public init(library: String) {
    self = library.hasPrefix("Open MPI") ? .openMPI : .mpich
  }
}
