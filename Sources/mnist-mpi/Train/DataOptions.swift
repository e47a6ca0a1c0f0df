import ArgumentParser
import Dataset
import Foundation

extension Transposition: ExpressibleByArgument {}

/// The options that choose the data.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Directory with a data set, or a file of it; or synthetic, for generated images.",
      discussion: """
        A data set is four IDX files, plain or .gz, or one .npz file. Default: $MNIST_DATA, else \
        data/mnist, else the user's cache directory.
        """,
      valueName: "path"))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Name of the data set to use from a directory with several, such as emnist-letters.",
      valueName: "name"))
  var split: String?

  @Option(
    help: ArgumentHelp(
      "Exchange rows and columns of the images: yes, no, or auto (IDX files whose name says EMNIST).",
      valueName: "auto|yes|no"))
  var transpose: Transposition = .auto

  /// The source that the options and the environment name.
  ///
  /// - Throws: `DatasetError` where no data are found.
  func source() throws -> DataSource {
    try DataSource.locate(option: data, environment: ProcessInfo.processInfo.environment)
  }

  /// How the source is read.
  var options: DataSource.Options {
    DataSource.Options(split: split, transposition: transpose)
  }

  func validate() throws {
    if data == "synthetic" && (split != nil || transpose != .auto) {
      throw ValidationError(
        "--split and --transpose belong to files; leave them out with --data synthetic")
    }
  }
}
