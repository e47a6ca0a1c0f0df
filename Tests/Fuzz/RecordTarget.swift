import Foundation

/// Decodes the input as a run record; what is accepted must be the same after encoding it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecord(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  switch RecordCoding.decodeRecord(Data(FuzzInput(start, count).rest)) {
  case .failure(let reason):
    requireOneLine(RecordError.noRecord(path: "record", reason: reason.text))
  case .success(let record):
    do {
      try check(record)
    } catch {
      require(false, "an accepted record can be used: \(error)")
    }
  }
  return 0
}

private func check(_ record: RunRecord) throws {
  for pretty in [false, true] {
    let data = try RecordCoding.encode(record, pretty: pretty)
    guard case .success(let again) = RecordCoding.decodeRecord(data) else {
      return require(false, "an encoded record is a record")
    }
    require(again == record, "the same record encoded and decoded")
    require(
      try RecordCoding.encode(again, pretty: pretty) == data, "equal records have equal bytes")
    require(again.work.differences(from: record.work).isEmpty, "a work does not differ from itself")
  }
  let name = RecordStore.fileName(of: record)
  require(
    name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "/") }, "a file name: \(name)")
  require(try !record.work.canonicalJSON.isEmpty, "a canonical text")
  var changed = record
  changed.work.classes = record.work.classes == 0 ? 1 : 0
  require(
    changed.work.differences(from: record.work).count == 1, "one difference for one changed field")
  for rank in record.ranks { _ = (rank.gpuModel, rank.phases.training, rank.phases.communication) }
}
