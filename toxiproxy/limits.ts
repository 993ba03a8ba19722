/**
 * What one link (one direction of one connection) may hold in this process, in bytes. Past it the source is no longer
 * read, so the sender meets TCP back-pressure. The kernel's own socket buffers come on top.
 *
 * A limit is tested before a chunk is taken, never after: each of them can be passed by one chunk (at most 64 KiB).
 */

/** Waiting to be written to the receiving socket. Node's high-water mark: only past it is `drain` sure to come. */
export const sinkBufferBytes = 16 * 1024

/** Waiting in a `bandwidth` or a `slicer`. Small, so that `rate: 0` is felt by the sender as a stall. */
export const stageBufferBytes = 64 * 1024

/** Waiting in a `latency`: bandwidth x delay that a link keeps, e.g. 320 MB/s at 50 ms. */
export const latencyBufferBytes = 16 * 1024 * 1024

/** Charged for each waiting chunk on top of its bytes, so that a flood of tiny chunks is bounded too. */
export const chunkOverheadBytes = 512

/** The largest chunk that a socket hands over: libuv's read size. */
export const chunkBytes = 64 * 1024

/** The bound of a link without toxics: one chunk just read, one over the sink's limit, and the sink. */
export const linkBytes = sinkBufferBytes + 2 * chunkBytes

/** What each `latency` toxic adds to {@link linkBytes}. */
export const linkBytesPerLatency = latencyBufferBytes + chunkBytes

/** What each `bandwidth` or `slicer` toxic adds to {@link linkBytes}. Other toxics hold nothing. */
export const linkBytesPerStage = stageBufferBytes + chunkBytes
