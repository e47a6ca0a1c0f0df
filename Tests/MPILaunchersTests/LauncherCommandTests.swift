import Foundation
import MPILaunchers
import TestSupport
import Testing

/// Which launcher of PATH starts the ranks of a program.
@Suite struct LauncherCommandTests {
  /// A directory with executables; a name and a target, separated by `>`, make a link.
  private static func directory(_ names: [String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for name in names {
      let words = name.split(separator: ">").map(String.init)
      if words.count == 2 {
        try FileManager.default.createSymbolicLink(
          atPath: directory.path(words[0]), withDestinationPath: words[1])
      } else {
        let path = try directory.write(Array("#!/bin/sh\n".utf8), to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
      }
    }
    return directory
  }

  @Test(arguments: [
    // Debian with both families: links to links.
    (
      [
        "orterun", "mpiexec.hydra", "mpirun>mpirun.openmpi", "mpirun.openmpi>orterun",
        "mpirun.mpich>mpiexec.hydra",
      ], "mpirun", "mpirun.mpich"
    ),
    (
      [
        "orterun", "mpiexec.hydra", "mpirun>mpirun.mpich", "mpirun.openmpi>orterun",
        "mpirun.mpich>mpiexec.hydra",
      ], "mpirun.openmpi", "mpirun"
    ),
    // MPICH from source, Intel MPI (a script beside Hydra), Open MPI 5.
    (["mpiexec.hydra", "mpirun>mpiexec.hydra"], "mpirun", "mpirun"),
    (["mpiexec.hydra", "mpirun"], "mpirun", "mpirun"),
    (["prterun", "mpirun>prterun"], "mpirun", "mpirun"),
    // Unknown, or none.
    (["mpirun"], "mpirun", "mpirun"), ([], "mpirun", "mpirun"),
  ])
  func theCommandIsFound(names: [String], openMPI: String, mpich: String) throws {
    let directory = try Self.directory(names)
    #expect(LauncherCommand.name(of: .openMPI, path: directory.path) == openMPI)
    #expect(LauncherCommand.name(of: .mpich, path: directory.path) == mpich)
  }

  @Test func theFirstDirectoryOfThePathDecides() throws {
    let hydra = try Self.directory(["mpiexec.hydra", "mpirun>mpiexec.hydra"])
    let openMPI = try Self.directory(["orterun", "mpirun>orterun"])
    let path = "\(hydra.path):/no/such/directory:\(openMPI.path)"
    #expect(LauncherCommand.name(of: .openMPI, path: path) == "orterun")
    #expect(LauncherCommand.name(of: .mpich, path: path) == "mpirun")
    #expect(
      LauncherCommand.name(of: .mpich, path: "\(openMPI.path):\(hydra.path)") == "mpiexec.hydra")
  }

  @Test(arguments: [
    ("Open MPI 4.1.4", MPIFamily.openMPI), ("Open MPI 5.0.3", .openMPI), ("MPICH 4.0.2", .mpich),
    ("Intel(R) MPI Library 2021.13 for Linux* OS", .mpich), ("MVAPICH2 2.3.7", .mpich),
    ("CRAY MPICH 8.1.25.17 (ANL base 3.4a2)", .mpich), ("unknown MPI", .mpich),
  ])
  func librariesHaveAFamily(library: String, family: MPIFamily) {
    #expect(MPIFamily(library: library) == family)
  }
}
