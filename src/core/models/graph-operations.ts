/** Operations by which a graph reaches beyond itself: files, other processes, code. Prefixes of TensorFlow's names. */
const REACHING: readonly string[] = [
  'ReadFile',
  'WriteFile',
  'MatchingFiles',
  'WholeFileReader',
  'TextLineReader',
  'FixedLengthRecordReader',
  'TFRecordReader',
  'LMDBReader',
  'IdentityReader',
  'ReaderRead',
  'TextLineDataset',
  'FixedLengthRecordDataset',
  'TFRecordDataset',
  'SqlDataset',
  'CacheDataset',
  'SnapshotDataset',
  'SaveDataset',
  'LoadDataset',
  'Save',
  'Restore',
  'ShardedFilename',
  'MergeV2Checkpoints',
  'CheckpointExists',
  'LoadAndRemapMatrix',
  'InitializeTableFromTextFile',
  'PyFunc',
  'EagerPyFunc',
  'PrintV2',
  'Print',
  'Debug',
  'CreateSummary',
  'WriteSummary',
  'WriteGraphSummary',
  'ImportEvent',
  'RemoteCall',
  'RemoteFusedGraphExecute',
  'RpcCall',
  'TryRpc',
  'Send',
  'Recv',
  '_Send',
  '_Recv',
  'DecodeProto',
  'BigtableClient',
  'IO>',
];

/** What the seed's frozen networks are made of, and what rewriting them for inference leaves. */
const OF_NETWORKS: ReadonlySet<string> = new Set(
  (
    'Abs Add AddN AddV2 All Any ArgMax Assert Assign AvgPool BatchNormWithGlobalNormalization BiasAdd BroadcastGradientArgs Cast CheckNumerics Concat ' +
    'ConcatV2 Const ControlTrigger Conv2D Enter Equal Exit Exp ExpandDims FIFOQueue FIFOQueueV2 Fill Floor FloorDiv FloorMod FusedBatchNorm ' +
    'FusedBatchNormV2 FusedBatchNormV3 GatherV2 Gather Greater GreaterEqual Identity IdentityN If InvertPermutation L2Loss LRN LeakyRelu Less LessEqual ' +
    'LogSoftmax LogicalAnd LogicalNot LogicalOr LoopCond MatMul Max MaxPool Maximum Mean Merge Min Minimum MirrorPad Mul Neg NextIteration NoOp NotEqual ' +
    'OneHot Pack Pad PadV2 Placeholder PlaceholderV2 PlaceholderWithDefault Pow PreventGradient Prod QueueDequeueManyV2 QueueDequeueUpToV2 ' +
    'QueueDequeueV2 QueueSizeV2 RandomUniform Range Rank RealDiv RefEnter RefIdentity RefMerge RefSwitch Reciprocal Relu Relu6 Reshape ' +
    'ResizeBilinear ReverseV2 Round Rsqrt Select Shape ShapeN Sigmoid Size Slice Snapshot Softmax Split SplitV Sqrt Square SquaredDifference Squeeze StatelessIf ' +
    'StopGradient StridedSlice Sub Sum Switch Tanh Tile TopKV2 Transpose Unpack Where ZerosLike'
  ).split(' '),
);

/** What is wrong with an operation of a foreign graph; null for one that networks are made of. */
export const problemOfOperation = (operation: string): 'reaches-out' | 'unknown' | null => {
  if (OF_NETWORKS.has(operation)) return null;
  return REACHING.some((prefix) => operation.startsWith(prefix)) ? 'reaches-out' : 'unknown';
};
