#include "platform/os/memory.hpp"

#include <malloc.h>

namespace holdline::platform {

void release_free_memory() { ::malloc_trim(0); }

}  // namespace holdline::platform
