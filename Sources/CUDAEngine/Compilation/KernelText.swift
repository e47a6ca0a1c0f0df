/// The source of the kernels, which is embedded in the program as resources.
enum KernelText {
  /// Every header with the name by which `#include` refers to it.
  static let headers: [(name: String, text: [UInt8])] = [
    ("common.cuh", PackageResources.common_cuh),
    ("shapes.cuh", PackageResources.shapes_cuh),
    ("tile.cuh", PackageResources.tile_cuh),
    ("sums.cuh", PackageResources.sums_cuh),
    ("operands.cuh", PackageResources.operands_cuh),
    ("finish.cuh", PackageResources.finish_cuh),
    ("product.cuh", PackageResources.product_cuh),
    ("products.cuh", PackageResources.products_cuh),
    ("base.cuh", PackageResources.base_cuh),
    ("elementwise.cuh", PackageResources.elementwise_cuh),
    ("loss.cuh", PackageResources.loss_cuh),
    ("update.cuh", PackageResources.update_cuh),
  ]

  /// A source for the compiler, with the names of the kernels to load from it.
  struct Program {
    let text: String
    let kernels: [String]
  }

  /// The programs with the kernels that every model needs.
  static let elementary = [
    Program(
      text: "#include \"elementwise.cuh\"\n",
      kernels: [
        "gather", "relu_outputs", "relu_inputs", "pool_outputs", "pool_inputs", "pass_on",
        "add_bias", "column_sums", "nothing",
      ]),
    Program(text: "#include \"loss.cuh\"\n", kernels: ["softmax_loss", "head"]),
    Program(
      text: "#include \"update.cuh\"\n",
      kernels: ["adam_update", "adam_step", "sgd_update", "sgd_step"]),
  ]

  /// The program with the kernel of one product.
  static func program(of product: ProductKernel) -> Program {
    Program(
      text: "#include \"base.cuh\"\nPRODUCT_\(product.kind.rawValue)(\(product.tile.rawValue))\n",
      kernels: [product.name])
  }
}

/// The kernel of one product with one tile; it is compiled only if a model needs it.
struct ProductKernel: Hashable {
  /// The product of a layer that the kernel computes.
  enum Kind: String, CaseIterable {
    case fullOutputs = "full_outputs"
    case fullWeights = "full_weights"
    case fullInputs = "full_inputs"
    case convolutionOutputs = "conv_outputs"
    case convolutionPooled = "conv_pooled"
    case convolutionWeights = "conv_weights"
    case convolutionInputs = "conv_inputs"
  }

  let kind: Kind
  let tile: Tile

  /// The kernel's name, such as `full_outputs_MediumTile`.
  var name: String { "\(kind.rawValue)_\(tile.rawValue)" }
}
