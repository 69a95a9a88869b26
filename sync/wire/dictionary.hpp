// The shared compression dictionary, trained from the schema and a synthetic generator only: a dictionary embeds
// strings of what it was trained on, so customer data never trains one.
#pragma once

#include "sync/schema/schema.hpp"
#include "sync/wire/compress.hpp"

namespace holdline::sync {

// Deterministic for one schema and zstd version; takes about a second. At most 112,640 bytes.
Bytes train_dictionary(const Schema& schema);

}  // namespace holdline::sync
