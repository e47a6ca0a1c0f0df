import Foundation

/// Reads the input as a picture of 28 x 28 pixels, or of the size that its first bytes say.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPNG(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = FuzzInput(start, count).rest
  // The size in a PNG header, so that files of other sizes are decoded too.
  var (height, width) = (28, 28)
  if bytes.count > 24, bytes[16...18] == [0, 0, 0], bytes[20...22] == [0, 0, 0] {
    (width, height) = (max(1, Int(bytes[19])), max(1, Int(bytes[23])))
  }
  do {
    let picture = try PictureFile.read(Data(bytes), path: "file", height: height, width: width)
    require(picture.bytes.count == 4 * height * width, "four bytes a pixel")
    let grey = picture.pixels(channels: 1)
    require(grey?.count == height * width, "a byte a pixel")
    require(picture.pixels(channels: 3)?.count == 3 * height * width, "three bytes a pixel")
    _ = Inversion.auto.applies(to: grey ?? [], height: height, width: width, means: [0.2])
  } catch let error as PictureError {
    requireOneLine(error)
  } catch {
    require(false, "an error of the picture, not \(error)")
  }
  return 0
}
