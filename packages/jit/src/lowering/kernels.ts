import type * as tf from '@tensorflow/tfjs-core';

/** Names of a kernel's inputs, those that may be left out, and its attributes. */
interface Kernel<Inputs, Attrs extends object = object, Optional extends string = never> {
  readonly inputs: Exclude<keyof Inputs & string, Optional>;
  readonly optional: Optional;
  readonly attrs: Attrs;
}

/** A kernel that takes a list, by index. */
type ListKernel<Attrs extends object = object> = Kernel<Record<string, tf.TensorInfo>, Attrs>;
/** A kernel that takes nothing. */
type Source<Attrs extends object> = Kernel<object, Attrs>;

/** Kernels of one operand whose result has its shape. */
export type UnaryName =
  | 'Abs'
  | 'Acos'
  | 'Acosh'
  | 'Asin'
  | 'Asinh'
  | 'Atan'
  | 'Atanh'
  | 'Ceil'
  | 'Cos'
  | 'Cosh'
  | 'Erf'
  | 'Exp'
  | 'Expm1'
  | 'Floor'
  | 'Identity'
  | 'IsFinite'
  | 'IsInf'
  | 'IsNan'
  | 'Log'
  | 'Log1p'
  | 'LogicalNot'
  | 'Neg'
  | 'OnesLike'
  | 'Reciprocal'
  | 'Relu'
  | 'Relu6'
  | 'Round'
  | 'Rsqrt'
  | 'Selu'
  | 'Sigmoid'
  | 'Sign'
  | 'Sin'
  | 'Sinh'
  | 'Softplus'
  | 'Sqrt'
  | 'Square'
  | 'Tan'
  | 'Tanh'
  | 'ZerosLike';

/** Kernels of two operands that broadcast. */
export type BinaryName =
  | 'Add'
  | 'Atan2'
  | 'Equal'
  | 'FloorDiv'
  | 'Greater'
  | 'GreaterEqual'
  | 'Less'
  | 'LessEqual'
  | 'LogicalAnd'
  | 'LogicalOr'
  | 'Maximum'
  | 'Minimum'
  | 'Mod'
  | 'Multiply'
  | 'NotEqual'
  | 'Pow'
  | 'RealDiv'
  | 'SquaredDifference'
  | 'Sub';

/** Over all axes where none are named; `Max` has another name for them. */
export type ReductionAttrs = Partial<tf.SumAttrs & tf.MaxAttrs>;
export type ReductionName = 'All' | 'Any' | 'Max' | 'Mean' | 'Min' | 'Prod' | 'Sum';

type Elements = { [K in UnaryName]: Kernel<tf.UnaryInputs> } & { [K in BinaryName]: Kernel<tf.BinaryInputs> };
type Reductions = { [K in ReductionName]: Kernel<tf.SumInputs, ReductionAttrs> };

/** A bias and an activation behind a product. */
type FusedInput = 'bias' | 'preluActivationWeights';
type Fused<Inputs, Attrs extends object> = Kernel<Inputs & Record<FusedInput, unknown>, Attrs, FusedInput>;

/**
 * What the kernels of TensorFlow.js take that rules are written for, by its own types. Attributes that gradients and older callers
 * leave out are optional here.
 */
export interface Kernels extends Elements, Reductions {
  AddN: ListKernel;
  Cast: Kernel<tf.CastInputs, tf.CastAttrs>;
  ClipByValue: Kernel<tf.ClipByValueInputs, tf.ClipByValueAttrs>;
  Elu: Kernel<tf.EluInputs, { readonly alpha?: number }>;
  EluGrad: Kernel<tf.EluGradInputs>;
  FusedBatchNorm: Kernel<tf.FusedBatchNormInputs, tf.FusedBatchNormAttrs, 'scale' | 'offset'>;
  LeakyRelu: Kernel<tf.LeakyReluInputs, Partial<tf.LeakyReluAttrs>>;
  Prelu: Kernel<tf.PreluInputs>;
  Select: Kernel<tf.SelectInputs>;
  Step: Kernel<tf.StepInputs, Partial<tf.StepAttrs>>;

