import ArgumentParser
import Dataset
import Foundation
import ImageFiles
import MessagePassing
import Predictions
import SavedModels
import SystemSupport

extension Inversion: ExpressibleByArgument {}

/// `mnist-mpi predict`: uses saved weights on a data set or on single images.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract:
      "Use weights of train --save: accuracy on a data set, or labels of PNG and PGM files.",
    discussion: """
      The file of weights contains model, normalisation and labels. Without images the test images of \
      --data are predicted, and the confusion matrix is printed. Images need the size of the model. Colour \
      becomes grey for a grey model, and transparent parts are laid on white.
      """)

  @Option(help: ArgumentHelp("File that train --save wrote.", valueName: "file"))
  var weights: String

  @Argument(help: "PNG or PGM files.")
  var images: [String] = []

  @OptionGroup var dataset: DataOptions

  @Option(
    help: ArgumentHelp(
      "Invert image files: yes, no, or auto (those with a light border, for weights trained on dark images).",
      valueName: "auto|yes|no"))
  var invert: Inversion = .auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Threads (default: 1).", valueName: "n"))
  var threads: Int = 1

  @Flag(help: "Print a line for each image: label and probability, separated by commas.")
  var csv = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard !(csv && json) else {
      throw ValidationError("--csv and --json exclude each other; give one of them")
    }
    guard images.isEmpty || dataset.data == nil else {
      throw ValidationError("--data and image files exclude each other; give one of them")
    }
    guard images.isEmpty || dataset.split == nil && dataset.transpose == .auto else {
      throw ValidationError("--split and --transpose belong to --data; leave them out")
    }
    guard !images.isEmpty || invert == .auto else {
      throw ValidationError("--invert belongs to image files; leave it out")
    }
    guard (1...1024).contains(threads) else {
      throw ValidationError("--threads \(threads): expected a number from 1 to 1024")
    }
  }

  mutating func run() throws {
    do {
      let predictor = Predictor(try SavedModel(path: weights), threads: threads)
      print(try images.isEmpty ? evaluate(predictor) : predict(predictor))
    } catch let error as ValidationError {
      throw error
    } catch {
      try Program.fail(error, SystemSupport.ExitCode.data)
    }
  }

  private func evaluate(_ predictor: Predictor) throws -> String {
    var options = dataset.options
    options.channels = predictor.saved.model.input.channels
    let reader = try dataset.source().open(options)
    let report = try predictor.report(on: reader, weights: weights)
    return try json ? report.json() : csv ? report.csv() : report.text()
  }

  private func predict(_ predictor: Predictor) throws -> String {
    let report = PictureReport(
      weights: weights, labels: predictor.saved.labels,
      rows: try images.map { try predictor.row(of: $0, invert) })
    return try json ? report.json() : csv ? report.csv() : report.text()
  }
}
