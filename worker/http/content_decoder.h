#pragma once

#include <cstddef>
#include <string_view>

#include "worker/http/buffer.h"
#include "worker/http/failure.h"

namespace swarm::http {

// Undoes the Content-Encoding named by the field's value: gzip (several members too), deflate
// (with zlib's wrapper as the RFC says, or raw as some servers send it), br, identity, or a list
// of those. From a coding that is none of these on, the bytes are left as they are.
//
// Flow    body as received -> [decode_content] -> the content, replacing what `out` held
// Thread  any
// Errors  BadContentEncoding: not of that format, or cut; DecodedTooLarge: more than `limit` bytes
// Source  RFC 9110 section 8.4.1
Failure decode_content(std::string_view body, std::string_view codings, std::size_t limit,
                       Buffer& out);

}  // namespace swarm::http
