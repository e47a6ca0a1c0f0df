internal import CUDADriver
import Foundation

/// Whether a host shows signs of an NVIDIA GPU, usable or not.
///
/// Where it shows none, a run need not explain why it computes on the CPU.
public enum GPUEvidence {
  /// The files that NVIDIA's kernel module makes.
  public static let deviceFiles = ["/dev/nvidiactl", "/dev/nvidia0"]

  /// Whether a device file or a driver library is found, or the environment names a library.
  ///
  /// - Parameters:
  ///   - environment: environment variables; `MNIST_MPI_CUDA=none` hides the libraries.
  ///   - deviceFiles: the files to look for.
  public static func isFound(
    environment: [String: String], deviceFiles: [String] = deviceFiles
  ) -> Bool {
    if deviceFiles.contains(where: FileManager.default.fileExists(atPath:)) { return true }
    if let override = environment[LibraryPlaces.variable], !override.isEmpty {
      return override != LibraryPlaces.hidden
    }
    var calls = CUDACalls()
    do {
      try LibraryPlaces(environment: environment).find([CUDALibraries.driverName]) {
        cuda_load(&calls, $0, $1, $2) != 0
      }
      return true
    } catch {
      // A library that exists and cannot be opened gives another message.
      return !"\(error)".contains("No such file")
    }
  }
}
