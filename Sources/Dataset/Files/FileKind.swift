import SystemSupport

/// What a file that is not in the expected format seems to be, recognised by its first bytes.
enum FileKind {
  /// The bytes that the recognition looks at: a tar archive has its mark at 257.
  static let prefixLength = 264

  /// Describes a file that is no data, with what to do about it; nil if it is not recognised.
  ///
  /// - Parameters:
  ///   - prefix: its first bytes, uncompressed.
  ///   - path: its name, for the commands in the text.
  ///   - isCompressed: whether the bytes were compressed by gzip.
  static func complaint(about prefix: some Collection<UInt8>, path: String, isCompressed: Bool)
    -> String?
  {
    let bytes = Array(prefix.prefix(prefixLength))
    let text = String(
      decoding: bytes.drop { $0 == 32 || (9...13).contains($0) || $0 > 127 }, as: UTF8.self
    )
    .lowercased()
    if bytes.isEmpty {
      let subject = isCompressed ? "the gzip file has no content" : "is empty"
      return "\(subject); \(DatasetError.fetchAgain)"
    }
    if text.hasPrefix("<") {
      return "looks like a web page (or XML): the download failed; \(DatasetError.fetchAgain)"
    }
    if text.hasPrefix("version https://git-lfs") {
      return "is a Git LFS pointer, not the data; run git lfs pull in its repository"
    }
    if bytes.starts(with: Array("PK\u{3}\u{4}".utf8))
      || bytes.starts(with: Array("PK\u{5}\u{6}".utf8))
    {
      return "is a zip archive; unpack it first: unzip \(ShellWord.quoted(path))"
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      return "is a tar archive; unpack it first: tar -xf \(ShellWord.quoted(path))"
    }
    for (mark, kind) in Self.marks where bytes.starts(with: mark) {
      return kind.replacing("PATH", with: ShellWord.quoted(path))
    }
    return nil
  }

  private static let marks: [([UInt8], String)] = [
    (Array("BZh".utf8), "is compressed by bzip2; unpack it first: bunzip2 PATH"),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed by xz; unpack it first: unxz PATH"),
    ([0x28, 0xb5, 0x2f, 0xfd], "is compressed by zstd; unpack it first: unzstd PATH"),
    ([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "is a 7z archive; unpack it first: 7z x PATH"),
    ([0x1f, 0x8b], "is compressed twice by gzip; unpack it once: gzip -d PATH"),
    (
      Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }),
      "is a single NumPy array; expected an .npz file with x_train, y_train, x_test and y_test (numpy.savez)"
    ),
    (
      Array("MATLAB".utf8),
      "is a MATLAB file, which is not read; take the data in the IDX format instead"
    ),
    (
      [0x89, 0x48, 0x44, 0x46],
      "is an HDF5 file, which is not read; take the data in the IDX or .npz format instead"
    ),
    (
      [0x89, 0x50, 0x4e, 0x47],
      "is a PNG image; expected a data set of many images in the IDX or .npz format"
    ),
    (Array("PAR1".utf8), "is a Parquet file, which is not read; save its images by numpy.savez"),
    (
      [0x80, 0x02], "looks like a Python pickle, which is not read; save its arrays by numpy.savez"
    ),
    (
      [0x80, 0x03], "looks like a Python pickle, which is not read; save its arrays by numpy.savez"
    ),
    (
      [0x80, 0x04], "looks like a Python pickle, which is not read; save its arrays by numpy.savez"
    ),
  ]
}
