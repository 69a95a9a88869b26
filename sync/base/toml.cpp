// The implementation of toml++, once: reading it costs more than all that uses it.
#define TOML_IMPLEMENTATION
#include "sync/base/toml.hpp"