  ArgMax: Kernel<tf.ArgMaxInputs, tf.ArgMaxAttrs>;
  ArgMin: Kernel<tf.ArgMinInputs, tf.ArgMinAttrs>;
  Cumprod: Kernel<tf.CumprodInputs, tf.CumprodAttrs>;
  Cumsum: Kernel<tf.CumsumInputs, tf.CumsumAttrs>;
  LogSoftmax: Kernel<tf.LogSoftmaxInputs>;
  SearchSorted: Kernel<tf.SearchSortedInputs, tf.SearchSortedAttrs>;
  Softmax: Kernel<tf.SoftmaxInputs>;
  TopK: Kernel<tf.TopKInputs, Pick<tf.TopKAttrs, 'k'> & Partial<tf.TopKAttrs>>;

  BatchToSpaceND: Kernel<tf.BatchToSpaceNDInputs, tf.BatchToSpaceNDAttrs>;
  Bincount: Kernel<tf.BincountInputs, tf.DenseBincountAttrs>;
  BroadcastTo: Kernel<tf.BroadcastToInputs, Pick<tf.BroadCastToAttrs, 'shape'>>;
  Concat: ListKernel<tf.ConcatAttrs>;
  DenseBincount: Kernel<tf.DenseBincountInputs, tf.DenseBincountAttrs>;
  DepthToSpace: Kernel<tf.DepthToSpaceInputs, tf.DepthToSpaceAttrs>;
  ExpandDims: Kernel<tf.ExpandDimsInputs, tf.ExpandDimsAttrs>;
  Fill: Source<{ readonly shape: number[]; readonly value: number; readonly dtype?: tf.DataType }>;
  FlipLeftRight: Kernel<tf.FlipLeftRightInputs>;
  GatherNd: Kernel<tf.GatherNdInputs>;
  GatherV2: Kernel<tf.GatherV2Inputs, Pick<tf.GatherV2Attrs, 'axis'> & Partial<tf.GatherV2Attrs>>;
  LinSpace: Source<tf.LinSpaceAttrs>;
  MirrorPad: Kernel<tf.MirrorPadInputs, tf.MirrorPadAttrs>;
  OneHot: Kernel<tf.OneHotInputs, Omit<tf.OneHotAttrs, 'dtype'> & Partial<tf.OneHotAttrs>>;
  Pack: ListKernel<tf.PackAttrs>;
  PadV2: Kernel<tf.PadV2Inputs, tf.PadV2Attrs>;
  Range: Source<Omit<tf.RangeAttrs, 'dtype'> & Partial<tf.RangeAttrs>>;
  Reshape: Kernel<tf.ReshapeInputs, tf.ReshapeAttrs>;
  Reverse: Kernel<tf.ReverseInputs, tf.ReverseAttrs>;
  ScatterNd: Kernel<tf.ScatterNdInputs, tf.ScatterNdAttrs>;
  Slice: Kernel<tf.SliceInputs, tf.SliceAttrs>;
  SpaceToBatchND: Kernel<tf.SpaceToBatchNDInputs, tf.SpaceToBatchNDAttrs>;
  SparseToDense: Kernel<tf.SparseToDenseInputs, tf.SparseToDenseAttrs>;
  SplitV: Kernel<tf.SplitVInputs, tf.SplitVAttrs>;
  StridedSlice: Kernel<tf.StridedSliceInputs, tf.StridedSliceAttrs>;
  TensorScatterUpdate: Kernel<tf.TensorScatterUpdateInputs>;
  Tile: Kernel<tf.TileInputs, tf.TileAttrs>;
  Transpose: Kernel<tf.TransposeInputs, tf.TransposeAttrs>;
  Unpack: Kernel<tf.UnpackInputs, tf.UnpackAttrs>;
  UnsortedSegmentSum: Kernel<tf.UnsortedSegmentSumInputs, tf.UnsortedSegmentSumAttrs>;

