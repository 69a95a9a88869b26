// Memory of the process as a whole.
#pragma once

namespace holdline::platform {

// Gives memory that was freed back to the system. The C library keeps it otherwise: a process that once held much stays
// large for as long as it lives. Looks through all of the heap (milliseconds), so it is for the end of something large,
// not for a loop. Any thread.
void release_free_memory();

}  // namespace holdline::platform
