#pragma once
#include <zlib.h>

/// Begins a stream of gzip members (RFC 1952); `inflateInit2` is a macro, which Swift does not see.
static inline int lorad_inflate_gzip(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 16); }
