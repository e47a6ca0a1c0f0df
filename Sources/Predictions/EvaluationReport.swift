import Foundation
import SystemSupport
import TextTables

/// The predictions for a labelled data set.
public struct EvaluationReport {
  /// The file of the weights.
  public let weights: String
  /// The name of the data.
  public let data: String
  /// The original label of each class.
  public let labels: [Int]
  /// The class of each image.
  public let classes: [Int]
  public let predictions: [Prediction]

  /// A report; `classes` and `predictions` are in the order of the images.
  public init(
    weights: String, data: String, labels: [Int], classes: [Int], predictions: [Prediction]
  ) {
    precondition(
      classes.count == predictions.count,
      "\(classes.count) classes, \(predictions.count) predictions")
    self.weights = weights
    self.data = data
    self.labels = labels
    self.classes = classes
    self.predictions = predictions
  }

  /// The counts of labels and predictions.
  public var matrix: ConfusionMatrix {
    ConfusionMatrix(
      classes: labels.count, labels: classes, predicted: predictions.map(\.predicted))
  }

  /// Images whose two largest outputs are so close that another order of sums may decide otherwise.
  public var close: [Int] {
    predictions.indices.filter { predictions[$0].lead < Prediction.closeLead }
  }

  /// Accuracy, confusion matrix, precision and recall for reading.
  public func text() -> String {
    let matrix = matrix
    var lines = [
      "Weights: \(weights)", "Data: \(data), \(matrix.total) test images",
      "Accuracy: \(matrix.correct)/\(matrix.total) (\(Self.percent(matrix.accuracy)) %)",
    ]
    if !close.isEmpty {
      let list = close.prefix(20).map { String($0) }.joined(separator: ", ")
      lines.append(
        "Two largest outputs within 1e-5 of each other: image \(list)\(close.count > 20 ? ", ..." : "")"
      )
    }
    lines += ["", "Rows: label of the image; columns: predicted label"]
    let titles =
      [TextLayout.Title(name: "label")] + labels.map { TextLayout.Title(name: "\($0)") }
      + ["images", "precision %", "recall %"].map { TextLayout.Title(name: $0) }
    let rows = labels.indices.map { index in
      ["\(labels[index])"] + matrix.counts[index].map { "\($0)" }
        + [
          "\(matrix.support(of: index))", matrix.precision(of: index).map(Self.percent) ?? "-",
          matrix.recall(of: index).map(Self.percent) ?? "-",
        ]
    }
    lines.append(TextLayout(titles: titles, rows: rows).plainWithoutUnits())
    return lines.joined(separator: "\n")
  }

  /// A line for each image: index, label, predicted label, probability.
  public func csv() -> String {
    var lines = ["image,label,predicted,probability"]
    for (index, prediction) in predictions.enumerated() {
      lines.append(
        "\(index),\(labels[classes[index]]),\(labels[prediction.predicted]),"
          + PredictionText.probability(prediction.probability))
    }
    return lines.joined(separator: "\n")
  }

  /// Accuracy, confusion matrix, precision and recall, and the predicted label of each image.
  public func json() throws -> String {
    let matrix = matrix
    return try SortedJSON.text(
      JSON(
        weights: weights, data: data, images: matrix.total, correct: matrix.correct,
        accuracy: matrix.accuracy, confusion: matrix.counts,
        classes: labels.indices.map {
          JSON.Class(
            label: labels[$0], images: matrix.support(of: $0), precision: matrix.precision(of: $0),
            recall: matrix.recall(of: $0))
        }, predicted: predictions.map { labels[$0.predicted] }, close: close))
  }

  private struct JSON: Encodable {
    struct Class: Encodable {
      let label: Int
      let images: Int
      let precision: Double?
      let recall: Double?
    }

    let weights: String
    let data: String
    let images: Int
    let correct: Int
    let accuracy: Double
    let confusion: [[Int]]
    let classes: [Class]
    let predicted: [Int]
    let close: [Int]
  }

  private static func percent(_ fraction: Double) -> String {
    String(format: "%.2f", 100 * fraction)
  }
}

/// The predictions for single image files.
public struct PictureReport {
  /// What was predicted for a file.
  public struct Row {
    public let file: String
    public let isInverted: Bool
    public let prediction: Prediction

    /// A row by its values.
    public init(file: String, isInverted: Bool, prediction: Prediction) {
      self.file = file
      self.isInverted = isInverted
      self.prediction = prediction
    }
  }

  public let weights: String
  /// The original label of each class.
  public let labels: [Int]
  public let rows: [Row]

  /// A report on files in the order of `rows`.
  public init(weights: String, labels: [Int], rows: [Row]) {
    self.weights = weights
    self.labels = labels
    self.rows = rows
  }

  /// A table of files for reading.
  public func text() -> String {
    let titles = [
      TextLayout.Title(name: "image", align: .left), TextLayout.Title(name: "label"),
      TextLayout.Title(name: "probability"), TextLayout.Title(name: "inverted"),
    ]
    return TextLayout(
      titles: titles,
      rows: rows.map {
        [
          $0.file, "\(labels[$0.prediction.predicted])",
          PredictionText.probability($0.prediction.probability), $0.isInverted ? "yes" : "no",
        ]
      }
    ).plainWithoutUnits()
  }

  /// A line for each file.
  public func csv() -> String {
    (["image,predicted,probability,inverted"]
      + rows.map {
        let name =
          $0.file.contains(where: { ",\"\n\r".contains($0) })
          ? "\"\($0.file.replacing("\"", with: "\"\""))\"" : $0.file
        return "\(name),\(labels[$0.prediction.predicted]),"
          + PredictionText.probability($0.prediction.probability) + ",\($0.isInverted)"
      }).joined(separator: "\n")
  }

  /// An object for each file.
  public func json() throws -> String {
    struct JSON: Encodable {
      let image: String
      let predicted: Int
      let probability: Double
      let inverted: Bool
    }
    return try SortedJSON.text(
      rows.map {
        JSON(
          image: $0.file, predicted: labels[$0.prediction.predicted],
          probability: $0.prediction.probability, inverted: $0.isInverted)
      })
  }
}

/// Numbers of predictions as text.
enum PredictionText {
  static func probability(_ value: Double) -> String { String(format: "%.6f", value) }
}