  AvgPool: Kernel<tf.AvgPoolInputs, tf.AvgPoolAttrs>;
  AvgPool3D: Kernel<tf.AvgPool3DInputs, tf.AvgPool3DAttrs>;
  AvgPool3DGrad: Kernel<tf.AvgPool3DGradInputs, tf.AvgPool3DGradAttrs>;
  AvgPoolGrad: Kernel<tf.AvgPoolGradInputs, tf.AvgPoolGradAttrs>;
  Conv2D: Kernel<tf.Conv2DInputs, tf.Conv2DAttrs>;
  Conv2DBackpropFilter: Kernel<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>;
  Conv2DBackpropInput: Kernel<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>;
  Conv3D: Kernel<tf.Conv3DInputs, tf.Conv3DAttrs>;
  Conv3DBackpropFilterV2: Kernel<tf.Conv3DBackpropFilterV2Inputs, tf.Conv3DBackpropFilterV2Attrs>;
  Conv3DBackpropInputV2: Kernel<tf.Conv3DBackpropInputV2Inputs, tf.Conv3DBackpropInputV2Attrs>;
  DepthwiseConv2dNative: Kernel<tf.DepthwiseConv2dNativeInputs, tf.DepthwiseConv2dNativeAttrs>;
  DepthwiseConv2dNativeBackpropFilter: Kernel<
    tf.DepthwiseConv2dNativeBackpropFilterInputs,
    tf.DepthwiseConv2dNativeBackpropFilterAttrs
  >;
  DepthwiseConv2dNativeBackpropInput: Kernel<
    tf.DepthwiseConv2dNativeBackpropInputInputs,
    tf.DepthwiseConv2dNativeBackpropInputAttrs
  >;
  Dilation2D: Kernel<tf.Dilation2DInputs, tf.Dilation2DAttrs>;
  Dilation2DBackpropFilter: Kernel<tf.Dilation2DBackpropFilterInputs, tf.Dilation2DAttrs>;
  Dilation2DBackpropInput: Kernel<tf.Dilation2DBackpropInputInputs, tf.Dilation2DAttrs>;
  LRN: Kernel<tf.LRNInputs, tf.LRNAttrs>;
  LRNGrad: Kernel<tf.LRNGradInputs, tf.LRNGradAttrs>;
  MaxPool: Kernel<tf.MaxPoolInputs, tf.MaxPoolAttrs>;
  MaxPool3D: Kernel<tf.MaxPool3DInputs, tf.MaxPool3DAttrs>;
  MaxPool3DGrad: Kernel<Omit<tf.MaxPool3DGradInputs, 'output'>, tf.MaxPool3DGradAttrs>;
  MaxPoolGrad: Kernel<Omit<tf.MaxPoolGradInputs, 'output'>, tf.MaxPoolGradAttrs>;

  CropAndResize: Kernel<tf.CropAndResizeInputs, tf.CropAndResizeAttrs>;
  ResizeBilinear: Kernel<tf.ResizeBilinearInputs, tf.ResizeBilinearAttrs>;
  ResizeBilinearGrad: Kernel<tf.ResizeBilinearGradInputs, Partial<tf.ResizeBilinearGradAttrs>>;
  ResizeNearestNeighbor: Kernel<tf.ResizeNearestNeighborInputs, tf.ResizeNearestNeighborAttrs>;
  ResizeNearestNeighborGrad: Kernel<
    tf.ResizeNearestNeighborGradInputs,
    Partial<tf.ResizeNearestNeighborGradAttrs>
  >;
  RotateWithOffset: Kernel<tf.RotateWithOffsetInputs, tf.RotateWithOffsetAttrs>;
  Transform: Kernel<tf.TransformInputs, tf.TransformAttrs>;

  BatchMatMul: Kernel<tf.BatchMatMulInputs, Partial<tf.BatchMatMulAttrs>>;
  Diag: Kernel<tf.DiagInputs>;
  Einsum: ListKernel<tf.EinsumAttrs>;
  FusedConv2D: Fused<tf.Conv2DInputs, tf.FusedConv2DAttrs>;
  FusedDepthwiseConv2D: Fused<tf.DepthwiseConv2dNativeInputs, tf.FusedDepthwiseConv2DAttrs>;
  _FusedMatMul: Fused<tf.BatchMatMulInputs, tf._FusedMatMulAttrs>;
}

export type KernelName = keyof Kernels;

/** Something for each input of a kernel, by the input's name. */
export type InputsOf<K extends KernelName, T> = Readonly<Record<Kernels[K]['inputs'], T>> &
  Readonly<Partial<Record<Kernels[K]['optional'], T>>>;

export type AttrsOf<K extends KernelName> = Kernels[K]['attrs'];
