import Foundation

/// Reads the input as saved weights.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSavedModel(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    let saved = try SavedModel(decoding: Data(FuzzInput(start, count).rest), path: "file")
    require(saved.difference(from: saved.model) == nil, "a model is equal to itself")
    require(saved.labels.count == saved.model.classes, "a label for each class")
    require(saved.weights.allSatisfy(\.isFinite), "weights that are numbers")
  } catch let error as SavedModelError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the saved model, not \(error)")
  }
  return 0
}
