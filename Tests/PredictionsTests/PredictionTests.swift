import Predictions
import Testing

struct PredictionTests {
  @Test func probabilityIsSoftmax() {
    // exp(1), exp(3), exp(2): 0.0900, 0.6652, 0.2447.
    let prediction = Prediction(outputs: [1, 3, 2] as [Float])
    #expect(prediction.predicted == 1 && prediction.lead == 1)
    #expect(abs(prediction.probability - 0.665_240_955_774_821_8) < 1e-12)
  }

  @Test func largeOutputsDoNotOverflow() {
    let prediction = Prediction(outputs: [-1000, 1000, 999] as [Float])
    #expect(abs(prediction.probability - 1 / (1 + 0.367_879_441_171_442_3)) < 1e-12)
  }

  /// As in training: of equal outputs the first one counts.
  @Test func theFirstOfEqualOutputsIsPredicted() {
    let prediction = Prediction(outputs: [0, 2, 2] as [Float])
    #expect(prediction.predicted == 1 && prediction.lead == 0)
    #expect(Prediction(outputs: [5] as [Float]).lead == .infinity)
  }

  /// scikit-learn's figures for these labels and predictions.
  @Test func precisionAndRecallAreThoseOfScikitLearn() throws {
    let matrix = ConfusionMatrix(
      classes: 4, labels: [0, 0, 0, 1, 1, 2, 2, 2, 2], predicted: [0, 1, 0, 1, 1, 0, 2, 2, 1])
    #expect(matrix.counts == [[2, 1, 0, 0], [0, 2, 0, 0], [1, 1, 2, 0], [0, 0, 0, 0]])
    #expect(matrix.total == 9 && matrix.correct == 6)
    #expect(abs(matrix.accuracy - 2.0 / 3) < 1e-15)
    let precision = try [0.666_666_666_666_666_6, 0.5, 1].enumerated().map {
      abs(try #require(matrix.precision(of: $0)) - $1)
    }
    let recall = try [0.666_666_666_666_666_6, 1, 0.5].enumerated().map {
      abs(try #require(matrix.recall(of: $0)) - $1)
    }
    #expect((precision + recall).allSatisfy { $0 < 1e-15 })
    // The fourth class does not occur.
    #expect(matrix.precision(of: 3) == nil && matrix.recall(of: 3) == nil)
  }

  private let report = EvaluationReport(
    weights: "w.safetensors", data: "letters", labels: [1, 26], classes: [0, 1, 1],
    predictions: [[3, 1], [0.5, 0.5], [0, 2]].map { Prediction(outputs: $0 as [Float]) })

  @Test func reportsHaveTheOriginalLabels() throws {
    #expect(
      report.text() == """
        Weights: w.safetensors
        Data: letters, 3 test images
        Accuracy: 2/3 (66.67 %)
        Two largest outputs within 1e-5 of each other: image 1

        Rows: label of the image; columns: predicted label
        label 1 26 images precision % recall %
        ----- - -- ------ ----------- --------
            1 1  0      1       50.00   100.00
           26 1  1      2      100.00    50.00
        """)
    #expect(
      report.csv() == """
        image,label,predicted,probability
        0,1,1,0.880797
        1,26,1,0.500000
        2,26,26,0.880797
        """)
    let json = try report.json()
    for part in ["\"correct\" : 2", "\"label\" : 26", "\"close\" : [\n    1\n  ]"] {
      #expect(json.contains(part), "\(json)")
    }
  }

  @Test func fileNamesAreQuotedInCSV() {
    let row = PictureReport.Row(
      file: "a,\"b\".png", isInverted: true, prediction: Prediction(outputs: [0, 2] as [Float]))
    let report = PictureReport(weights: "w", labels: [5, 7], rows: [row])
    #expect(
      report.csv()
        == "image,predicted,probability,inverted\n\"a,\"\"b\"\".png\",7,0.880797,true")
    #expect(report.text().contains("7    0.880797      yes"))
  }
}
